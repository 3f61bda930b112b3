import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MemoryConfig } from '../../adapters/memory/memory-config.ts';
import { decisionHash } from '../../report/decision-hash.ts';
import { DEFAULT_SLOTS, RECORDED_EVENT_BYTES, RESULT_BYTES, type StageName } from '../../shm/layout.ts';
import { createRegion, type Region } from '../../shm/region.ts';
import { StageHistogram } from '../../shm/stage-histogram.ts';
import type { MemoryReport } from '../../workers/memory/memory-options.ts';
import { MEASURED_BYTES, MEASURED_CPU_NS, MEASURED_FROM_NS, MEASURED_TO_NS } from '../../workers/messages-paced.ts';
import { openRecording } from '../recording/open-recording.ts';
import type { Recording } from '../recording/recording.ts';
import { type RunOutcome, Supervisor, type WorkerSpec } from '../supervisor.ts';
import type { LatencyPoint } from './bench-latency-plan.ts';
import { type LatencyResult, type MeasuredStage, quantilesOfHistogram } from './bench-latency-samples.ts';
import { eagerStrategy } from './bench-latency-strategy.ts';
import { recordingOptions, WARM_UP_FRAMES, workerSpecs } from './bench-latency-workers.ts';

/** Stages that mean something at full speed, where frames come as they are taken and a planned time is none. */
const FULL_SPEED_STAGES: readonly string[] = ['step', 'order'];
/** With routed fills a position takes this many frames at most: its limit lives for 25, and market orders wait for a bar. */
const FRAMES_PER_ROUTED_TRADE = 40;
const MEASURING_CHECK_MS = 5;

/** Our stages by the names of the table. `source` begins at the planned time, `ring` is the hop itself. */
const STAGE_OF: Readonly<Record<MeasuredStage, StageName>> = {
  late: 'source',
  hop: 'ring',
  step: 'step',
  intent: 'intent',
  order: 'order',
  handover: 'handover',
  commit: 'commit',
  journal: 'journal',
  total: 'total',
};

/** A memory worker beside a measured run. */
export interface MemoryBeside {
  readonly config: MemoryConfig;
  /** Called once, as the first frame that counts is due. */
  readonly onMeasuring: () => void;
}

/** One measured run, and what tells whether another one did the same. */
export interface MeasuredRun {
  readonly result: LatencyResult;
  readonly decisionHash: string;
  /** What the memory worker said last; null without one. */
  readonly memory: MemoryReport | null;
}

/**
 * Measures one point: made-up scans through the workers of a real run, market data in the place of a paced source.
 *
 * @param signal - ends the run early and in order.
 * @throws WorkerFailure when a worker fails; Error when an intent was lost or a frame ended in none; the signal's reason.
 */
export async function measureLatency(point: LatencyPoint, signal: AbortSignal): Promise<LatencyResult> {
  return (await measureBesideMemory(point, null, signal)).result;
}

/**
 * The same with a memory worker among the threads.
 * @param memory - null for none.
 * @throws as {@link measureLatency}.
 */
export async function measureBesideMemory(
  point: LatencyPoint,
  memory: MemoryBeside | null,
  signal: AbortSignal,
): Promise<MeasuredRun> {
  const folder = point.hasJournal ? mkdtempSync(join(tmpdir(), 'dolphin-latency-')) : null;
  try {
    const recording = folder === null ? null : openRecording(recordingOptions(point, folder));
    return await runPoint(point, recording, memory, signal);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

async function runPoint(
  point: LatencyPoint,
  recording: Recording | null,
  memory: MemoryBeside | null,
  signal: AbortSignal,
): Promise<MeasuredRun> {
  const events = recording === null ? {} : RECORDED_EVENT_BYTES;
  const results = memory === null ? {} : RESULT_BYTES;
  const region = createRegion({
    assets: point.assets,
    hasAssetSignals: false,
    ...DEFAULT_SLOTS,
    ...events,
    ...results,
  });
  const measured = new SharedArrayBuffer(MEASURED_BYTES);
  const specs = workerSpecs(point, recording, memory?.config ?? null, region, measured);
  const supervisor = new Supervisor(region, specs, { onDayEnd: () => undefined, onSegmentClosed: () => undefined });
  const stop = () => supervisor.stop();
  signal.addEventListener('abort', stop);
  const watch = memory === null ? undefined : whenMeasuring(measured, memory.onMeasuring);
  const outcome = await supervisor.run().finally(() => {
    clearInterval(watch);
    signal.removeEventListener('abort', stop);
  });
  signal.throwIfAborted();
  requireAll(point, outcome);
  return {
    result: resultOf(point, region, specs, new Float64Array(measured)),
    decisionHash: decisionHash(outcome.engine.run.trades),
    memory: outcome.memory?.report ?? null,
  };
}

function whenMeasuring(measured: SharedArrayBuffer, onMeasuring: () => void): NodeJS.Timeout {
  const stamps = new Float64Array(measured);
  const timer = setInterval(() => {
    if (stamps[MEASURED_FROM_NS] === 0) return;
    clearInterval(timer);
    onMeasuring();
  }, MEASURING_CHECK_MS);
  return timer;
}

/**
 * Analytic, every frame but those before the first full history must have ended in an intent; routed, there must have been
 * a trade after the other: else the latencies are of fewer.
 */
function requireAll({ fills, frames }: LatencyPoint, { engine }: RunOutcome): void {
  const all = WARM_UP_FRAMES + frames;
  const decidable = all - eagerStrategy().lookback - 2;
  const intents = engine.entries + engine.exits;
  const least = fills === 'analytic' ? decidable : Math.floor(decidable / FRAMES_PER_ROUTED_TRADE);
  if (intents >= least) return;
  throw new Error(`at least ${least} intents must come of ${all} frames with ${fills} fills, it were ${intents}`);
}

function resultOf(
  point: LatencyPoint,
  region: Region,
  specs: readonly WorkerSpec[],
  measured: Float64Array,
): LatencyResult {
  const { rateHz, assets, wait, frames } = point;
  const wallNs = (measured[MEASURED_TO_NS] as number) - (measured[MEASURED_FROM_NS] as number);
  const names = Object.entries(STAGE_OF).filter(([stage]) => rateHz !== 0 || FULL_SPEED_STAGES.includes(stage));
  const stages = names.map(([stage, name]) => [stage, quantilesOfHistogram(new StageHistogram(region, name))] as const);
  const cpu = specs.map(({ name }, i) => [
    name.toLowerCase().replace('_', '-'),
    (100 * (measured[MEASURED_CPU_NS + i] as number)) / wallNs,
  ]);
  return {
    channel: 'dolphin',
    rateHz,
    assets,
    waiting: point.hasJournal ? `${wait}, journal` : wait,
    isRouted: point.fills === 'routed',
    frames,
    framesPerSecond: (1e9 * frames) / wallNs,
    stages: Object.fromEntries(stages.filter(([, { count }]) => count > 0)),
    cpuPct: Object.fromEntries(cpu),
  };
}
