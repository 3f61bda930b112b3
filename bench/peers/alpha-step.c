/*
 * The alpha step of semantics §3-§4 in C11, champion configuration, without order book and factors: the yardstick of
 * bench/micro/alpha-step.bench.ts. Build: gcc -std=c11 -O3 (see bench/support/c-peers.ts).
 *
 *   alpha-step [--rounds N] [--histogram] DAY...
 *
 * Replays the days N times from a fresh engine and prints one JSON line: wall and CPU ns of each round, the trades and
 * the bytes of their decision records (semantics §5) in hex, so that a reader can hold them against another engine's.
 *
 * Rings are laid out (slot, asset). Until the first missing price of a day all assets share one row per bar and one
 * cursor (`is_dense`), as in our engine; from then on each asset has its own cursor.
 */
#define _POSIX_C_SOURCE 200809L
#include "clocks.h"
#include "day-file.h"
#include "mt19937.h"
#include <math.h>
#include <stdbool.h>

enum { LOOKBACK = 100, VOL_WINDOW = 50, WARMUP_BARS = 100, MAX_HOLD_BARS = 120, DC_LOOKBACK = 7, PRICE_SLOTS = 16 };
enum { TAKE_PROFIT = 1, STOP = 2, MAX_HOLD = 3, DAY_END = 4, RISK = 6 };
enum { G_WARMUP, G_SIGNAL, G_VOLATILITY, G_RISK, G_DIRECTION, G_ORDER_BOOK, G_IRP, G_SIZING, GATES };
static const double BAR_NS = 5e9, SIGN_DEAD_ZONE = 1e-15, MAX_SIGNAL = 10;
static const double VEL_DIV_THRESHOLD = -0.02, VEL_DIV_EXTREME = -0.05, VOL_P60 = 0.000099, DC_MIN_BPS = 0.75;
static const double MIN_IRP_ALIGNMENT = 0.45, TAKE_PROFIT_PCT = 0.0095, STOP_PCT = 1.0, DAILY_LOSS_LIMIT = 0.10;
static const double FRACTION = 0.2, MIN_LEVERAGE = 0.5, MAX_LEVERAGE = 5.0, ABS_MAX_LEVERAGE = 6.0, CONVEXITY = 3.0;
static const double MAKER_FEE = -0.0002, TAKER_FEE = 0.0004, MAKER_ENTRY = 0.62, MAKER_EXIT = 0.5, MIN_NOTIONAL = 5;
static const double INITIAL_CAPITAL = 25000;
static const int DIRECTION = -1;
static const uint32_t SEED = 42;

typedef struct {
  bool open;
  int slot; /* index among the included assets */
  uint32_t entry_bar, bars_held;
  double entry, entry_ns, notional, qty, entry_fee_rate;
  bool counted_late;
} Position;

typedef struct {
  uint32_t reached, passed;
} Gate;

typedef struct {
  int n; /* included assets */
  int *file_index;
  int reference;
  bool has_excluded;
  double *row;       /* prices of this bar when assets are left out, else unused */
  const double *now; /* this bar's valid prices, NaN = missing: a row of price_ring while dense, else bar_price */
  double *bar_price;
  bool is_dense;
  int dense_signs, dense_cursor; /* sign rows that all assets share, and the next of them */
  double *last_price, *ret, *price_ring;
  int32_t *last_price_bar, *price_count;
  int32_t *sign_ring;
  int16_t *sign_cursor, *sign_count;
  int32_t *sign_sums; /* packed: +1 in the low half, -1 in the high half */
  double reference_returns[VOL_WINDOW];
  int reference_cursor, reference_count;
  Mt19937 rng;
  Position position;
  int32_t bar;
  uint32_t lifetime_bar;
  double last_ns, capital, capital_at_day_start, peak_marked, max_drawdown_marked;
  bool tripped;
  Gate funnel[GATES];
  uint64_t gaps, invalid_prices, missing_signals, late_exits, stale_fills, leverage_capped;
  unsigned char *decisions;
  size_t trades, decisions_capacity;
} Engine;

static void *allocate(size_t count, size_t size) {
  void *memory = aligned_alloc(64, (count * size + 63) / 64 * 64);
  if (memory == NULL) exit(1);
  memset(memory, 0, count * size);
  return memory;
}

static void engine_init(Engine *e, const Day *day) {
  memset(e, 0, sizeof *e);
  e->file_index = allocate(day->assets, sizeof(int));
  for (uint32_t a = 0; a < day->assets; a++) {
    if (day->excluded[a]) continue;
    if (a == day->reference_asset) e->reference = e->n;
    e->file_index[e->n++] = (int)a;
  }
  size_t n = (size_t)e->n;
  e->has_excluded = n != day->assets;
  e->row = allocate(n, 8);
  e->bar_price = allocate(n, 8);
  e->last_price = allocate(n, 8);
  e->ret = allocate(n, 8);
  e->price_ring = allocate(n * PRICE_SLOTS, 8);
  e->last_price_bar = allocate(n, 4);
  e->price_count = allocate(n, 4);
  e->sign_ring = allocate(n * LOOKBACK, 4);
  e->sign_cursor = allocate(n, 2);
  e->sign_count = allocate(n, 2);
  e->sign_sums = allocate(n, 4);
  e->decisions_capacity = 4096;
  e->decisions = malloc(28 * e->decisions_capacity);
  e->capital = e->peak_marked = INITIAL_CAPITAL;
}

static void begin_day(Engine *e) {
  size_t n = (size_t)e->n;
  for (size_t k = 0; k < n; k++) {
    e->bar_price[k] = e->last_price[k] = NAN;
    e->last_price_bar[k] = -2;
  }
  memset(e->price_count, 0, n * 4);
  memset(e->sign_ring, 0, n * LOOKBACK * 4);
  memset(e->sign_cursor, 0, n * 2);
  memset(e->sign_count, 0, n * 2);
  memset(e->sign_sums, 0, n * 4);
  e->is_dense = true;
  e->dense_signs = e->dense_cursor = 0;
  e->reference_cursor = e->reference_count = 0;
  mt_seed(&e->rng, SEED);
  e->bar = -1;
  e->last_ns = NAN;
  e->capital_at_day_start = e->capital;
  e->tripped = false;
}

/* A return's place against the basket mean: 1, 1 << 16 or 0. */
static inline int32_t packed_sign(double distance) {
  return (distance > SIGN_DEAD_ZONE) | (distance < -SIGN_DEAD_ZONE) << 16;
}

/* While dense: one row, one cursor. False, with only this bar's row written, when a price is missing. */
static bool append_dense(Engine *e, const double *restrict prices, bool has_returns) {
  const int n = e->n;
  double *restrict row = e->price_ring + (size_t)(e->bar & (PRICE_SLOTS - 1)) * n, *restrict ret = e->ret;
  const double *restrict previous = e->price_ring + (size_t)((e->bar - 1) & (PRICE_SLOTS - 1)) * n;
  int64_t valid = 0; /* as wide as a double: one vector of comparisons adds up at once */
  for (int k = 0; k < n; k++) {
    double p = prices[k];
    row[k] = p;
    ret[k] = p / previous[k] - 1;
    valid += (p > 0) & (p < INFINITY);
  }
  if (valid != n) return false;
  e->now = row;
  if (!has_returns) {
    for (int k = 0; k < n; k++) ret[k] = NAN;
    return true;
  }
  double sum = 0; /* in column order */
  for (int k = 0; k < n; k++) sum += ret[k];
  const double mean = sum / n;
  int32_t *restrict signs = e->sign_ring + (size_t)e->dense_cursor * n, *restrict sums = e->sign_sums;
  for (int k = 0; k < n; k++) {
    int32_t sign = packed_sign(ret[k] - mean);
    sums[k] += sign - signs[k];
    signs[k] = sign;
  }
  e->dense_cursor = e->dense_cursor + 1 == LOOKBACK ? 0 : e->dense_cursor + 1;
  if (e->dense_signs < LOOKBACK) e->dense_signs++;
  return true;
}

/* Gives every asset cursors of its own, for the rest of the day. */
static void leave_dense(Engine *e) {
  const double *previous = e->price_ring + (size_t)((e->bar - 1) & (PRICE_SLOTS - 1)) * e->n;
  e->is_dense = false;
  e->now = e->bar_price;
  for (int k = 0; k < e->n; k++) {
    e->price_count[k] = e->bar;
    e->sign_cursor[k] = (int16_t)e->dense_cursor;
    e->sign_count[k] = (int16_t)e->dense_signs;
    if (e->bar == 0) continue;
    e->bar_price[k] = e->last_price[k] = previous[k];
    e->last_price_bar[k] = e->bar - 1;
  }
}

/* The same with a cursor per asset; returns the basket mean, one sum in column order. */
static double append_sparse_prices(Engine *e, const double *restrict prices, bool has_returns) {
  const int n = e->n;
  int returns = 0, invalid = 0;
  double sum = 0;
  for (int k = 0; k < n; k++) { /* an invalid price makes this return and the next one NaN */
    double p = prices[k], q = p > 0 && p < INFINITY ? p : NAN, r = has_returns ? q / e->bar_price[k] - 1 : NAN;
    e->ret[k] = r;
    e->bar_price[k] = q;
    if (r == r) {
      sum += r;
      returns++;
    }
    if (q != q) {
      invalid++;
      continue;
    }
    e->price_ring[(size_t)(e->price_count[k]++ & (PRICE_SLOTS - 1)) * n + k] = q;
    e->last_price[k] = q;
    e->last_price_bar[k] = e->bar;
  }
  e->invalid_prices += (uint64_t)invalid;
  return sum / returns;
}

static void append_sparse_signs(Engine *e, double mean) {
  for (int k = 0; k < e->n; k++) {
    if (e->ret[k] != e->ret[k]) continue;
    int32_t sign = packed_sign(e->ret[k] - mean), *slot = &e->sign_ring[(size_t)e->sign_cursor[k] * e->n + k];
    e->sign_sums[k] += sign - *slot; /* the slot is 0 until the ring is full */
    *slot = sign;
    e->sign_cursor[k] = e->sign_cursor[k] + 1 == LOOKBACK ? 0 : (int16_t)(e->sign_cursor[k] + 1);
    e->sign_count[k] = (int16_t)(e->sign_count[k] + (e->sign_count[k] < LOOKBACK));
  }
}

static void append_histories(Engine *e, const double *prices, bool is_after_gap) {
  const bool has_returns = e->bar > 0 && !is_after_gap;
  if (e->is_dense && append_dense(e, prices, has_returns)) return;
  if (e->is_dense) leave_dense(e);
  append_sparse_signs(e, append_sparse_prices(e, prices, has_returns));
}

static int price_count(const Engine *e, int k) { return e->is_dense ? e->bar + 1 : e->price_count[k]; }
static int sign_count(const Engine *e, int k) { return e->is_dense ? e->dense_signs : e->sign_count[k]; }

static void append_reference(Engine *e) {
  double r = e->ret[e->reference];
  if (r != r) return;
  e->reference_returns[e->reference_cursor] = r;
  e->reference_cursor = e->reference_cursor + 1 == VOL_WINDOW ? 0 : e->reference_cursor + 1;
  if (e->reference_count < VOL_WINDOW) e->reference_count++;
}

/* Population deviation, two passes, oldest to newest. */
static double reference_volatility(const Engine *e) {
  if (e->reference_count < VOL_WINDOW) return NAN;
  const double *x = e->reference_returns;
  const int from = e->reference_cursor;
  double sum = 0, squares = 0;
  for (int i = from; i < VOL_WINDOW; i++) sum += x[i];
  for (int i = 0; i < from; i++) sum += x[i];
  double mean = sum / VOL_WINDOW;
  for (int i = from; i < VOL_WINDOW; i++) squares += (x[i] - mean) * (x[i] - mean);
  for (int i = 0; i < from; i++) squares += (x[i] - mean) * (x[i] - mean);
  return sqrt(squares / VOL_WINDOW);
}

static void mark(Engine *e, double equity) {
  if (equity > e->peak_marked) e->peak_marked = equity;
  double drawdown = (e->peak_marked - equity) / e->peak_marked;
  if (drawdown > e->max_drawdown_marked) e->max_drawdown_marked = drawdown;
}

static void ask_breaker(Engine *e, double equity) {
  if ((equity - e->capital_at_day_start) / e->capital_at_day_start <= -DAILY_LOSS_LIMIT) e->tripped = true;
}

static void record_decision(Engine *e, uint32_t exit_bar, int reason, double exit_price) {
  if (e->trades == e->decisions_capacity) {
    e->decisions_capacity *= 2;
    e->decisions = realloc(e->decisions, 28 * e->decisions_capacity);
  }
  unsigned char *d = e->decisions + 28 * e->trades++;
  uint16_t asset = (uint16_t)e->file_index[e->position.slot];
  memcpy(d, &e->position.entry_bar, 4);
  memcpy(d + 4, &exit_bar, 4);
  memcpy(d + 8, &asset, 2);
  d[10] = (unsigned char)(int8_t)DIRECTION;
  d[11] = (unsigned char)reason;
  memcpy(d + 12, &e->position.entry, 8);
  memcpy(d + 20, &exit_price, 8);
}

static void close_position(Engine *e, int reason, double price, uint32_t exit_bar) {
  Position *p = &e->position;
  double gross = DIRECTION * (price / p->entry - 1) * p->notional;
  double exit_rate = mt_double(&e->rng) < MAKER_EXIT ? MAKER_FEE : TAKER_FEE;
  e->capital += gross - (p->notional * p->entry_fee_rate + p->qty * price * exit_rate);
  record_decision(e, exit_bar, reason, price);
  p->open = false;
  mark(e, e->capital);
  ask_breaker(e, e->capital);
}

static void manage_exit(Engine *e, double ns) {
  Position *p = &e->position;
  p->bars_held++;
  bool overdue = p->bars_held >= MAX_HOLD_BARS || ns - p->entry_ns >= MAX_HOLD_BARS * BAR_NS;
  double price = e->now[p->slot];
  if (price != price) {
    if (overdue && !p->counted_late) {
      p->counted_late = true;
      e->late_exits++;
    }
    return;
  }
  double change = DIRECTION * (price / p->entry - 1), equity = e->capital + change * p->notional;
  mark(e, equity);
  ask_breaker(e, equity);
  int reason = change >= TAKE_PROFIT_PCT ? TAKE_PROFIT : change <= -STOP_PCT ? STOP : e->tripped ? RISK : overdue ? MAX_HOLD : 0;
  if (reason != 0) close_position(e, reason, price, e->lifetime_bar);
}

static bool pass(Engine *e, int gate, bool is_open) {
  e->funnel[gate].reached++;
  e->funnel[gate].passed += is_open;
  return is_open;
}

/* The chosen asset's slot, or -1: direction confirmation, order book (none: passes) and IRP. */
static int select_asset(Engine *e) {
  const int n = e->n;
  int best = -1, best_count = 0;
  double best_momentum = 0;
  bool is_confirmed = false;
  for (int k = 0; k < n; k++) {
    double price = e->now[k];
    int count = price_count(e, k);
    if (price != price || count <= DC_LOOKBACK) continue;
    double momentum = price / e->price_ring[((count - 1 - DC_LOOKBACK) & (PRICE_SLOTS - 1)) * n + k] - 1;
    if (!(DIRECTION * momentum * 1e4 >= DC_MIN_BPS)) continue;
    is_confirmed = true;
    if (sign_count(e, k) < LOOKBACK) continue;
    int aligned = e->sign_sums[k] >> 16; /* SHORT */
    if (!((double)aligned / LOOKBACK >= MIN_IRP_ALIGNMENT)) continue;
    double strength = fabs(momentum);
    if (aligned > best_count || (aligned == best_count && strength > best_momentum) || best < 0) {
      best = k;
      best_count = aligned;
      best_momentum = strength;
    }
  }
  if (!pass(e, G_DIRECTION, is_confirmed)) return -1;
  pass(e, G_ORDER_BOOK, true);
  return pass(e, G_IRP, best >= 0) ? best : -1;
}

static void open_position(Engine *e, int slot, double vel_div, double ns) {
  double s = (VEL_DIV_THRESHOLD - vel_div) / (VEL_DIV_THRESHOLD - VEL_DIV_EXTREME);
  s = s < 0 ? 0 : s > 1 ? 1 : s;
  double leverage = fmax(MIN_LEVERAGE + (MAX_LEVERAGE - MIN_LEVERAGE) * pow(s, CONVEXITY), MIN_LEVERAGE);
  if (leverage > ABS_MAX_LEVERAGE) {
    leverage = ABS_MAX_LEVERAGE;
    e->leverage_capped++;
  }
  double price = e->now[slot], notional = e->capital * FRACTION * leverage;
  if (!pass(e, G_SIZING, e->capital > 0 && notional >= MIN_NOTIONAL)) return;
  double rate = mt_double(&e->rng) < MAKER_ENTRY ? MAKER_FEE : TAKER_FEE;
  e->position = (Position){.open = true, .slot = slot, .entry_bar = e->lifetime_bar, .entry = price, .entry_ns = ns,
                           .notional = notional, .qty = notional / price, .entry_fee_rate = rate};
}

static void consider_entry(Engine *e, double vel_div, bool has_signal, double ns) {
  if (!pass(e, G_WARMUP, e->bar >= WARMUP_BARS)) return;
  if (!pass(e, G_SIGNAL, has_signal && vel_div <= VEL_DIV_THRESHOLD)) return;
  if (!pass(e, G_VOLATILITY, reference_volatility(e) > VOL_P60)) return;
  if (!pass(e, G_RISK, !e->tripped)) return;
  int slot = select_asset(e);
  if (slot >= 0) open_position(e, slot, vel_div, ns);
}

static void step(Engine *e, const double *prices, double vel_div, double ns) {
  e->bar++;
  bool is_after_gap = ns - e->last_ns > 2.5 * BAR_NS;
  e->gaps += is_after_gap;
  e->last_ns = ns;
  if (e->has_excluded) {
    for (int k = 0; k < e->n; k++) e->row[k] = prices[e->file_index[k]];
    prices = e->row;
  }
  append_histories(e, prices, is_after_gap);
  append_reference(e);
  bool has_signal = fabs(vel_div) <= MAX_SIGNAL;
  e->missing_signals += !has_signal;
  if (e->position.open) manage_exit(e, ns);
  else consider_entry(e, vel_div, has_signal, ns);
  e->lifetime_bar++;
}

static void end_day(Engine *e) {
  if (!e->position.open) return;
  int slot = e->position.slot;
  double price = e->is_dense ? e->now[slot] : e->last_price[slot];
  e->stale_fills += !e->is_dense && e->bar - e->last_price_bar[slot] > 24;
  close_position(e, DAY_END, price, e->lifetime_bar - 1);
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static size_t replay_day(Engine *e, const Day *day, uint32_t *step_ns) {
  begin_day(e);
  if (step_ns == NULL) {
    for (uint32_t i = 0; i < day->rows; i++) step(e, day->prices + (size_t)i * day->assets, day->vel_div[i], day->ns_of_day[i]);
  } else {
    for (uint32_t i = 0; i < day->rows; i++) {
      uint64_t from = wall_ns();
      step(e, day->prices + (size_t)i * day->assets, day->vel_div[i], day->ns_of_day[i]);
      step_ns[i] = (uint32_t)(wall_ns() - from);
    }
  }
  end_day(e);
  return day->rows;
}

static void print_result(const Engine *e, size_t steps) {
  printf("],\"steps\":%zu,\"trades\":%zu,\"capital\":%.17g,\"maxDrawdownMarked\":%.17g,\"invalidPrices\":%llu,\"gaps\":%llu", steps,
         e->trades, e->capital, e->max_drawdown_marked, (unsigned long long)e->invalid_prices, (unsigned long long)e->gaps);
  printf(",\"funnel\":[");
  for (int g = 0; g < GATES; g++) printf("%s[%u,%u]", g ? "," : "", e->funnel[g].reached, e->funnel[g].passed);
  printf("],\"decisionsHex\":\"");
  for (size_t i = 0; i < 28 * e->trades; i++) printf("%02x", e->decisions[i]);
  printf("\"");
}

int main(int argc, char **argv) {
  int rounds = 1, day_count = 0;
  bool wants_histogram = false;
  Day *days = malloc((size_t)argc * sizeof(Day));
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) rounds = atoi(argv[++i]);
    else if (strcmp(argv[i], "--histogram") == 0) wants_histogram = true;
    else days[day_count++] = day_read(argv[i]);
  }
  if (day_count == 0) {
    fprintf(stderr, "usage: alpha-step [--rounds N] [--histogram] DAY...\n");
    return 2;
  }
  size_t rows = 0, steps = 0;
  for (int d = 0; d < day_count; d++) rows += days[d].rows;
  uint32_t *step_ns = wants_histogram ? malloc(rows * sizeof *step_ns) : NULL;
  Engine e;
  printf("{\"rounds\":[");
  for (int r = 0; r < rounds; r++) {
    engine_init(&e, &days[0]);
    uint64_t wall = wall_ns(), cpu = thread_cpu_ns();
    steps = 0;
    for (int d = 0; d < day_count; d++) steps += replay_day(&e, &days[d], step_ns == NULL ? NULL : step_ns + steps);
    cpu = thread_cpu_ns() - cpu;
    wall = wall_ns() - wall;
    printf("%s{\"wallNs\":%llu,\"cpuNs\":%llu}", r ? "," : "", (unsigned long long)wall, (unsigned long long)cpu);
  }
  print_result(&e, steps);
  if (step_ns != NULL) {
    qsort(step_ns, steps, sizeof *step_ns, by_value);
    printf(",\"stepNs\":{\"p50\":%u,\"p99\":%u,\"p999\":%u,\"max\":%u}", step_ns[steps / 2], step_ns[steps * 99 / 100],
           step_ns[steps * 999 / 1000], step_ns[steps - 1]);
  }
  printf("}\n");
  return 0;
}
