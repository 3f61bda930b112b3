/*
 * A decoded day as the benchmarks hand it to C, little-endian (written by bench/support/day-file.ts):
 *
 *   0   char[8]  "DLPHDAY1"
 *   8   u32      rows, assets, referenceAsset, utcDay
 *   24  u8       excluded[assets], zero-padded to a multiple of 8
 *       f64      nsOfDay[rows]
 *       f64      velDiv[rows]          NaN = missing
 *       f64      prices[rows][assets]  NaN = missing
 */
#ifndef DOLPHIN_BENCH_DAY_FILE_H
#define DOLPHIN_BENCH_DAY_FILE_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t rows, assets, reference_asset, utc_day;
  const uint8_t *excluded;
  const double *ns_of_day, *vel_div, *prices;
} Day;

static inline void day_fail(const char *path, const char *what) {
  fprintf(stderr, "day file %s: %s\n", path, what);
  exit(2);
}

/* Reads a whole file into memory that is never freed: the process ends with the benchmark. */
static inline Day day_read(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) day_fail(path, "cannot be opened");
  fseek(file, 0, SEEK_END);
  size_t size = (size_t)ftell(file);
  rewind(file);
  unsigned char *bytes = aligned_alloc(64, (size + 63) / 64 * 64);
  if (bytes == NULL || fread(bytes, 1, size, file) != size) day_fail(path, "cannot be read");
  fclose(file);
  if (size < 24 || memcmp(bytes, "DLPHDAY1", 8) != 0) day_fail(path, "magic must be DLPHDAY1");
  Day day;
  memcpy(&day, bytes + 8, 16);
  size_t head = 24 + ((size_t)day.assets + 7) / 8 * 8;
  if (size != head + 8 * (size_t)day.rows * (2 + (size_t)day.assets)) day_fail(path, "size does not fit its header");
  day.excluded = bytes + 24;
  day.ns_of_day = (const double *)(bytes + head);
  day.vel_div = day.ns_of_day + day.rows;
  day.prices = day.vel_div + day.rows;
  return day;
}
#endif
