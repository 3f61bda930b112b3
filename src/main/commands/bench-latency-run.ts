import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunInputs } from '../../replay/journal/run-inputs.ts';
import { DEFAULT_SLOTS, RECORDED_EVENT_BYTES, type StageName } from '../../shm/layout.ts';
import { createRegion, type Region } from '../../shm/region.ts';
import { StageHistogram } from '../../shm/stage-histogram.ts';
import type { EngineWorkerOptions, ExecutionWorkerOptions, JournalWorkerOptions } from '../../workers/messages.ts';
import {
  MEASURED_BYTES,
  MEASURED_CPU_NS,
  MEASURED_FROM_NS,
  MEASURED_TO_NS,
  type PacedSourceOptions,
} from '../../workers/messages-paced.ts';
import { threadIds } from '../../workers/thread-cpu.ts';
import { paramHash } from '../config/champion-hash.ts';
import { openRecording } from '../recording/open-recording.ts';
import type { Recording } from '../recording/recording.ts';
import { type RunOutcome, Supervisor, type WorkerSpec } from '../supervisor.ts';
import type { LatencyPoint } from './bench-latency-plan.ts';
import { type LatencyResult, type MeasuredStage, quantilesOfHistogram } from './bench-latency-samples.ts';
import { BAR_INTERVAL_MS, eagerStrategy, universeOf } from './bench-latency-strategy.ts';

/** The day is any day: 2026-01-05. */
const DAY = 20_458;
const DATE = '2026-01-05';
/** Frames before those that count: V8 has compiled every thread's loop by then, and the strategy has its history. */
const WARM_UP_FRAMES = 6000;
const SEGMENT_BYTES = 1 << 26;

/** Our stages by the names of the table. `source` begins at the planned time, `ring` is the hop itself. */
const STAGE_OF: Readonly<Record<MeasuredStage, StageName>> = {
  late: 'source',
  hop: 'ring',
  step: 'step',
  intent: 'intent',
  handover: 'handover',
  commit: 'commit',
  journal: 'journal',
  total: 'total',
};

/**
 * Measures one point: made-up scans through the workers of a real run, market data in the place of a paced source.
 *
 * @param signal - ends the run early and in order.
 * @throws WorkerFailure when a worker fails; Error when an intent was lost or a frame ended in none; the signal's reason.
 */
export async function measureLatency(point: LatencyPoint, signal: AbortSignal): Promise<LatencyResult> {
  const folder = point.hasJournal ? mkdtempSync(join(tmpdir(), 'dolphin-latency-')) : null;
  try {
    const recording = folder === null ? null : openRecording(recordingOptions(point, folder));
    return await runPoint(point, recording, signal);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

async function runPoint(point: LatencyPoint, recording: Recording | null, signal: AbortSignal): Promise<LatencyResult> {
  const events = recording === null ? {} : RECORDED_EVENT_BYTES;
  const region = createRegion({ assets: point.assets, hasAssetSignals: false, ...DEFAULT_SLOTS, ...events });
  const measured = new SharedArrayBuffer(MEASURED_BYTES);
  const specs = workerSpecs(point, recording, region, measured);
  const supervisor = new Supervisor(region, specs, { onDayEnd: () => undefined, onSegmentClosed: () => undefined });
  const stop = () => supervisor.stop();
  signal.addEventListener('abort', stop);
  const outcome = await supervisor.run().finally(() => signal.removeEventListener('abort', stop));
  signal.throwIfAborted();
  requireAll(point, outcome);
  return resultOf(point, region, specs, new Float64Array(measured));
}

/** Every frame but those before the first full history must have ended in an intent: else the latencies are of fewer. */
function requireAll(point: LatencyPoint, { engine }: RunOutcome): void {
  const least = WARM_UP_FRAMES + point.frames - eagerStrategy().lookback - 2;
  const intents = engine.entries + engine.exits;
  if (intents >= least) return;
  throw new Error(`every frame must end in an intent, ${WARM_UP_FRAMES + point.frames} frames ended in ${intents}`);
}

function resultOf(
  point: LatencyPoint,
  region: Region,
  specs: readonly WorkerSpec[],
  measured: Float64Array,
): LatencyResult {
  const { rateHz, assets, wait, frames } = point;
  const wallNs = (measured[MEASURED_TO_NS] as number) - (measured[MEASURED_FROM_NS] as number);
  const names = Object.entries(STAGE_OF).filter(([stage]) => rateHz !== 0 || stage === 'step');
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
    frames,
    framesPerSecond: (1e9 * frames) / wallNs,
    stages: Object.fromEntries(stages.filter(([, { count }]) => count > 0)),
    cpuPct: Object.fromEntries(cpu),
  };
}

function workerSpecs(
  point: LatencyPoint,
  recording: Recording | null,
  region: Region,
  measured: SharedArrayBuffer,
): WorkerSpec[] {
  const { wait } = point;
  const base = { region: region.buffer, wait };
  const watermark = recording === null ? null : 'written';
  const execution: ExecutionWorkerOptions = {
    ...base,
    watermark,
    accounted: { entries: 0, exits: 0 },
    routed: null,
    hasTicks: false,
    tape: null,
  };
  const source: PacedSourceOptions = {
    ...base,
    assets: point.assets,
    day: DAY,
    barIntervalMs: BAR_INTERVAL_MS,
    rateHz: point.rateHz,
    warmUp: WARM_UP_FRAMES,
    frames: point.frames,
    knownThreads: threadIds(),
    measured,
  };
  const specs: WorkerSpec[] = [
    { name: 'EXECUTION', entry: 'execution.worker', options: execution },
    { name: 'ENGINE', entry: 'engine.worker', options: engineOptions(point, recording, region) },
    { name: 'MARKET_DATA', entry: 'paced-source.worker', options: source },
  ];
  if (recording === null) return specs;
  const { dir, fsync, segmentBytes, engine, execution: executionStream } = recording;
  const journal: JournalWorkerOptions = { ...base, dir, fsync, segmentBytes, engine, execution: executionStream };
  return [{ name: 'JOURNAL', entry: 'journal.worker', options: journal }, ...specs];
}

function engineOptions(point: LatencyPoint, recording: Recording | null, region: Region): EngineWorkerOptions {
  return {
    region: region.buffer,
    wait: point.wait,
    config: eagerStrategy(),
    universe: universeOf(point.assets),
    barIntervalMs: BAR_INTERVAL_MS,
    factors: [],
    safety: [],
    rules: 'replay',
    fills: 'analytic',
    isLockstep: false,
    isPaced: point.rateHz > 0,
    recording: recording === null ? null : 'wait',
    journalled: null,
    state: null,
    firstUntaken: 0,
  };
}

function recordingOptions(point: LatencyPoint, dir: string): Parameters<typeof openRecording>[0] {
  const config = eagerStrategy();
  const inputs: RunInputs = {
    strategy: 'eager',
    paramHash: paramHash(config),
    config,
    barIntervalMs: BAR_INTERVAL_MS,
    factors: [],
    safety: [],
    source: { dir: 'paced', from: DATE, to: DATE, files: [], synthetic: true },
  };
  return {
    dir,
    fsync: 'interval',
    segmentBytes: SEGMENT_BYTES,
    resume: false,
    inputs,
    universe: universeOf(point.assets),
  };
}
