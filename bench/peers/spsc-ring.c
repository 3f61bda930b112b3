/*
 * The ring of ring.h between two threads, the yardstick of bench/topology. Frames are copied in whole; the reader works
 * in place.
 *
 *   spsc-ring hop        --bytes N --header yes|no --wait spin|park --warm-up N --samples N --core-a N --core-b N
 *   spsc-ring throughput --bytes N --batch N --frames N --warm-up N --read all|ends|copy --core-a N --core-b N
 *
 * hop: two rings, a frame goes there and another comes back; prints ns of each hop (half a round trip), ascending order
 * not promised. With --header the front of a frame is what a bar slot carries there, written and read field by field.
 * throughput: one ring; the reader adds up every double of a frame, or its ends, or adds up the ends and copies the whole
 * frame into a buffer of its own; prints ns, that sum, and the sum over the buffer afterwards.
 * Thread a (the caller) pings and consumes, thread b echoes and produces; each stays on its core.
 */
#define _GNU_SOURCE
#include "clocks.h"
#include "options.h"
#include "ring.h"
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

enum { TEMPLATES = 16 };
/* As large as the event ring of an engine that is recorded. */
static const size_t COPY_BYTES = (size_t)1 << 23;

/* Front of a bar slot, field by field as in src/shm/layout.ts. */
typedef struct {
  double sequence;
  int32_t kind, flags, asset_index, event_day, recv_day, take_day;
  double event_ns, recv_ns, scan_number, take_ns;
  double signals[8];
  double received_ns, published_ns;
  double unused[6];
} Header;

static inline void header_copy(Header *to, const Header *from) {
  to->sequence = from->sequence;
  to->kind = from->kind;
  to->flags = from->flags;
  to->asset_index = from->asset_index;
  to->event_day = from->event_day;
  to->recv_day = from->recv_day;
  to->take_day = from->take_day;
  to->event_ns = from->event_ns;
  to->recv_ns = from->recv_ns;
  to->scan_number = from->scan_number;
  to->take_ns = from->take_ns;
  to->received_ns = from->received_ns;
  to->published_ns = from->published_ns;
}

static void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) perror("sched_setaffinity");
}

static double *frames_create(size_t doubles) {
  double *frames = aligned_alloc(128, TEMPLATES * doubles * 8);
  for (size_t i = 0; i < TEMPLATES * doubles; i++) frames[i] = (double)(i % 1000);
  return frames;
}

typedef struct {
  Ring *there, *back;
  uint64_t frames;
  uint32_t batch;
  bool may_sleep;
  size_t header_doubles; /* 0, or those of Header */
  double *templates;
  double sum;
  int core;
  _Alignas(128) Header seen; /* the reader's copy of the last header */
} Job;

static void send_frame(Ring *r, const Job *job, uint64_t i) {
  size_t payload = r->doubles - job->header_doubles;
  double *slot;
  while ((slot = ring_claim(r)) == NULL) {}
  memcpy(slot + job->header_doubles, job->templates + (i % TEMPLATES) * payload, payload * 8);
  slot[job->header_doubles] = (double)i;
  if (job->header_doubles > 0) {
    Header header = {.sequence = (double)i, .kind = 1, .asset_index = -1, .scan_number = (double)i};
    header_copy((Header *)slot, &header);
  }
  r->next_write++;
  ring_publish(r, job->may_sleep);
}

/* Waits for the next frame; returns the first and the last double of its payload, read in place. */
static double receive_frame(Ring *r, Job *job) {
  while (ring_is_empty(r))
    if (job->may_sleep) ring_park(r);
  const double *slot = ring_front(r);
  if (job->header_doubles > 0) header_copy(&job->seen, (const Header *)slot);
  double ends = slot[job->header_doubles] + slot[r->doubles - 1];
  r->next_read++;
  ring_release(r);
  return ends;
}

static void *echo_run(void *argument) {
  Job *job = argument;
  pin(job->core);
  for (uint64_t i = 0; i < job->frames; i++) {
    job->sum += receive_frame(job->there, job);
    send_frame(job->back, job, i);
  }
  return NULL;
}

static void run_hop(size_t bytes, bool has_header, bool may_sleep, uint64_t warm_up, uint64_t samples, int core) {
  size_t header_doubles = has_header ? sizeof(Header) / 8 : 0;
  Job *echo = aligned_alloc(128, sizeof(Job)), *ping = aligned_alloc(128, sizeof(Job));
  memset(echo, 0, sizeof *echo);
  *echo = (Job){.there = ring_create(bytes),
                .back = ring_create(bytes),
                .frames = warm_up + samples,
                .may_sleep = may_sleep,
                .header_doubles = header_doubles,
                .templates = frames_create(bytes / 8 - header_doubles),
                .core = core};
  *ping = *echo;
  uint32_t *hop_ns = malloc(samples * sizeof *hop_ns);
  pthread_t thread;
  pthread_create(&thread, NULL, echo_run, echo);
  uint64_t last = 0;
  for (uint64_t i = 0; i < warm_up + samples; i++) {
    if (i >= warm_up) last = wall_ns();
    send_frame(ping->there, ping, i);
    ping->sum += receive_frame(ping->back, ping);
    if (i >= warm_up) hop_ns[i - warm_up] = (uint32_t)((wall_ns() - last) / 2);
  }
  pthread_join(thread, NULL);
  printf("{\"isSumEqual\":%s,\"hopNs\":[", ping->sum == echo->sum ? "true" : "false");
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

typedef enum { READ_ALL, READ_ENDS, READ_COPY } Read;

static void run_throughput(size_t bytes, uint32_t batch, uint64_t frames, uint64_t warm_up, Read read, int core) {
  size_t doubles = bytes / 8;
  size_t copy_frames = COPY_BYTES / bytes;
  double *copies = aligned_alloc(128, COPY_BYTES);
  memset(copies, 0, COPY_BYTES);
  Job *job = aligned_alloc(128, sizeof(Job));
  *job = (Job){.there = ring_create(bytes),
               .frames = frames,
               .batch = batch,
               .templates = frames_create(doubles),
               .core = core};
  pthread_t producer;
  double sum = 0;
  pthread_create(&producer, NULL, produce_run, job);
  uint64_t start = wall_ns();
  bool is_warm = false;
  for (uint64_t i = 0; i < frames;) {
    if (ring_is_empty(job->there)) continue;
    if (!is_warm && i >= warm_up) {
      is_warm = true;
      start = wall_ns();
    }
    uint32_t available = job->there->cached_tail - job->there->next_read;
    uint32_t take = available < batch ? available : batch;
    for (uint32_t k = 0; k < take; k++) {
      const double *frame = ring_front(job->there);
      sum += read == READ_ALL ? add_up(frame, doubles) : frame[0] + frame[doubles - 1];
      if (read == READ_COPY) memcpy(copies + ((i + k) % copy_frames) * doubles, frame, bytes);
      job->there->next_read++;
    }
    ring_release(job->there);
    i += take;
  }
  uint64_t ns = wall_ns() - start;
  pthread_join(producer, NULL);
  double copy_sum = read == READ_COPY ? add_up(copies, copy_frames * doubles) : 0;
  printf("{\"ns\":%llu,\"sum\":%.17g,\"copySum\":%.17g}\n", (unsigned long long)ns, sum, copy_sum);
}

int main(int argc, char **argv) {
  size_t bytes = option(argc, argv, "--bytes", 4096);
  int core_b = (int)option(argc, argv, "--core-b", 1);
  pin((int)option(argc, argv, "--core-a", 0));
  if (argc > 1 && strcmp(argv[1], "hop") == 0)
    run_hop(bytes, is_option(argc, argv, "--header", "yes"), is_option(argc, argv, "--wait", "park"),
            option(argc, argv, "--warm-up", 20000), option(argc, argv, "--samples", 50000), core_b);
  else if (argc > 1 && strcmp(argv[1], "throughput") == 0)
    run_throughput(bytes, (uint32_t)option(argc, argv, "--batch", 1), option(argc, argv, "--frames", 1000000),
                   option(argc, argv, "--warm-up", 0),
                   is_option(argc, argv, "--read", "ends")   ? READ_ENDS
                   : is_option(argc, argv, "--read", "copy") ? READ_COPY
                                                             : READ_ALL,
                   core_b);
  else return fprintf(stderr, "usage: spsc-ring hop|throughput [options]\n"), 2;
  return 0;
}
