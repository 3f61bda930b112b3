/* MT19937 as numpy's RandomState(seed).random_sample(): Matsumoto and Nishimura 1998, 53-bit doubles. */
#ifndef DOLPHIN_BENCH_MT19937_H
#define DOLPHIN_BENCH_MT19937_H
#include <stdint.h>

typedef struct {
  uint32_t state[624];
  int next;
} Mt19937;

static inline void mt_seed(Mt19937 *mt, uint32_t seed) {
  mt->state[0] = seed;
  for (int i = 1; i < 624; i++) mt->state[i] = 1812433253u * (mt->state[i - 1] ^ (mt->state[i - 1] >> 30)) + (uint32_t)i;
  mt->next = 624;
}

static inline void mt_twist(Mt19937 *mt) {
  uint32_t *s = mt->state;
  for (int i = 0; i < 624; i++) {
    uint32_t y = (s[i] & 0x80000000u) | (s[(i + 1) % 624] & 0x7fffffffu);
    s[i] = s[(i + 397) % 624] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
  }
  mt->next = 0;
}

static inline uint32_t mt_u32(Mt19937 *mt) {
  if (mt->next == 624) mt_twist(mt);
  uint32_t y = mt->state[mt->next++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

/* In [0, 1). */
static inline double mt_double(Mt19937 *mt) {
  uint32_t a = mt_u32(mt) >> 5, b = mt_u32(mt) >> 6;
  return (a * 67108864.0 + b) / 9007199254740992.0;
}
#endif
