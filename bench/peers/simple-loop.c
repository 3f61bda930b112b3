/*
 * The scan loop that everyone can write, beside which the cost of the seven layers is seen: per asset an incremental
 * deviation of 50 returns, argmax of the drop in deviations, threshold on the signal, cubic sizing, exit at +95 bps or
 * after 120 bars. No missing prices, no warm-up care, no fees. Twin: simple-loop.ts, equal to the bit.
 *
 *   simple-loop [--rounds N] DAY
 */
#define _POSIX_C_SOURCE 200809L
#include "clocks.h"
#include "day-file.h"
#include <math.h>

enum { WINDOW = 50, MAX_HOLD_BARS = 120 };

typedef struct {
  uint32_t trades, checksum;
  double capital;
} Outcome;

static Outcome run(const Day *day, double *last, double *ring, double *sum, double *squares) {
  const uint32_t n = day->assets;
  Outcome out = {0, 2166136261u, 25000};
  memset(ring, 0, 8 * WINDOW * (size_t)n);
  memset(sum, 0, 8 * (size_t)n);
  memset(squares, 0, 8 * (size_t)n);
  memcpy(last, day->prices, 8 * (size_t)n);
  int held = -1;
  uint32_t asset = 0, slot = 0;
  double entry = 0, notional = 0;
  for (uint32_t bar = 1; bar < day->rows; bar++) {
    const double *price = day->prices + (size_t)bar * n;
    double *row = ring + (size_t)slot * n;
    slot = slot + 1 == WINDOW ? 0 : slot + 1;
    uint32_t best = 0;
    double best_score = -INFINITY;
    for (uint32_t a = 0; a < n; a++) {
      double r = price[a] / last[a] - 1, old = row[a];
      last[a] = price[a];
      row[a] = r;
      sum[a] += r - old;
      squares[a] += r * r - old * old;
      double mean = sum[a] / WINDOW, score = -r / sqrt(squares[a] / WINDOW - mean * mean);
      if (score > best_score) {
        best_score = score;
        best = a;
      }
    }
    if (held >= 0) {
      double change = -(price[asset] / entry - 1);
      if (++held < MAX_HOLD_BARS && change < 0.0095) continue;
      out.capital += change * notional;
      out.trades++;
      out.checksum = (out.checksum ^ bar) * 16777619u;
      held = -1;
    } else if (bar > WINDOW && day->vel_div[bar] <= -0.02) {
      double s = (-0.02 - day->vel_div[bar]) / 0.03;
      s = s > 1 ? 1 : s;
      notional = out.capital * 0.2 * (0.5 + 4.5 * s * s * s);
      asset = best;
      entry = price[asset];
      held = 0;
      out.checksum = (out.checksum ^ asset) * 16777619u;
    }
  }
  return out;
}

int main(int argc, char **argv) {
  int rounds = 1;
  const char *path = NULL;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) rounds = atoi(argv[++i]);
    else path = argv[i];
  }
  if (path == NULL) return fprintf(stderr, "usage: simple-loop [--rounds N] DAY\n"), 2;
  Day day = day_read(path);
  double *memory = malloc(8 * (size_t)day.assets * (WINDOW + 3));
  double *last = memory, *sum = memory + day.assets, *squares = sum + day.assets, *ring = squares + day.assets;
  Outcome out = {0};
  printf("{\"rounds\":[");
  for (int r = 0; r < rounds; r++) {
    uint64_t wall = wall_ns(), cpu = thread_cpu_ns();
    out = run(&day, last, ring, sum, squares);
    cpu = thread_cpu_ns() - cpu;
    wall = wall_ns() - wall;
    printf("%s{\"wallNs\":%llu,\"cpuNs\":%llu}", r ? "," : "", (unsigned long long)wall, (unsigned long long)cpu);
  }
  printf("],\"steps\":%u,\"trades\":%u,\"capital\":%.17g,\"checksum\":%u}\n", day.rows - 1, out.trades, out.capital, out.checksum);
  return 0;
}
