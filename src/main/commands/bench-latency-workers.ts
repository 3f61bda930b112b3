import type { MemoryConfig } from '../../adapters/memory/memory-config.ts';
import type { RunInputs } from '../../replay/journal/run-inputs.ts';
import type { Region } from '../../shm/region.ts';
import type { MemoryWorkerOptions } from '../../workers/memory/memory-options.ts';
import type { EngineWorkerOptions, ExecutionWorkerOptions, JournalWorkerOptions } from '../../workers/messages.ts';
import type { PacedSourceOptions } from '../../workers/messages-paced.ts';
import { threadIds } from '../../workers/thread-cpu.ts';
import { paramHash } from '../config/champion-hash.ts';
import type { openRecording } from '../recording/open-recording.ts';
import type { Recording } from '../recording/recording.ts';
import type { WorkerSpec } from '../supervisor.ts';
import type { LatencyPoint } from './bench-latency-plan.ts';
import { BAR_INTERVAL_MS, eagerStrategy, routedOptions, universeOf } from './bench-latency-strategy.ts';

/** Frames before those that count: V8 has compiled every thread's loop by then, and the strategy has its history. */
export const WARM_UP_FRAMES = 6000;
/** The day is any day: 2026-01-05. */
const DAY = 20_458;
const DATE = '2026-01-05';
const SEGMENT_BYTES = 1 << 26;

/**
 * The threads of a run, in start order: market data is a paced source.
 * @param memory - the store of a memory worker; null for a run without one.
 */
export function workerSpecs(
  point: LatencyPoint,
  recording: Recording | null,
  memory: MemoryConfig | null,
  region: Region,
  measured: SharedArrayBuffer,
): WorkerSpec[] {
  const { wait, fills } = point;
  const base = { region: region.buffer, wait };
  const watermark = recording === null ? null : 'written';
  const execution: ExecutionWorkerOptions = {
    ...base,
    watermark,
    accounted: { entries: 0, exits: 0 },
    routed: fills === 'routed' ? routedOptions(point.assets) : null,
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
    { name: 'ENGINE', entry: 'engine.worker', options: engineOptions(point, recording, memory, region) },
    { name: 'MARKET_DATA', entry: 'paced-source.worker', options: source },
  ];
  if (memory !== null) {
    specs.push({
      name: 'MEMORY',
      entry: 'memory.worker',
      options: { ...memoryOptions(point, memory, watermark), ...base },
    });
  }
  if (recording === null) return specs;
  const { dir, fsync, segmentBytes, engine, execution: executionStream } = recording;
  const journal: JournalWorkerOptions = { ...base, dir, fsync, segmentBytes, engine, execution: executionStream };
  return [{ name: 'JOURNAL', entry: 'journal.worker', options: journal }, ...specs];
}

function memoryOptions(
  { assets }: LatencyPoint,
  memory: MemoryConfig,
  watermark: MemoryWorkerOptions['watermark'],
): Omit<MemoryWorkerOptions, 'region' | 'wait'> {
  return {
    memory,
    deployment: 'blue',
    track: 'paper',
    strategy: { strategy: 'bench', paramHash: paramHash(eagerStrategy()) },
    universe: universeOf(assets),
    runId: 'bench-latency',
    watermark,
    basis: { kind: 'adopted' },
    feedsMarketData: false,
    takesStandingAcb: false,
  };
}

function engineOptions(
  point: LatencyPoint,
  recording: Recording | null,
  memory: MemoryConfig | null,
  region: Region,
): EngineWorkerOptions {
  return {
    region: region.buffer,
    wait: point.wait,
    config: eagerStrategy(),
    universe: universeOf(point.assets),
    barIntervalMs: BAR_INTERVAL_MS,
    factors: [],
    safety: [],
    rules: 'replay',
    fills: point.fills,
    isLockstep: point.fills === 'routed',
    isPaced: point.rateHz > 0,
    recording: recording === null ? null : 'wait',
    journalled: null,
    state: null,
    firstUntaken: 0,
    hasMemory: memory !== null,
  };
}

/** The journal that is kept at a point. */
export function recordingOptions(point: LatencyPoint, dir: string): Parameters<typeof openRecording>[0] {
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
