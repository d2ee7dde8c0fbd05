/* Lists that run through their members. The end of a list is a link itself. */
#ifndef GR_LIST_H
#define GR_LIST_H

#include <stddef.h>

typedef struct gr_link {
  struct gr_link *prev, *next;
} gr_link;

static inline void gr_list_init (gr_link *list) {
  list->prev = list->next = list;
}

static inline int gr_list_is_empty (const gr_link *list) {
  return list->next == list;
}

static inline void gr_list_unlink (gr_link *link) {
  link->prev->next = link->next;
  link->next->prev = link->prev;
}

static inline void gr_list_append (gr_link *list, gr_link *link) {
  link->prev = list->prev;
  link->next = list;
  list->prev->next = link;
  list->prev = link;
}

/* Moves a link to the end of another list, or of the same one. */
static inline void gr_list_move (gr_link *list, gr_link *link) {
  gr_list_unlink(link);
  gr_list_append(list, link);
}

#endif
