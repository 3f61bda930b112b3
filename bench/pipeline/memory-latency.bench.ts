import { type MeasuredRun, measureBesideMemory } from '../../src/main/commands/bench-latency-run.ts';
import type { StageQuantiles } from '../../src/main/commands/bench-latency-samples.ts';
import { universeOf } from '../../src/main/commands/bench-latency-strategy.ts';
import { formatNs } from '../../src/report/number-format.ts';
import { type BenchMember, memberMissing, startMember } from '../support/hazelcast-member.ts';
import type { Bench, BenchTable, BenchTarget } from '../support/result.ts';
import { startScanLoad } from './memory-load.ts';

/*
 *  source ── bar ring ──► engine ── intent ring ──► execution        every latency ends here
 *                            └───── results ──────► memory worker ──► a real Hazelcast member, well or not
 *
 * The same frames five times: without a memory, and beside a member that is up, frozen, killed or slow while they come.
 */
const RATE_HZ = 10;
/** p99 with ten frames beyond it; a median with p90 is enough for the narrower one. */
const POINTS = [
  { assets: 400, frames: 1010 },
  { assets: 50, frames: 310 },
] as const;
const PULSE_MS = 300;
/** A thread that were blocked by the store would wait for its deadline: 250 ms. */
const MAX_RATIO = 2;

type Fault = (member: BenchMember) => () => void;
const nothing = () => undefined;

/** What happens to the member from the first frame that counts; the returned call ends it. */
const FAULTS: Readonly<Record<string, Fault>> = {
  up: () => nothing,
  frozen: (member) => {
    member.signal('SIGSTOP');
    return nothing;
  },
  killed: (member) => {
    member.signal('SIGKILL');
    return nothing;
  },
  slow: (member) => {
    let isStopped = false;
    const pulses = setInterval(() => {
      isStopped = !isStopped;
      member.signal(isStopped ? 'SIGSTOP' : 'SIGCONT');
    }, PULSE_MS);
    return () => clearInterval(pulses);
  },
};

export interface MemoryLatencyPoint {
  readonly assets: number;
  readonly frames: number;
}

/** Hot path beside a memory in every state: `npm run bench -- memory-latency`, about twelve minutes. */
export const memoryLatencyBench: Bench = {
  name: 'memory-latency',
  async run() {
    const missing = memberMissing();
    if (missing !== null) return { tables: [], targets: [], notes: [`SKIPPED, no Hazelcast member: ${missing}`] };
    return await measureMemoryStates(POINTS);
  },
};

/** @throws Error when a run decided otherwise than the one without a memory. */
export async function measureMemoryStates(points: readonly MemoryLatencyPoint[]) {
  const tables: BenchTable[] = [];
  const targets: BenchTarget[] = [];
  for (const point of points) {
    const runs = new Map<string, MeasuredRun>([['without memory', await measure(point, null)]]);
    for (const [name, fault] of Object.entries(FAULTS)) runs.set(`Hazelcast ${name}`, await measure(point, fault));
    requireEqualDecisions(runs);
    tables.push(tableOf(point, runs));
    targets.push(...targetsOf(point, runs));
  }
  return { tables, targets, notes: NOTES };
}

const NOTES = [
  'total: planned time to taken by execution. intent: published to intent readable. The fault holds from the first frame that counts to the last.',
  'Beside each member another client writes a scan of all assets ten times a second; the memory worker hears and checks it, renews its claim and gives a sign of life every second.',
  'Decisions of all five runs are equal by decisionHash, or there is no table.',
  'A store that held up a hot thread would show in the maximum: its deadline is 250 ms, its client learns of a frozen member after 2 s.',
];

async function measure({ assets, frames }: MemoryLatencyPoint, fault: Fault | null): Promise<MeasuredRun> {
  const point = {
    rateHz: RATE_HZ,
    assets,
    wait: 'park',
    fills: 'analytic',
    hasJournal: false,
    frames,
    hasPeers: false,
  } as const;
  const { signal } = new AbortController();
  if (fault === null) return await measureBesideMemory(point, null, signal);
  const member = await startMember();
  const config = {
    kind: 'hazelcast',
    clusterName: member.clusterName,
    members: [member.address],
    tls: null,
  } as const;
  const endLoad = await startScanLoad(config, universeOf(assets));
  let endFault = nothing as () => void;
  try {
    const onMeasuring = () => {
      endFault = fault(member);
    };
    return await measureBesideMemory(point, { config, onMeasuring }, signal);
  } finally {
    endFault();
    await member.end();
    await endLoad();
  }
}

function requireEqualDecisions(runs: ReadonlyMap<string, MeasuredRun>): void {
  const [[, first] = []] = runs;
  for (const [name, { decisionHash }] of runs) {
    if (decisionHash !== first?.decisionHash) throw new Error(`${name}: decided otherwise than without a memory`);
  }
}

function tableOf({ assets, frames }: MemoryLatencyPoint, runs: ReadonlyMap<string, MeasuredRun>): BenchTable {
  const columns = [
    'memory',
    'step p50',
    'intent p50',
    'intent p99',
    'total p50',
    'total p99',
    'total max',
    'ratio p50',
    'store failures',
  ];
  const plain = totalOf(runs, 'without memory');
  const rows = [...runs].map(([name, { result, memory }]) => {
    const { step, intent, total } = result.stages;
    const ratio = ratioOf(total, plain);
    return [
      name,
      ...[step?.p50, intent?.p50, intent?.p99, total?.p50, total?.p99, total?.max].map(timeText),
      ratio === null ? '' : `${ratio.toFixed(2)}x`,
      memory === null ? '' : String(memory.store.failures),
    ];
  });
  return { title: `${RATE_HZ} Hz x ${assets} assets, ${frames} frames, park`, columns, rows };
}

function targetsOf({ assets }: MemoryLatencyPoint, runs: ReadonlyMap<string, MeasuredRun>): BenchTarget[] {
  const plain = totalOf(runs, 'without memory');
  return [...runs.keys()].slice(1).map((name) => {
    const ratio = ratioOf(totalOf(runs, name), plain) ?? Number.NaN;
    return {
      name: `total p50 beside ${name}, ${assets} assets`,
      limit: `<= ${MAX_RATIO}x of the run without memory`,
      measured: `${ratio.toFixed(2)}x`,
      verdict: ratio <= MAX_RATIO ? 'met' : 'missed',
    };
  });
}

function totalOf(runs: ReadonlyMap<string, MeasuredRun>, name: string): StageQuantiles | undefined {
  return runs.get(name)?.result.stages.total;
}

function ratioOf(ours: StageQuantiles | undefined, plain: StageQuantiles | undefined): number | null {
  const [a, b] = [ours?.p50 ?? null, plain?.p50 ?? null];
  return a === null || b === null ? null : a / b;
}

function timeText(ns: number | null | undefined): string {
  return ns === null || ns === undefined ? '' : formatNs(ns);
}
