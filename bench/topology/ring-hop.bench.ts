import { availableParallelism } from 'node:os';
import { interleave, type Variant } from '../support/interleave.ts';
import { buildPeer, runPeer } from '../support/peers.ts';
import { type Bench, type BenchTable, type BenchTarget, ratioTarget } from '../support/result.ts';
import { median, quantile, ratioInterval } from '../support/statistics.ts';
import { FRAME_BYTES, type FrameBytes } from './frames.ts';
import type { HopJob, HopOutcome } from './hop.worker.ts';
import { createPorts, hasRingbuf, runPair } from './thread-pair.ts';
import { loadTransport, type TransportName } from './transport.ts';

/*
 *  ping thread                          echo thread
 *  stamp; write frame; publish ──A──►   sees it, reads its ends
 *  sees it, reads its ends; stamp ◄─B── writes a frame; publishes          hop = (stamp - stamp) / 2
 */
const ROUNDS = 12;
const SPIN_LIMIT = 1.15;
const PARK_LIMIT = 1.1;
/** Cores of the two threads. */
const APART = [0, 1] as const;
const TOGETHER = [0, 0] as const;
type Cores = readonly [number, number];
const COUNTS = {
  spin: { warmUp: 30_000, settle: 1_000, samples: 40_000 },
  // V8 compiles the branches that park only once they have run for thousands of hops.
  park: { warmUp: 30_000, settle: 8_000, samples: 2_000 },
  port: { warmUp: 3_000, settle: 200, samples: 2_000 },
} as const;
/** Compiled already, C only fills its caches. */
const C_SETTLE = 1_000;
type Wait = 'spin' | 'park';

interface Round {
  readonly p50: number;
  readonly p99: number | null;
}

/** Publish to visible in the other thread: our bar ring beside a C11 ring, MessagePort and ringbuf.js. */
export const ringHopBench: Bench = {
  name: 'ring-hop',
  async run() {
    if (availableParallelism() < 2) throw new Error('ring-hop needs two cores: one thread each');
    const withRingbuf = hasRingbuf();
    const tables: BenchTable[] = [];
    const targets: BenchTarget[] = [];
    for (const bytes of FRAME_BYTES) {
      const results = await interleave(variantsFor(bytes, withRingbuf), ROUNDS);
      tables.push(hopTable(bytes, results));
      const ratio = (ours: string, peer: string) => ratioInterval(p50s(results, ours), p50s(results, peer));
      if (bytes !== 4096) continue;
      for (const [peer, what] of [
        ['C11 ring, spin', 'bare frame'],
        ['C11 ring with our header, spin', 'with the header of a bar slot'],
      ] as const) {
        targets.push(ratioTarget(`spinning hop against C11, 4 kB, ${what}`, ratio('bar ring, spin', peer), SPIN_LIMIT));
      }
      for (const cores of ['two cores', 'one core']) {
        const interval = ratio(`bar ring, parked, ${cores}`, `C11 ring, parked, ${cores}`);
        targets.push(ratioTarget(`parked hop against C futex, ${cores}, 4 kB`, interval, PARK_LIMIT));
      }
    }
    return { tables, targets, notes: NOTES };
  },
};

const NOTES = [
  'A hop is half a round trip between two threads, each way a whole frame written by the sender; the reader touches both ends of it.',
  `Medians over ${ROUNDS} interleaved rounds of ${COUNTS.spin.samples} (spin) and ${COUNTS.park.samples} (park, ports) hops; fresh threads each round, which spin, and then park, until V8 has compiled both.`,
  "A bar slot begins with three lines of 64 bytes that C's bare frame does without: 13 fields of the header, in two lines that the other core has just read. C with the same header, written and read field by field, is the row beside it.",
  'A 4096-byte frame has two vectors (prices and asset signals), which V8 copies in two calls where C copies once; one of 3392 bytes has one.',
  '"Atomics.wait alone" is a counter without a ring or a frame: the least that a parked hop costs in this runtime.',
  'Threads are pinned, for a parked wake-up costs about 1.5 us on the same core and about 35 us on another, halted one, in every language.',
  'MessagePort wakes an event loop and clones; ringbuf.js has no way to sleep and copies out.',
  'Both ends check that the sum of what they read is the same; a lost or torn frame ends the benchmark.',
];

function variantsFor(bytes: FrameBytes, withRingbuf: boolean): Variant<Round>[] {
  const variants: Variant<Round>[] = [
    { name: 'bar ring, spin', measure: () => measureMemory('bar-ring', bytes, 'spin', APART) },
    { name: 'C11 ring, spin', measure: () => measureC(bytes, 'spin', APART) },
    { name: 'C11 ring with our header, spin', measure: () => measureC(bytes, 'spin', APART, true) },
    { name: 'bar ring, parked, two cores', measure: () => measureMemory('bar-ring', bytes, 'park', APART) },
    { name: 'C11 ring, parked, two cores', measure: () => measureC(bytes, 'park', APART) },
    {
      name: 'Atomics.wait alone, parked, two cores',
      measure: () => measureMemory('wait-notify', bytes, 'park', APART),
    },
    { name: 'MessagePort, two cores', measure: () => measurePort(bytes, APART) },
    { name: 'bar ring, parked, one core', measure: () => measureMemory('bar-ring', bytes, 'park', TOGETHER) },
    { name: 'C11 ring, parked, one core', measure: () => measureC(bytes, 'park', TOGETHER) },
    {
      name: 'Atomics.wait alone, parked, one core',
      measure: () => measureMemory('wait-notify', bytes, 'park', TOGETHER),
    },
    { name: 'MessagePort, one core', measure: () => measurePort(bytes, TOGETHER) },
  ];
  if (withRingbuf)
    variants.push({ name: 'ringbuf.js, spin', measure: () => measureMemory('ringbuf', bytes, 'spin', APART) });
  return variants;
}

async function measureMemory(name: TransportName, bytes: FrameBytes, wait: Wait, cores: Cores): Promise<Round> {
  const transport = await loadTransport(name);
  const [there, back] = [transport.createMemory(bytes, 'ends'), transport.createMemory(bytes, 'ends')];
  const shared = { transport: name, there, back, doubles: there.doubles, isParking: wait === 'park', ...COUNTS[wait] };
  return await measureJobs([
    { ...shared, role: 'ping', warmUpCore: APART[0], core: cores[0] },
    { ...shared, role: 'echo', warmUpCore: APART[1], core: cores[1] },
  ]);
}

async function measurePort(bytes: FrameBytes, cores: Cores): Promise<Round> {
  const [ping, echo] = createPorts();
  const shared = { transport: 'message-port', doubles: bytes / 8, isParking: true, ...COUNTS.port } as const;
  return await measureJobs([
    { ...shared, role: 'ping', port: ping, warmUpCore: APART[0], core: cores[0] },
    { ...shared, role: 'echo', port: echo, warmUpCore: APART[1], core: cores[1] },
  ]);
}

async function measureJobs(jobs: readonly HopJob[]): Promise<Round> {
  const [ping, echo] = await runPair<HopJob, HopOutcome>('./hop.worker.ts', jobs);
  if (ping!.sum !== echo!.sum) throw new Error(`both ends must read the same, sums were ${ping!.sum} and ${echo!.sum}`);
  return summarise(ping!.hopNs);
}

function measureC(bytes: FrameBytes, wait: Wait, cores: Cores, hasHeader = false): Round {
  const { samples } = COUNTS[wait];
  const counts = ['--warm-up', C_SETTLE, '--samples', samples, '--core-a', cores[0], '--core-b', cores[1]];
  const args = ['hop', '--bytes', bytes, '--header', hasHeader ? 'yes' : 'no', '--wait', wait, ...counts].map(String);
  const outcome = runPeer<{ isSumEqual: boolean; hopNs: number[] }>(buildPeer('spsc-ring'), args);
  if (!outcome.isSumEqual) throw new Error('the two ends of the C11 ring read different sums');
  return summarise(Float64Array.from(outcome.hopNs));
}

function summarise(hopNs: Float64Array): Round {
  const sorted = hopNs.slice().sort();
  return { p50: quantile(sorted, 0.5)!, p99: quantile(sorted, 0.99) };
}

function p50s(results: ReadonlyMap<string, readonly Round[]>, name: string): number[] {
  return results.get(name)!.map((round) => round.p50);
}

function hopTable(bytes: FrameBytes, results: ReadonlyMap<string, readonly Round[]>): BenchTable {
  const rows = [...results].map(([name, rounds]) => {
    const p50 = rounds.map((round) => round.p50);
    const waiting = /(one core|two cores)$/.exec(name)?.[0];
    const peer = p50s(results, waiting === undefined ? 'C11 ring, spin' : `C11 ring, parked, ${waiting}`);
    const { median: ratio, low, high } = ratioInterval(p50, peer);
    return [
      name,
      median(p50).toFixed(0),
      median(rounds.map((round) => round.p99 ?? Number.NaN)).toFixed(0),
      `${Math.min(...p50).toFixed(0)} to ${Math.max(...p50).toFixed(0)}`,
      `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
    ];
  });
  const columns = ['channel', 'hop p50 ns', 'hop p99 ns', 'p50 of rounds', 'against C11, same waiting'];
  return { title: `Hop of ${bytes}-byte frames`, columns, rows };
}
