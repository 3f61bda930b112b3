/* Clocks of the C peers. Needs _POSIX_C_SOURCE 200809L. */
#ifndef DOLPHIN_BENCH_CLOCKS_H
#define DOLPHIN_BENCH_CLOCKS_H
#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
static inline uint64_t wall_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
/* CPU time of the calling thread: what a step costs, whatever else the machine runs. */
static inline uint64_t thread_cpu_ns(void) { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }
#endif
