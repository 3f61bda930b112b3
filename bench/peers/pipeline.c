/*
 * Two hops over the rings of ring.h, as a frame travels through dolphin: the yardstick of `dolphin bench latency`.
 *
 *   producer ──frame: header + prices──► engine: adds the prices up ──record of 128 bytes──► execution: adds the sums up
 *
 *   pipeline --assets N --rate HZ --frames N --warm-up N --wait spin|park
 *
 * A frame is sent at its planned time, or, with --rate 0, as soon as there is room. --wait is the engine's: producer and
 * execution always sleep, as ours do. Prints per frame, ns: how late it was published, publication to taken by the
 * engine, publication to record readable (its reader not yet woken), planned time to taken by execution; CPU time per thread; execution's sum.
 */
#define _GNU_SOURCE
#include "clocks.h"
#include "options.h"
#include "ring.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

enum { TEMPLATES = 16, HEADER_DOUBLES = 24, RECORD_DOUBLES = 16 };
/* Warm-up frames go every 0.1 ms, whatever the pace of those that count; then everything comes to rest. */
enum { WARM_UP_PERIOD_NS = 100000, SETTLE_NS = 20000000 };
enum { PLANNED, PUBLISHED, TAKEN, SUM }; /* doubles of a header and of a record */

typedef struct {
  Ring *frames, *records;
  size_t assets;
  uint64_t count, warm_up;
  double period_ns; /* 0: no pace */
  bool engine_parks;
  double *late_ns, *hop_ns, *intent_ns, *total_ns;
  uint64_t producer_cpu_ns, engine_cpu_ns, execution_cpu_ns;
  _Atomic uint64_t first_ns; /* when the first frame behind the warm-up was published */
  uint64_t last_ns;
  double sum;
} Job;

static double *prices_create(size_t assets) {
  double *prices = aligned_alloc(128, (TEMPLATES * assets * 8 + 127) / 128 * 128);
  for (size_t i = 0; i < TEMPLATES * assets; i++) prices[i] = (double)(i % 1000);
  return prices;
}

static void sleep_until(uint64_t ns) {
  struct timespec due = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {}
}

static double *claim(Ring *r) {
  double *slot;
  while ((slot = ring_claim(r)) == NULL) usleep(50);
  return slot;
}

static void *produce(void *argument) {
  Job *job = argument;
  double *prices = prices_create(job->assets);
  uint64_t start = wall_ns(), cpu = 0;
  double period_ns = job->period_ns > 0 ? WARM_UP_PERIOD_NS : 0;
  for (uint64_t i = 0, k = 0; i < job->count; i++, k++) {
    if (i == job->warm_up) {
      cpu = thread_cpu_ns();
      start = wall_ns() + SETTLE_NS;
      period_ns = job->period_ns;
      k = 0;
      atomic_store(&job->first_ns, wall_ns());
    }
    uint64_t planned = start + (uint64_t)(period_ns * (double)k);
    if (period_ns > 0) sleep_until(planned);
    double *slot = claim(job->frames);
    memcpy(slot + HEADER_DOUBLES, prices + (i % TEMPLATES) * job->assets, job->assets * 8);
    uint64_t published = wall_ns();
    slot[PLANNED] = (double)(job->period_ns > 0 ? planned : published);
    slot[PUBLISHED] = (double)published;
    job->frames->next_write++;
    ring_publish(job->frames, true);
  }
  job->producer_cpu_ns = thread_cpu_ns() - cpu;
  return NULL;
}

/* Four sums, so that the additions do not wait for each other. */
static double add_up(const double *x, size_t doubles) {
  double a = 0, b = 0, c = 0, d = 0;
  size_t i = 0;
  for (; i + 4 <= doubles; i += 4) {
    a += x[i];
    b += x[i + 1];
    c += x[i + 2];
    d += x[i + 3];
  }
  for (; i < doubles; i++) a += x[i];
  return a + b + c + d;
}

static void *decide(void *argument) {
  Job *job = argument;
  Ring *frames = job->frames, *records = job->records;
  uint64_t cpu = 0;
  for (uint64_t i = 0; i < job->count; i++) {
    while (ring_is_empty(frames))
      if (job->engine_parks) ring_park(frames);
    if (i == job->warm_up) cpu = thread_cpu_ns();
    uint64_t taken = wall_ns();
    const double *frame = ring_front(frames);
    double planned = frame[PLANNED], published = frame[PUBLISHED];
    double *record = claim(records);
    record[PLANNED] = planned;
    record[PUBLISHED] = published;
    record[TAKEN] = (double)taken;
    record[SUM] = add_up(frame + HEADER_DOUBLES, job->assets);
    records->next_write++;
    atomic_store(&records->tail, records->next_write);
    if (i >= job->warm_up) {
      job->hop_ns[i - job->warm_up] = (double)taken - published;
      job->intent_ns[i - job->warm_up] = (double)wall_ns() - published;
    }
    ring_wake(records);
    frames->next_read++;
    ring_release(frames);
  }
  job->engine_cpu_ns = thread_cpu_ns() - cpu;
  return NULL;
}

static void execute(Job *job) {
  Ring *records = job->records;
  uint64_t cpu = 0;
  for (uint64_t i = 0; i < job->count; i++) {
    while (ring_is_empty(records)) ring_park(records);
    if (i == job->warm_up) cpu = thread_cpu_ns();
    const double *record = ring_front(records);
    job->sum += record[SUM];
    if (i >= job->warm_up) {
      job->total_ns[i - job->warm_up] = (double)wall_ns() - record[PLANNED];
      job->late_ns[i - job->warm_up] = record[PUBLISHED] - record[PLANNED];
    }
    records->next_read++;
    ring_release(records);
  }
  job->last_ns = wall_ns();
  job->execution_cpu_ns = thread_cpu_ns() - cpu;
}

static void print_series(const char *name, const double *ns, uint64_t count, bool is_paced) {
  printf(",\"%s\":[", name);
  for (uint64_t i = 0; is_paced && i < count; i++) printf("%s%.0f", i ? "," : "", ns[i]);
  printf("]");
}

int main(int argc, char **argv) {
  uint64_t warm_up = option(argc, argv, "--warm-up", 1000), samples = option(argc, argv, "--frames", 10000);
  uint64_t rate = option(argc, argv, "--rate", 1000);
  size_t assets = option(argc, argv, "--assets", 400);
  size_t frame_bytes = ((HEADER_DOUBLES + assets) * 8 + 127) / 128 * 128;
  Job *job = calloc(1, sizeof *job);
  job->frames = ring_create(frame_bytes);
  job->records = ring_create(RECORD_DOUBLES * 8);
  job->assets = assets;
  job->count = warm_up + samples;
  job->warm_up = warm_up;
  job->period_ns = rate == 0 ? 0 : 1e9 / (double)rate;
  job->engine_parks = !is_option(argc, argv, "--wait", "spin");
  double **series[] = {&job->late_ns, &job->hop_ns, &job->intent_ns, &job->total_ns};
  for (size_t i = 0; i < 4; i++) *series[i] = calloc(samples, sizeof(double));
  pthread_t producer, engine;
  pthread_create(&engine, NULL, decide, job);
  pthread_create(&producer, NULL, produce, job);
  execute(job);
  pthread_join(producer, NULL);
  pthread_join(engine, NULL);
  bool is_paced = job->period_ns > 0;
  printf("{\"sum\":%.17g,\"wallNs\":%llu", job->sum, (unsigned long long)(job->last_ns - atomic_load(&job->first_ns)));
  printf(",\"cpuNs\":{\"producer\":%llu,\"engine\":%llu,\"execution\":%llu}", (unsigned long long)job->producer_cpu_ns,
         (unsigned long long)job->engine_cpu_ns, (unsigned long long)job->execution_cpu_ns);
  print_series("lateNs", job->late_ns, samples, is_paced);
  print_series("hopNs", job->hop_ns, samples, is_paced);
  print_series("intentNs", job->intent_ns, samples, is_paced);
  print_series("totalNs", job->total_ns, samples, is_paced);
  printf("}\n");
  return 0;
}
