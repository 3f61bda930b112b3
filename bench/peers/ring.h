/*
 * SPSC ring in C11 atomics: padded indices, cached counterpart, doorbell with a sleeping flag over futex. Slots are of one
 * size, written and read in place. One producer thread, one consumer thread. Needs _GNU_SOURCE.
 */
#ifndef DOLPHIN_BENCH_RING_H
#define DOLPHIN_BENCH_RING_H
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SLOTS = 1024, MASK = SLOTS - 1 };

typedef struct {
  _Alignas(128) _Atomic uint32_t tail;
  _Alignas(128) _Atomic uint32_t head;
  _Alignas(128) _Atomic uint32_t bell;
  _Alignas(128) _Atomic uint32_t sleeping;
  _Alignas(128) uint32_t next_write, cached_head; /* producer's own */
  _Alignas(128) uint32_t next_read, cached_tail;  /* consumer's own */
  _Alignas(128) size_t doubles;                   /* of a slot */
  double *slots;
} Ring;

static inline Ring *ring_create(size_t bytes) {
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

/* Behind a seq_cst store of the tail: wakes the reader if it sleeps. */
static inline void ring_wake(Ring *r) {
  if (atomic_load(&r->sleeping) == 0) return;
  atomic_fetch_add(&r->bell, 1);
  syscall(SYS_futex, &r->bell, FUTEX_WAKE_PRIVATE, 1 << 30, NULL, NULL, 0);
}

static inline void ring_publish(Ring *r, bool may_sleep) {
  if (!may_sleep) {
    atomic_store_explicit(&r->tail, r->next_write, memory_order_release);
    return;
  }
  atomic_store(&r->tail, r->next_write); /* before the load of the flag */
  ring_wake(r);
}

static inline bool ring_is_empty(Ring *r) {
  if (r->next_read != r->cached_tail) return false;
  r->cached_tail = atomic_load_explicit(&r->tail, memory_order_acquire);
  return r->next_read == r->cached_tail;
}

static inline const double *ring_front(Ring *r) { return r->slots + (r->next_read & MASK) * r->doubles; }

static inline void ring_release(Ring *r) { atomic_store_explicit(&r->head, r->next_read, memory_order_release); }

static inline void ring_park(Ring *r) {
  uint32_t seen = atomic_load(&r->bell);
  atomic_store(&r->sleeping, 1);
  if (atomic_load(&r->tail) == r->next_read) syscall(SYS_futex, &r->bell, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
  atomic_store(&r->sleeping, 0);
}
#endif
