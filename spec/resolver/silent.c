/* For LD_PRELOAD: no name is resolved before the process ends. Then the process waits until the resolving
** threads have ended. If their code has been unloaded, it crashes. */
#include <dirent.h>
#include <netdb.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t over;

__attribute__((constructor)) static void begin (void) {
  sem_init(&over, 0, 0);
}

int getaddrinfo (
  const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  (void)name;
  (void)service;
  (void)hints;
  (void)found;
  while (sem_wait(&over) != 0) continue;
  sem_post(&over);
  return EAI_AGAIN;
}

static int threads (void) {
  int n = -2; /* "." and ".." */
  DIR *folder = opendir("/proc/self/task");
  while (folder != NULL && readdir(folder) != NULL) n++;
  if (folder != NULL) closedir(folder);
  return n;
}

__attribute__((destructor)) static void end (void) {
  sem_post(&over);
  while (threads() > 1) sched_yield();
}
