import { availableParallelism } from 'node:os';
import { interleave, type Variant } from '../support/interleave.ts';
import { buildDisruptor, type JavaPeer } from '../support/java-peer.ts';
import { buildPeer, runPeer } from '../support/peers.ts';
import { type Bench, type BenchTable, type BenchTarget, ratioTarget } from '../support/result.ts';
import { median, ratioInterval } from '../support/statistics.ts';
import { expectedCopySum, expectedSum, FRAME_BYTES, type FrameBytes, type Reads } from './frames.ts';
import type { StreamJob, StreamOutcome } from './stream.worker.ts';
import { createPorts, hasRingbuf, runPair } from './thread-pair.ts';
import { loadTransport, type MessageBytes, SMALL_BYTES, type TransportName } from './transport.ts';

/*
 *  producer thread ──── ring of 1024 frames ────► consumer thread, spinning
 */
const ROUNDS = 12;
const FRAMES = { 64: 3_000_000, 576: 1_000_000, 3392: 300_000, 4096: 300_000 } as const;
const PORT_FRAMES = 20_000; // a port queues without bound: more would measure the allocator
/** Share of the frames that pass before the clock starts: V8 compiles the loops meanwhile. */
const WARM_UP_SHARE = 0.3;
const CORES = [0, 1] as const;

interface Mode {
  /** Frames per publication. */
  readonly batch: 1 | 16;
  readonly reads: Reads;
}
const MODES: readonly Mode[] = [
  { batch: 1, reads: 'ends' },
  { batch: 16, reads: 'ends' },
  { batch: 1, reads: 'all' },
  { batch: 16, reads: 'all' },
  { batch: 16, reads: 'copy' },
];
const SMALL_MODES = MODES.filter(({ reads }) => reads === 'ends');
const BATCHED_COPY = MODES[4]!;
const BATCHED_SUM = MODES[3]!;
const BATCHED_ENDS = MODES[1]!;
/** Of C's rate at 4 kB: ours must reach 0.8 of it, so its time may be 1 / 0.8 of C's. */
const LEAST_RATE = 0.8;

type Results = ReadonlyMap<string, readonly number[]>;

/** Frames per second through one ring: ours beside a C11 ring, LMAX Disruptor, MessagePort and ringbuf.js. */
export const ringThroughputBench: Bench = {
  name: 'ring-throughput',
  async run() {
    if (availableParallelism() < 2) throw new Error('ring-throughput needs two cores: one thread each');
    const disruptor = buildDisruptor();
    const withRingbuf = hasRingbuf();
    const small = await interleave(smallVariants(disruptor), ROUNDS);
    const tables: BenchTable[] = [rateTable(SMALL_BYTES, small)];
    const targets: BenchTarget[] = disruptor === null ? [] : [batchedTarget(small)];
    for (const bytes of FRAME_BYTES) {
      const results = await interleave(variantsFor(bytes, withRingbuf, disruptor), ROUNDS);
      tables.push(rateTable(bytes, results));
      if (bytes === 4096)
        targets.push(...[BATCHED_COPY, BATCHED_SUM, BATCHED_ENDS].map((m) => largeTarget(results, m)));
    }
    return { tables, targets, notes: notesWith(disruptor) };
  },
};

function batchedTarget(results: Results): BenchTarget {
  const mode = modeName(BATCHED_ENDS);
  const interval = ratioInterval(results.get(`event ring, ${mode}`)!, results.get(`Disruptor, ${mode}`)!);
  return ratioTarget('ns per 64 B record against Disruptor, batch 16', interval, 1);
}

function largeTarget(results: Results, mode: Mode): BenchTarget {
  const name = modeName(mode);
  const interval = ratioInterval(results.get(`bar ring, ${name}`)!, results.get(`C11 ring, ${name}`)!);
  return ratioTarget(`ns per 4 kB frame against C11, ${name}`, interval, 1 / LEAST_RATE);
}

function notesWith(disruptor: JavaPeer | null): string[] {
  return [
    'The producer copies whole frames in; both sides spin on cores of their own; the bar ring and the C11 ring are read in place.',
    '"copies all on" is what the engine does with every byte: it copies the slot into its event ring (8 MiB) for the journal, C the same by memcpy; sums over the copies are compared afterwards. The target is judged by this row.',
    '"adds all up" is shown beside it: gcc adds two doubles at a time, V8 one, which is what sets its rate there. It measures addition, not the ring; no step of ours adds a frame up this way at full rate.',
    'Records of 64 bytes travel over the event ring (header of 16 included), the way from the machines to the journal.',
    `Medians over ${ROUNDS} interleaved rounds; fresh threads each round, timed after the first ${WARM_UP_SHARE * 100} % of the frames. Java runs everything twice in one process and counts the second run.`,
    'The sum over all frames is compared with the one computed; a lost, doubled or torn frame ends the benchmark.',
    disruptor === null
      ? 'Left out: LMAX Disruptor (Java, Maven or its jar was not there).'
      : `${disruptor.versions}: BusySpinWaitStrategy, one producer, one BatchEventProcessor; its threads are not pinned.`,
  ];
}

function modeName({ batch, reads }: Mode): string {
  const what = { ends: 'reads ends', all: 'adds all up', copy: 'copies all on' }[reads];
  return `batch ${batch}, ${what}`;
}

function smallVariants(disruptor: JavaPeer | null): Variant<number>[] {
  return SMALL_MODES.flatMap((mode) => [
    {
      name: `event ring, ${modeName(mode)}`,
      measure: () => measureMemory('event-ring', SMALL_BYTES, mode, FRAMES[SMALL_BYTES]),
    },
    { name: `C11 ring, ${modeName(mode)}`, measure: () => measureC(SMALL_BYTES, mode) },
    ...disruptorVariants(disruptor, SMALL_BYTES, mode),
  ]);
}

function variantsFor(bytes: FrameBytes, withRingbuf: boolean, disruptor: JavaPeer | null): Variant<number>[] {
  const variants: Variant<number>[] = MODES.flatMap((mode) => [
    { name: `bar ring, ${modeName(mode)}`, measure: () => measureMemory('bar-ring', bytes, mode, FRAMES[bytes]) },
    { name: `C11 ring, ${modeName(mode)}`, measure: () => measureC(bytes, mode) },
    ...(bytes === 4096 && mode.reads === 'ends' ? disruptorVariants(disruptor, bytes, mode) : []),
  ]);
  const summing: Mode = { batch: 1, reads: 'all' };
  variants.push({ name: `MessagePort, ${modeName(summing)}`, measure: () => measurePort(bytes) });
  if (withRingbuf) {
    const measure = () => measureMemory('ringbuf', bytes, summing, FRAMES[bytes]);
    variants.push({ name: `ringbuf.js, ${modeName(summing)}`, measure });
  }
  return variants;
}

function disruptorVariants(disruptor: JavaPeer | null, bytes: MessageBytes, mode: Mode): Variant<number>[] {
  if (disruptor === null) return [];
  return [{ name: `Disruptor, ${modeName(mode)}`, measure: () => measureDisruptor(disruptor, bytes, mode) }];
}

async function measureMemory(name: TransportName, bytes: MessageBytes, mode: Mode, frames: number): Promise<number> {
  const memory = (await loadTransport(name)).createMemory(bytes, mode.reads);
  const shared = { transport: name, memory, bytes, doubles: memory.doubles, ...mode, ...counts(frames) };
  return await measureJobs([
    { ...shared, role: 'consume', core: CORES[0] },
    { ...shared, role: 'produce', core: CORES[1] },
  ]);
}

async function measurePort(bytes: FrameBytes): Promise<number> {
  const [consume, produce] = createPorts();
  const shared = {
    transport: 'message-port',
    bytes,
    doubles: bytes / 8,
    batch: 1,
    reads: 'all',
    ...counts(PORT_FRAMES),
  } as const;
  return await measureJobs([
    { ...shared, role: 'consume', port: consume, core: CORES[0] },
    { ...shared, role: 'produce', port: produce, core: CORES[1] },
  ]);
}

async function measureJobs(jobs: readonly StreamJob[]): Promise<number> {
  const [consumer] = await runPair<StreamJob, StreamOutcome>('./stream.worker.ts', jobs);
  const { transport, bytes, doubles, frames, warmUp, reads } = jobs[0]!;
  checkSums(transport, consumer!, { bytes, doubles, frames, reads });
  return consumer!.ns / (frames - warmUp);
}

function measureC(bytes: MessageBytes, mode: Mode): number {
  const { frames, warmUp } = counts(FRAMES[bytes]);
  const cores = ['--core-a', CORES[0], '--core-b', CORES[1]];
  const args = ['throughput', '--read', mode.reads, ...streamArgs(bytes, mode), ...cores].map(String);
  const outcome = runPeer<StreamOutcome>(buildPeer('spsc-ring'), args);
  checkSums('C11 ring', outcome, { bytes, doubles: bytes / 8, frames, reads: mode.reads });
  return outcome.ns / (frames - warmUp);
}

function measureDisruptor(disruptor: JavaPeer, bytes: MessageBytes, mode: Mode): number {
  const { frames, warmUp } = counts(FRAMES[bytes]);
  const outcome = disruptor.run<StreamOutcome>('Throughput', streamArgs(bytes, mode));
  checkSums('Disruptor', outcome, { bytes, doubles: bytes / 8, frames, reads: mode.reads });
  return outcome.ns / (frames - warmUp);
}

function streamArgs(bytes: MessageBytes, { batch }: Mode): string[] {
  const { frames, warmUp } = counts(FRAMES[bytes]);
  return ['--bytes', bytes, '--batch', batch, '--frames', frames, '--warm-up', warmUp].map(String);
}

function counts(frames: number): { readonly frames: number; readonly warmUp: number } {
  return { frames, warmUp: Math.round(frames * WARM_UP_SHARE) };
}

type Stream = Pick<StreamJob, 'bytes' | 'doubles' | 'frames' | 'reads'>;

function checkSums(who: string, { sum, copySum }: StreamOutcome, { bytes, doubles, frames, reads }: Stream): void {
  const expected = expectedSum(doubles, frames, reads);
  if (sum !== expected) throw new Error(`sum over the frames of ${who} must be ${expected}, was ${sum}`);
  const expectedCopies = reads === 'copy' ? expectedCopySum(doubles, frames, bytes) : 0;
  if (copySum !== expectedCopies) {
    throw new Error(`sum over the copies of ${who} must be ${expectedCopies}, was ${copySum}`);
  }
}

function rateTable(bytes: MessageBytes, results: Results): BenchTable {
  const rows = [...results].map(([name, nsPerFrame]) => {
    const peer = results.get(`C11 ring, ${name.slice(name.indexOf('batch'))}`)!;
    const { median: ratio, low, high } = ratioInterval(peer, nsPerFrame);
    const ns = median(nsPerFrame);
    return [
      name,
      `${(1e3 / ns).toFixed(2)} M`,
      (bytes / ns).toFixed(1),
      `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
    ];
  });
  const columns = ['channel', 'frames per second', 'GB/s', "share of C11's rate, same mode"];
  return { title: `Throughput of ${bytes}-byte ${bytes === SMALL_BYTES ? 'records' : 'frames'}`, columns, rows };
}
