/* Loaded before libc (LD_PRELOAD): each fsync and fdatasync takes so many microseconds longer, as on a slower disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_function)(int);

static void wait_longer(void) {
  const char *text = getenv("SLOW_FSYNC_MICROSECONDS");
  long micros = text ? atol(text) : 0;
  struct timespec left = {micros / 1000000, (micros % 1000000) * 1000};
  while (nanosleep(&left, &left) != 0) {
  }
}

int fsync(int file) {
  static sync_function real;
  if (!real) real = (sync_function)dlsym(RTLD_NEXT, "fsync");
  wait_longer();
  return real(file);
}

int fdatasync(int file) {
  static sync_function real;
  if (!real) real = (sync_function)dlsym(RTLD_NEXT, "fdatasync");
  wait_longer();
  return real(file);
}
