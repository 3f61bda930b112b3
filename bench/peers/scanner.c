/*
 * The scanner of semantics §9 in C11: the yardstick of bench/micro/scanner.bench.ts. Build: gcc -std=c11 -O3 (see
 * bench/support/peers.ts).
 *
 *   scanner DAY
 *
 * Runs the day's prices through four windows and prints one JSON line: ns of every scan, CPU ns of all, and the sum of
 * each window's lambdas. Same method as ours: products of four rows at a time rolled by a rank-two update, made anew every
 * 256 scans (here at once), Lanczos with full reorthogonalisation from the vector before to a residual of 1e-12, trace or
 * sum of squares as the bound on the other eigenvalues. What a day of random walks never needs is left out and ends the
 * program: assets at rest, missing prices, lost digits, a second eigenvalue that those bounds do not exclude.
 *
 * `v4` is gcc's vector of four doubles: two SSE2 registers by default, one AVX register with -march=native.
 */
#define _POSIX_C_SOURCE 200809L
#include "clocks.h"
#include "day-file.h"
#include <math.h>

enum { WINDOWS = 4, SLOTS = 751, PERIOD = 256, PHASE = 64, MAX_STEPS = 128, BLOCK = 16 };
static const int BARS[WINDOWS] = {50, 150, 300, 750};
static const double TOLERANCE = 1e-12, TRUSTED = 1.0 / 256;

typedef double v4 __attribute__((vector_size(32)));
typedef double v2 __attribute__((vector_size(16)));
/* What is summed up in registers: gcc would keep a v4 of two SSE2 registers on the stack. Four doubles are PARTS of it. */
#ifdef __AVX__
typedef v4 Lanes;
enum { PARTS = 1 };
#else
typedef v2 Lanes;
enum { PARTS = 2 };
#endif

typedef struct {
  int bars, phase;
  v4 *squares; /* packed: panels of four rows, column by column from the diagonal on */
  double *sums, *shifts, *scales, *vector, *largest;
  double lambda, lambda_sum;
} Window;

static int assets, stride, quads;
static double *ring, *last_price, *incoming, *outgoing, *scaled, *work, *basis[MAX_STEPS];
static v4 *block;
static double diagonal[MAX_STEPS], off_diagonal[MAX_STEPS], weights[MAX_STEPS];

static void fail(const char *what) {
  fprintf(stderr, "scanner: %s\n", what);
  exit(2);
}

static void *zeros(size_t bytes) {
  size_t size = (bytes + 63) / 64 * 64;
  void *memory = aligned_alloc(64, size);
  if (memory == NULL) fail("out of memory");
  return memset(memory, 0, size);
}

static inline v4 *at(double *p) { return (v4 *)p; }
static inline const v4 *of(const double *p) { return (const v4 *)p; }
/* Adds the doubles of a vector up to two. */
#ifdef __AVX__
static inline v2 halves(v4 x) { return __builtin_shufflevector(x, x, 0, 1) + __builtin_shufflevector(x, x, 2, 3); }
#else
static inline v2 halves(v2 x) { return x; }
#endif
static double *row(int t) { return ring + (size_t)(t % SLOTS) * stride; }

static double dot(const double *a, const double *b) {
  v4 sum = {0};
  for (int i = 0; i < stride; i += 4) sum += *of(a + i) * *of(b + i);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void add_scaled(double *y, double factor, const double *x) {
  for (int i = 0; i < stride; i += 4) *at(y + i) += factor * *of(x + i);
}

static void roll(v4 *p, const double *a, const double *b) {
  for (int r = 0; r < stride; r += 4) {
    v4 ar = *of(a + r), br = *of(b + r);
    for (int c = r; c < stride; c++, p++) *p += ar * a[c] - br * b[c];
  }
}

/* Adds `count` vectors that lie in `block` four assets at a time; 4 x 4 elements stay in registers. */
static void add_block(v4 *p, int count) {
  for (int r = 0; r < quads; r++) {
    for (int c = r; c < quads; c++, p += 4) {
      v4 p0 = p[0], p1 = p[1], p2 = p[2], p3 = p[3];
      const v4 *x = block + (size_t)r * count, *y = block + (size_t)c * count;
      for (int t = 0; t < count; t++) {
        p0 += x[t] * y[t][0];
        p1 += x[t] * y[t][1];
        p2 += x[t] * y[t][2];
        p3 += x[t] * y[t][3];
      }
      p[0] = p0, p[1] = p1, p[2] = p2, p[3] = p3;
    }
  }
}

static void multiply(double *y, const v4 *packed, const double *x) {
  const Lanes *p = (const Lanes *)packed;
  memset(y, 0, (size_t)stride * sizeof *y);
  for (int r = 0; r < stride; r += 4) {
    const Lanes *xr = (const Lanes *)(x + r);
    Lanes even[PARTS] = {0}, odd[PARTS] = {0};
    for (int c = r; c < r + 4; c += 2, p += 2 * PARTS)
      for (int h = 0; h < PARTS; h++) even[h] += p[h] * x[c], odd[h] += p[PARTS + h] * x[c + 1];
    for (int c = r + 4; c < stride; c += 2, p += 2 * PARTS) {
      Lanes a = {0}, b = {0};
      for (int h = 0; h < PARTS; h++) {
        even[h] += p[h] * x[c], odd[h] += p[PARTS + h] * x[c + 1];
        a += p[h] * xr[h], b += p[PARTS + h] * xr[h];
      }
      *(v2 *)(y + c) += __builtin_shufflevector(halves(a), halves(b), 0, 2) +
                        __builtin_shufflevector(halves(a), halves(b), 1, 3);
    }
    for (int h = 0; h < PARTS; h++) *((Lanes *)(y + r) + h) += even[h] + odd[h];
  }
}

static void multiply_correlation(double *y, const Window *w, const double *x) {
  for (int i = 0; i < stride; i += 4) *at(scaled + i) = *of(w->scales + i) * *of(x + i);
  multiply(y, w->squares, scaled);
  add_scaled(y, -dot(w->sums, scaled) / w->bars, w->sums);
  for (int i = 0; i < stride; i += 4) *at(y + i) = *of(w->scales + i) * *of(y + i);
}

static double correlation_squares(const Window *w) {
  const Lanes *p = (const Lanes *)w->squares;
  double sum = 0;
  for (int r = 0; r < stride; r += 4) {
    Lanes mean[PARTS], part[PARTS] = {0};
    const Lanes *scale = (const Lanes *)(w->scales + r);
    for (int h = 0; h < PARTS; h++) mean[h] = *((const Lanes *)(w->sums + r) + h) / (double)w->bars;
    for (int c = r; c < stride; c++, p += PARTS)
      for (int h = 0; h < PARTS; h++) {
        Lanes element = (p[h] - mean[h] * w->sums[c]) * w->scales[c];
        part[h] += element * element;
        if (c == r + 3) part[h] *= 0.5; /* the diagonal block holds both triangles */
      }
    for (int h = 0; h < PARTS; h++) {
      v2 all = halves(part[h] * scale[h] * scale[h]);
      sum += all[0] + all[1];
    }
  }
  return 2 * sum;
}

/* Newton from below on the last pivot of T - x, as src/alpha/scanner/tridiagonal-largest.ts without its guards. */
static double largest_of_tridiagonal(double x, int order, double *residual) {
  for (int j = 0; j < order; j++) x = fmax(x, diagonal[j]);
  double high = x, low = x, pivot = 0, norm = 1;
  for (int j = 0; j < order; j++)
    high = fmax(high, diagonal[j] + (j > 0 ? off_diagonal[j - 1] : 0) + (j < order - 1 ? off_diagonal[j] : 0));
  for (int round = 0; round < 200; round++) {
    int j = order - 2;
    pivot = diagonal[order - 1] - x;
    for (; j >= 0 && pivot < 0; j--) {
      weights[j + 1] = -off_diagonal[j] / pivot;
      pivot = diagonal[j] - x + off_diagonal[j] * weights[j + 1];
    }
    double step = NAN, element = 1;
    if (j < 0) {
      norm = 1;
      for (int k = 1; k < order; k++) element *= weights[k], norm += element * element;
      step = pivot / norm;
      if (fabs(step) <= 0x1p-51 * fabs(x)) break;
    }
    if (j < 0 && pivot < 0) high = x;
    else low = x;
    double next = x + step;
    x = next > low && next < high ? next : low + (high - low) / 2;
    if (high - low <= 0x1p-51 * fabs(x)) break;
  }
  *residual = fabs(pivot) / sqrt(norm);
  weights[0] = 1 / sqrt(norm);
  for (int k = 1; k < order; k++) weights[k] *= weights[k - 1];
  return x;
}

static double orthogonalise(int count) {
  double before = sqrt(dot(work, work)), after = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int j = count - 1; j >= 0; j--) add_scaled(work, -dot(work, basis[j]), basis[j]);
    after = sqrt(dot(work, work));
    if (after >= 0.5 * before) break;
    before = after;
  }
  return after;
}

static void solve(Window *w, int from_ones) {
  for (int i = 0; i < assets; i++) basis[0][i] = from_ones ? 1 : w->vector[i];
  double norm = sqrt(dot(basis[0], basis[0])), value = -INFINITY, residual = 0;
  for (int i = 0; i < stride; i++) basis[0][i] /= norm;
  int steps = 0;
  for (;;) {
    int k = steps++;
    multiply_correlation(work, w, basis[k]);
    diagonal[k] = dot(work, basis[k]);
    off_diagonal[k] = orthogonalise(steps);
    value = largest_of_tridiagonal(value, steps, &residual);
    residual += off_diagonal[k] * fabs(weights[k]);
    if (residual <= TOLERANCE * value) break;
    if (steps == MAX_STEPS) fail("no convergence");
    for (int i = 0; i < stride; i++) basis[steps][i] = work[i] / off_diagonal[k];
  }
  memset(w->vector, 0, (size_t)stride * sizeof(double));
  for (int k = 0; k < steps; k++) add_scaled(w->vector, weights[k], basis[k]);
  w->lambda = value;
  w->lambda_sum += value;
  if (assets - value >= value && correlation_squares(w) - value * value >= value * value) fail("a second eigenvalue may lead");
}

static void make_anew(Window *w, int end) {
  int first = end - w->bars + 1;
  memset(w->squares, 0, (size_t)stride * (stride + 4) / 2 * sizeof(double));
  for (int i = 0; i < stride; i++) w->sums[i] = w->shifts[i] = w->largest[i] = 0;
  for (int t = first; t <= end; t++) add_scaled(w->shifts, 1.0 / w->bars, row(t));
  for (int t = first; t <= end; t += BLOCK) {
    int count = end - t + 1 < BLOCK ? end - t + 1 : BLOCK;
    for (int k = 0; k < count; k++)
      for (int q = 0; q < quads; q++) {
        v4 value = *of(row(t + k) + 4 * q) - *of(w->shifts + 4 * q);
        block[(size_t)q * count + k] = value;
        *at(w->sums + 4 * q) += value;
      }
    add_block(w->squares, count);
  }
}

static void rescale(Window *w) {
  const v4 *p = w->squares;
  for (int r = 0; r < stride; p += stride - r, r += 4)
    for (int i = r; i < r + 4 && i < assets; i++) {
      double square = p[i - r][i - r], deviation = square - w->sums[i] * w->sums[i] / w->bars;
      w->largest[i] = fmax(w->largest[i], square);
      if (!(deviation > 0 && deviation >= w->largest[i] * TRUSTED)) fail("an asset rests, or digits are lost");
      w->scales[i] = 1 / sqrt(deviation);
    }
}

static void step_window(Window *w, int t) {
  if (t < w->bars) return;
  int is_anchor = t == w->bars || t % PERIOD == w->phase;
  if (is_anchor) make_anew(w, t);
  else {
    const double *in = row(t), *out = row(t - w->bars);
    for (int i = 0; i < stride; i++) {
      incoming[i] = in[i] - w->shifts[i];
      outgoing[i] = out[i] - w->shifts[i];
      w->sums[i] += incoming[i] - outgoing[i];
    }
    roll(w->squares, incoming, outgoing);
  }
  rescale(w);
  solve(w, is_anchor);
}

static void append(const double *prices, int t) {
  double *r = row(t);
  for (int i = 0; i < assets; i++) {
    if (!(prices[i] > 0)) fail("a price is missing");
    r[i] = t > 0 ? prices[i] / last_price[i] - 1 : 0;
    last_price[i] = prices[i];
  }
}

static double *vector_of_zeros(void) { return zeros((size_t)stride * sizeof(double)); }

int main(int argc, char **argv) {
  if (argc != 2) fail("usage: scanner DAY");
  Day day = day_read(argv[1]);
  assets = (int)day.assets;
  stride = (assets + 3) / 4 * 4;
  quads = stride / 4;
  ring = zeros((size_t)SLOTS * stride * sizeof(double));
  block = zeros((size_t)BLOCK * stride * sizeof(double));
  last_price = vector_of_zeros(), incoming = vector_of_zeros(), outgoing = vector_of_zeros();
  scaled = vector_of_zeros(), work = vector_of_zeros();
  for (int k = 0; k < MAX_STEPS; k++) basis[k] = vector_of_zeros();
  Window windows[WINDOWS];
  for (int k = 0; k < WINDOWS; k++) {
    windows[k] = (Window){.bars = BARS[k], .phase = k * PHASE % PERIOD, .lambda_sum = 0};
    windows[k].squares = zeros((size_t)stride * (stride + 4) / 2 * sizeof(double));
    windows[k].sums = vector_of_zeros(), windows[k].shifts = vector_of_zeros(), windows[k].scales = vector_of_zeros();
    windows[k].vector = vector_of_zeros(), windows[k].largest = vector_of_zeros();
  }
  uint32_t *scan_ns = malloc(day.rows * sizeof *scan_ns);
  uint64_t cpu = thread_cpu_ns();
  for (uint32_t t = 0; t < day.rows; t++) {
    uint64_t from = wall_ns();
    append(day.prices + (size_t)t * day.assets, (int)t);
    for (int k = 0; k < WINDOWS; k++) step_window(&windows[k], (int)t);
    scan_ns[t] = (uint32_t)(wall_ns() - from);
  }
  cpu = thread_cpu_ns() - cpu;
  printf("{\"cpuNs\":%llu,\"lambdaSums\":[", (unsigned long long)cpu);
  for (int k = 0; k < WINDOWS; k++) printf("%s%.17g", k ? "," : "", windows[k].lambda_sum);
  printf("],\"scanNs\":[");
  for (uint32_t t = 0; t < day.rows; t++) printf("%s%u", t ? "," : "", scan_ns[t]);
  printf("]}\n");
  return 0;
}
