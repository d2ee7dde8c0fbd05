/* The engine without Lua: it runs every HTTP request of a Lua state over one libcurl multi handle.
** Connections are kept and shared, and everything waits behind one descriptor (poller.h). engine_lua.c,
** request_lua.c and response_lua.c are the parts that Lua sees. */
#ifndef GR_ENGINE_H
#define GR_ENGINE_H

#include "buffer.h"
#include "file.h"
#include "poller.h"
#include "request.h"
#include "response.h"

#include <stddef.h>
#include <sys/types.h>
#include <curl/curl.h>

enum {
  GR_MAX_IDLE = 16, /* most easy handles kept for the next transfers */
  GR_IDLE_CONNECTIONS = 8, /* kept for the next transfers */
  GR_MAX_WATCHED = 16, /* foreign descriptors nested in ours */
  GR_MAX_KNOWN_URL = 256
};

struct gr_transfer;

typedef struct gr_engine {
  gr_poller poller;
  CURLM *multi; /* NULL while closed */
  int no_signal; /* see open_engine */
  int max_idle; /* easy handles that may be kept */
  int closed; /* closed for good: the Lua state is closing */
  pid_t pid; /* for noticing a fork */
  long timer_ms; /* what libcurl asks for; -1: nothing */
  int timer_changed;
  struct gr_transfer *transfers; /* all that hold something: they run, or nobody has taken their result */
  int running_count, finished;
  int open_count; /* sockets that libcurl has open */
  int unwatched; /* a socket of libcurl could not be watched */
  CURL *idle[GR_MAX_IDLE];
  int idle_count;
  gr_buffer spare; /* buffer of a body that was taken: its memory is in the processor's cache */
  struct {
    int fd, reported;
  } watched[GR_MAX_WATCHED];
  int watched_count;
  struct {
    char text[GR_MAX_KNOWN_URL];
    size_t len;
    gr_place place;
  } known; /* a base URL that was checked */
} gr_engine;

typedef struct gr_transfer {
  gr_engine *engine; /* NULL unless it holds something */
  struct gr_transfer *prev, *next;
  gr_memory memory;
  CURL *easy;
  struct curl_slist *headers;
  struct curl_slist *auth; /* the node of 'headers' that holds the token */
  gr_response_head head;
  gr_buffer body;
  size_t max_body;
  gr_file file; /* the body, if it is not a string */
  curl_off_t uploaded;
  int in_clear; /* others can read the request: it goes over http to another machine */
  const char *failure; /* our own reason to stop, as a code of result() */
  CURLcode code;
  int running, finished, taken;
  long status, connect_ms, total_ms;
  long stall_s; /* used instead of total_ms, or 0 */
  double deadline; /* on the clock of gr_now() */
  double seconds;
  int sent; /* part of the request may have reached the server */
  char error[CURL_ERROR_SIZE];
} gr_transfer;

/* == The engine == */

/* Makes a closed engine. */
void gr_engine_init (gr_engine *e);

/* In the child of a fork, closes the engine and leaves the parent's resources to the parent. */
void gr_engine_notice_fork (gr_engine *e);

/* Opens the engine if it is closed. Returns NULL, or the reason why it cannot be opened: gr_no_memory,
** gr_no_descriptor or gr_closing. */
const char *gr_engine_ensure_open (gr_engine *e);

/* Closes the engine for good. Ends all transfers and gives back what they hold, because transfers begun
** while the Lua state is closing are never collected. Safe to repeat. */
void gr_engine_close (gr_engine *e, const gr_memory *memory);

/* Moves every transfer on. Waits at most 'seconds' for something to happen. Writes the watched descriptors
** that are ready to 'ready', at most 'size', and returns their number. */
int gr_engine_step (gr_engine *e, double seconds, gr_ready *ready, int size);

/* Watches a foreign descriptor. Returns 0, an errno, or -1 if there are GR_MAX_WATCHED already. */
int gr_engine_watch (gr_engine *e, int fd);

/* A watched descriptor is reported once, so that a call that waits inside a handler does not spin over
** descriptors that the handler's caller will serve. This function lets each be reported again. */
void gr_engine_rewatch (gr_engine *e);

/* Must be called before the descriptor is closed. */
void gr_engine_unwatch (gr_engine *e, int fd);

/* == A transfer == */

/* Gives a transfer (all zeros, with its memory and a closed file) a handle, set up for everything except
** what the request says. From then on the engine knows the transfer. Returns 0 if there is no memory. */
int gr_transfer_prepare (gr_transfer *t, gr_engine *e);

/* Keeps libcurl from repeating the request by itself. */
void gr_transfer_send_once (gr_transfer *t);

/* Sends the open file as the body. */
void gr_transfer_send_file (gr_transfer *t);

/* Starts the transfer and sends at once what can be sent. Returns 0 if there is no memory. */
int gr_transfer_start (gr_transfer *t, gr_engine *e);

/* Gives back what only a running transfer needs. The handle goes to 'e', if there is one. */
void gr_transfer_release (gr_transfer *t, gr_engine *e);

/* Ends the transfer if this is the child of a fork. */
void gr_transfer_notice_fork (gr_transfer *t);

/* Cancels the transfer if it is running, and gives all memory back. Safe to repeat. */
void gr_transfer_close (gr_transfer *t);

/* Gives back the memory of the response, except the body's memory if the engine keeps that for the next
** one. */
void gr_transfer_forget_response (gr_transfer *t, gr_engine *e);

#endif
