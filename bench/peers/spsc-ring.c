/*
 * SPSC ring in C11 atomics, the yardstick of bench/topology: padded indices, cached counterpart, doorbell with a
 * sleeping flag over futex. Frames are copied in whole; the reader works in place.
 *
 *   spsc-ring hop        --bytes N --wait spin|park --warm-up N --samples N --core-a N --core-b N
 *   spsc-ring throughput --bytes N --batch N --frames N --warm-up N --read all|ends --core-a N --core-b N
 *
 * hop: two rings, a frame goes there and another comes back; prints ns of each hop (half a round trip), ascending order
 * not promised. throughput: one ring, the reader adds up every double of a frame, or only its ends; prints ns and the sum.
 * Thread a (the caller) pings and consumes, thread b echoes and produces; each stays on its core.
 */
#define _GNU_SOURCE
#include "clocks.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SLOTS = 1024, MASK = SLOTS - 1, TEMPLATES = 16 };

typedef struct {
  _Alignas(128) _Atomic uint32_t tail;
  _Alignas(128) _Atomic uint32_t head;
  _Alignas(128) _Atomic uint32_t bell;
  _Alignas(128) _Atomic uint32_t sleeping;
  _Alignas(128) uint32_t next_write, cached_head; /* producer's own */
  _Alignas(128) uint32_t next_read, cached_tail;  /* consumer's own */
  _Alignas(128) size_t doubles;
  double *slots;
} Ring;

static Ring *ring_create(size_t bytes) {
  Ring *ring = aligned_alloc(128, sizeof(Ring));
  memset(ring, 0, sizeof *ring);
  ring->doubles = bytes / 8;
  ring->slots = aligned_alloc(128, SLOTS * bytes);
  memset(ring->slots, 0, SLOTS * bytes);
  return ring;
}

/* The next free slot, or NULL when the ring is full. */
static inline double *ring_claim(Ring *r) {
  if (r->next_write - r->cached_head >= SLOTS) {
    r->cached_head = atomic_load_explicit(&r->head, memory_order_acquire);
    if (r->next_write - r->cached_head >= SLOTS) return NULL;
  }
  return r->slots + (r->next_write & MASK) * r->doubles;
}

static inline void ring_publish(Ring *r, bool may_sleep) {
  if (!may_sleep) {
    atomic_store_explicit(&r->tail, r->next_write, memory_order_release);
    return;
  }
  atomic_store(&r->tail, r->next_write); /* seq_cst: before the load of the flag */
  if (atomic_load(&r->sleeping) == 0) return;
  atomic_fetch_add(&r->bell, 1);
  syscall(SYS_futex, &r->bell, FUTEX_WAKE_PRIVATE, 1 << 30, NULL, NULL, 0);
}

static inline bool ring_is_empty(Ring *r) {
  if (r->next_read != r->cached_tail) return false;
  r->cached_tail = atomic_load_explicit(&r->tail, memory_order_acquire);
  return r->next_read == r->cached_tail;
}

static inline const double *ring_front(Ring *r) { return r->slots + (r->next_read & MASK) * r->doubles; }

static inline void ring_release(Ring *r) { atomic_store_explicit(&r->head, r->next_read, memory_order_release); }

static void ring_park(Ring *r) {
  uint32_t seen = atomic_load(&r->bell);
  atomic_store(&r->sleeping, 1);
  if (atomic_load(&r->tail) == r->next_read) syscall(SYS_futex, &r->bell, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
  atomic_store(&r->sleeping, 0);
}

static void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) perror("sched_setaffinity");
}

static double *frames_create(size_t bytes) {
  double *frames = aligned_alloc(128, TEMPLATES * bytes);
  for (size_t i = 0; i < TEMPLATES * bytes / 8; i++) frames[i] = (double)(i % 1000);
  return frames;
}

static void send_frame(Ring *r, const double *frame, double sequence, bool may_sleep) {
  double *slot;
  while ((slot = ring_claim(r)) == NULL) {}
  memcpy(slot, frame, r->doubles * 8);
  slot[0] = sequence;
  r->next_write++;
  ring_publish(r, may_sleep);
}

/* Waits for the next frame; returns its sequence plus its last double, read in place. */
static double receive_frame(Ring *r, bool may_sleep) {
  while (ring_is_empty(r))
    if (may_sleep) ring_park(r);
  const double *slot = ring_front(r);
  double seen = slot[0] + slot[r->doubles - 1];
  r->next_read++;
  ring_release(r);
  return seen;
}

typedef struct {
  Ring *there, *back;
  uint64_t frames;
  uint32_t batch;
  bool may_sleep;
  double *templates;
  double sum;
  int core;
} Job;

static void *echo_run(void *argument) {
  Job *job = argument;
  pin(job->core);
  for (uint64_t i = 0; i < job->frames; i++) {
    job->sum += receive_frame(job->there, job->may_sleep);
    send_frame(job->back, job->templates + (i % TEMPLATES) * job->there->doubles, (double)i, job->may_sleep);
  }
  return NULL;
}

static void run_hop(size_t bytes, bool may_sleep, uint64_t warm_up, uint64_t samples, int core) {
  Job job = {ring_create(bytes), ring_create(bytes), warm_up + samples, 1, may_sleep, frames_create(bytes), 0, core};
  uint32_t *hop_ns = malloc(samples * sizeof *hop_ns);
  pthread_t echo;
  pthread_create(&echo, NULL, echo_run, &job);
  double sum = 0;
  uint64_t last = 0;
  for (uint64_t i = 0; i < warm_up + samples; i++) {
    if (i >= warm_up) last = wall_ns();
    send_frame(job.there, job.templates + (i % TEMPLATES) * job.there->doubles, (double)i, may_sleep);
    sum += receive_frame(job.back, may_sleep);
    if (i >= warm_up) hop_ns[i - warm_up] = (uint32_t)((wall_ns() - last) / 2);
  }
  pthread_join(echo, NULL);
  printf("{\"isSumEqual\":%s,\"hopNs\":[", sum == job.sum ? "true" : "false");
  for (uint64_t i = 0; i < samples; i++) printf("%s%u", i ? "," : "", hop_ns[i]);
  printf("]}\n");
}

static void *produce_run(void *argument) {
  Job *job = argument;
  Ring *r = job->there;
  pin(job->core);
  for (uint64_t i = 0; i < job->frames; i++) {
    double *slot;
    while ((slot = ring_claim(r)) == NULL) ring_publish(r, false); /* a full ring shows what it holds */
    memcpy(slot, job->templates + (i % TEMPLATES) * r->doubles, r->doubles * 8);
    slot[0] = (double)i;
    r->next_write++;
    if ((i + 1) % job->batch == 0) ring_publish(r, false);
  }
  ring_publish(r, false);
  return NULL;
}

/* Four sums, so that the additions do not wait for each other. */
static double add_up(const double *x, size_t doubles) {
  double a = 0, b = 0, c = 0, d = 0;
  for (size_t i = 0; i < doubles; i += 4) {
    a += x[i];
    b += x[i + 1];
    c += x[i + 2];
    d += x[i + 3];
  }
  return a + b + c + d;
}

static void run_throughput(size_t bytes, uint32_t batch, uint64_t frames, uint64_t warm_up, bool reads_all, int core) {
  Job job = {ring_create(bytes), NULL, frames, batch, false, frames_create(bytes), 0, core};
  pthread_t producer;
  double sum = 0;
  pthread_create(&producer, NULL, produce_run, &job);
  uint64_t start = wall_ns();
  bool is_warm = false;
  for (uint64_t i = 0; i < frames;) {
    if (ring_is_empty(job.there)) continue;
    if (!is_warm && i >= warm_up) {
      is_warm = true;
      start = wall_ns();
    }
    uint32_t available = job.there->cached_tail - job.there->next_read;
    uint32_t take = available < batch ? available : batch;
    for (uint32_t k = 0; k < take; k++) {
      const double *frame = ring_front(job.there);
      sum += reads_all ? add_up(frame, job.there->doubles) : frame[0] + frame[job.there->doubles - 1];
      job.there->next_read++;
    }
    ring_release(job.there);
    i += take;
  }
  uint64_t ns = wall_ns() - start;
  pthread_join(producer, NULL);
  printf("{\"ns\":%llu,\"frames\":%llu,\"sum\":%.17g}\n", (unsigned long long)ns, (unsigned long long)frames, sum);
}

static uint64_t option(int argc, char **argv, const char *name, uint64_t fallback) {
  for (int i = 2; i + 1 < argc; i++)
    if (strcmp(argv[i], name) == 0) return strtoull(argv[i + 1], NULL, 10);
  return fallback;
}

static bool is_option(int argc, char **argv, const char *name, const char *value) {
  for (int i = 2; i + 1 < argc; i++)
    if (strcmp(argv[i], name) == 0) return strcmp(argv[i + 1], value) == 0;
  return false;
}

int main(int argc, char **argv) {
  size_t bytes = option(argc, argv, "--bytes", 4096);
  int core_b = (int)option(argc, argv, "--core-b", 1);
  pin((int)option(argc, argv, "--core-a", 0));
  if (argc > 1 && strcmp(argv[1], "hop") == 0)
    run_hop(bytes, is_option(argc, argv, "--wait", "park"), option(argc, argv, "--warm-up", 20000),
            option(argc, argv, "--samples", 50000), core_b);
  else if (argc > 1 && strcmp(argv[1], "throughput") == 0)
    run_throughput(bytes, (uint32_t)option(argc, argv, "--batch", 1), option(argc, argv, "--frames", 1000000),
                   option(argc, argv, "--warm-up", 0), !is_option(argc, argv, "--read", "ends"), core_b);
  else return fprintf(stderr, "usage: spsc-ring hop|throughput [options]\n"), 2;
  return 0;
}
