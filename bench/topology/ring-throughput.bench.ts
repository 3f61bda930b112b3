import { availableParallelism } from 'node:os';
import { interleave, type Variant } from '../support/interleave.ts';
import { buildPeer, runPeer } from '../support/peers.ts';
import { type Bench, type BenchTable, type BenchTarget, ratioTarget } from '../support/result.ts';
import { median, ratioInterval } from '../support/statistics.ts';
import { expectedSum, FRAME_BYTES, type FrameBytes } from './frames.ts';
import type { StreamJob, StreamOutcome } from './stream.worker.ts';
import { createPorts, hasRingbuf, runPair } from './thread-pair.ts';
import { loadTransport, type TransportName } from './transport.ts';

/*
 *  producer thread ──── ring of 1024 frames ────► consumer thread, spinning, reads every byte
 */
const ROUNDS = 12;
const FRAMES = { 512: 1_000_000, 3328: 300_000, 4096: 300_000 } as const;
const PORT_FRAMES = 20_000; // a port queues without bound: more would measure the allocator
/** Share of the frames that pass before the clock starts: V8 compiles the loops meanwhile. */
const WARM_UP_SHARE = 0.3;
const CORES = [0, 1] as const;
/** What a consumer does with a frame: `all` reads every double, `ends` the first and the last. */
const MODES = [
  { batch: 1, read: 'all' },
  { batch: 16, read: 'all' },
  { batch: 1, read: 'ends' },
  { batch: 16, read: 'ends' },
] as const;
type Mode = (typeof MODES)[number];
/** Of C's rate at 4 kB: ours must reach 0.8 of it, so its time may be 1 / 0.8 of C's. */
const LEAST_RATE = 0.8;

/** Frames per second through one ring: our bar ring beside a C11 ring, MessagePort and ringbuf.js. */
export const ringThroughputBench: Bench = {
  name: 'ring-throughput',
  async run() {
    if (availableParallelism() < 2) throw new Error('ring-throughput needs two cores: one thread each');
    const withRingbuf = hasRingbuf();
    const tables: BenchTable[] = [];
    const targets: BenchTarget[] = [];
    for (const bytes of FRAME_BYTES) {
      const results = await interleave(variantsFor(bytes, withRingbuf), ROUNDS);
      tables.push(rateTable(bytes, results));
      if (bytes !== 4096) continue;
      for (const read of ['ends', 'all'] as const) {
        const mode = modeName({ batch: 16, read });
        const interval = ratioInterval(results.get(`bar ring, ${mode}`)!, results.get(`C11 ring, ${mode}`)!);
        targets.push(ratioTarget(`ns per 4 kB frame against C11, ${mode}`, interval, 1 / LEAST_RATE));
      }
    }
    return { tables, targets, notes: NOTES };
  },
};

const NOTES = [
  'The producer copies whole frames in; both sides spin on cores of their own; the bar ring and the C11 ring are read in place.',
  '"reads all" adds up every double: gcc does that two at a time, V8 one at a time, which is what sets its rate at 4 kB.',
  `Medians over ${ROUNDS} interleaved rounds; fresh threads each round, timed after the first ${WARM_UP_SHARE * 100} % of the frames.`,
  'The sum over all frames is compared with the one computed; a lost, doubled or torn frame ends the benchmark.',
];

function modeName(mode: Mode): string {
  return `batch ${mode.batch}, reads ${mode.read}`;
}

function variantsFor(bytes: FrameBytes, withRingbuf: boolean): Variant<number>[] {
  const variants: Variant<number>[] = MODES.flatMap((mode) => [
    { name: `bar ring, ${modeName(mode)}`, measure: () => measureMemory('dolphin', bytes, mode) },
    { name: `C11 ring, ${modeName(mode)}`, measure: () => measureC(bytes, mode) },
  ]);
  variants.push({ name: 'MessagePort, batch 1, reads all', measure: () => measurePort(bytes) });
  if (withRingbuf) {
    variants.push({ name: 'ringbuf.js, batch 1, reads all', measure: () => measureMemory('ringbuf', bytes, MODES[0]) });
  }
  return variants;
}

async function measureMemory(name: TransportName, bytes: FrameBytes, mode: Mode): Promise<number> {
  const memory = (await loadTransport(name)).createMemory(bytes);
  const { batch } = mode;
  const readsAll = mode.read === 'all';
  const shared = { transport: name, memory, doubles: memory.doubles, batch, readsAll, ...counts(FRAMES[bytes]) };
  return await measureJobs([
    { ...shared, role: 'consume', core: CORES[0] },
    { ...shared, role: 'produce', core: CORES[1] },
  ]);
}

async function measurePort(bytes: FrameBytes): Promise<number> {
  const [consume, produce] = createPorts();
  const shared = {
    transport: 'message-port',
    doubles: bytes / 8,
    batch: 1,
    readsAll: true,
    ...counts(PORT_FRAMES),
  } as const;
  return await measureJobs([
    { ...shared, role: 'consume', port: consume, core: CORES[0] },
    { ...shared, role: 'produce', port: produce, core: CORES[1] },
  ]);
}

async function measureJobs(jobs: readonly StreamJob[]): Promise<number> {
  const [consumer] = await runPair<StreamJob, StreamOutcome>('./stream.worker.ts', jobs);
  const { transport, doubles, frames, warmUp, readsAll } = jobs[0]!;
  checkSum(transport, consumer!.sum, expectedSum(doubles, frames, readsAll));
  return consumer!.ns / (frames - warmUp);
}

function measureC(bytes: FrameBytes, mode: Mode): number {
  const { frames, warmUp } = counts(FRAMES[bytes]);
  const numbers = [
    '--batch',
    mode.batch,
    '--frames',
    frames,
    '--warm-up',
    warmUp,
    '--core-a',
    CORES[0],
    '--core-b',
    CORES[1],
  ];
  const args = ['throughput', '--bytes', bytes, '--read', mode.read, ...numbers].map(String);
  const outcome = runPeer<StreamOutcome>(buildPeer('spsc-ring'), args);
  checkSum('C11 ring', outcome.sum, expectedSum(bytes / 8, frames, mode.read === 'all'));
  return outcome.ns / (frames - warmUp);
}

function counts(frames: number): { readonly frames: number; readonly warmUp: number } {
  return { frames, warmUp: Math.round(frames * WARM_UP_SHARE) };
}

function checkSum(who: string, sum: number, expected: number): void {
  if (sum !== expected) throw new Error(`sum over the frames of ${who} must be ${expected}, was ${sum}`);
}

function rateTable(bytes: FrameBytes, results: ReadonlyMap<string, readonly number[]>): BenchTable {
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
  return { title: `Throughput of ${bytes}-byte frames`, columns, rows };
}
