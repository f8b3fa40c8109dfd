/* What the programs of this folder share: the clock, samples and their quantiles, arguments. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 1024
#define NANOSECONDS 1000000000LL

/* Seconds that may pass without any event before a run counts as hung. */
#define PATIENCE_NS (10 * NANOSECONDS)

static inline int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * NANOSECONDS + time.tv_nsec;
}

/* User and system time of this process in seconds. */
static inline double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The value of "--name value" on the command line, or the default. */
static inline const char *argument(int count, char **values, const char *name,
                                   const char *otherwise) {
  for (int i = 1; i + 1 < count; i++)
    if (!strcmp(values[i], name)) return values[i + 1];
  return otherwise;
}

static inline void fail(const char *what) {
  perror(what);
  exit(1);
}

/* 127.0.0.0 + host, so that 266 is 127.0.1.10. */
static inline struct sockaddr_in loopback(int host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(0x7f000000u + host);
  return address;
}

/* Waits to the nanosecond; epoll_wait alone knows milliseconds only. A negative wait is for ever. */
static inline int wait_events(int epoll, struct epoll_event *events, int64_t wait_ns) {
  struct timespec limit = {wait_ns / NANOSECONDS, wait_ns % NANOSECONDS};
  return epoll_pwait2(epoll, events, EVENTS, wait_ns < 0 ? NULL : &limit, NULL);
}

static inline void watch(int epoll, int operation, int fd, uint32_t what) {
  struct epoll_event event = {.events = what, .data.fd = fd};
  if (epoll_ctl(epoll, operation, fd, &event)) fail("epoll_ctl");
}

struct samples {
  double *values;
  size_t count, capacity;
};

static inline void add_sample(struct samples *samples, double value) {
  if (samples->count == samples->capacity) {
    samples->capacity = samples->capacity ? samples->capacity * 2 : 4096;
    samples->values = realloc(samples->values, samples->capacity * sizeof *samples->values);
    if (samples->values == NULL) fail("realloc");
  }
  samples->values[samples->count++] = value;
}

static inline int compare_doubles(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Sorts the samples; 0 when there are none. */
static inline double quantile(struct samples *samples, double q) {
  if (samples->count == 0) return 0;
  qsort(samples->values, samples->count, sizeof *samples->values, compare_doubles);
  return samples->values[(size_t)(q * (samples->count - 1) + 0.5)];
}
