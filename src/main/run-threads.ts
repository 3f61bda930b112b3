import type { Region } from '../shm/region.ts';
import { sessionOptionsOf } from '../workers/journalled-tape.ts';
import type { MemoryWorkerOptions } from '../workers/memory/memory-options.ts';
import type { EngineWorkerOptions, ExecutionWorkerOptions, JournalWorkerOptions } from '../workers/messages.ts';
import { marketDataThread, scannerThread } from './market-data-thread.ts';
import {
  hasScannerThread,
  hasTicks,
  isLockstep,
  isPaced,
  journalledOf,
  memoryOf,
  type ReplayRunOptions,
} from './run-options.ts';
import type { WorkerSpec } from './supervisor.ts';

const NOTHING_ACCOUNTED = { entries: 0, exits: 0 } as const;

/**
 * The worker threads of a run, in start order: whoever is written to comes up before whoever writes.
 * @param liveCounts - see {@link marketDataThread}.
 */
export function runThreads(options: ReplayRunOptions, { buffer }: Region, liveCounts: SharedArrayBuffer): WorkerSpec[] {
  const journal = journalOptions(options, buffer);
  const memory = memoryOptions(options, buffer);
  return [
    ...(journal === null ? [] : [{ name: 'JOURNAL', entry: 'journal.worker', options: journal } as const]),
    ...(memory === null ? [] : [{ name: 'MEMORY', entry: 'memory.worker', options: memory } as const]),
    ...(hasScannerThread(options) ? [scannerThread(options, buffer)] : []),
    { name: 'EXECUTION', entry: 'execution.worker', options: executionOptions(options, buffer) },
    { name: 'ENGINE', entry: 'engine.worker', options: engineOptions(options, buffer) },
    marketDataThread(options, buffer, liveCounts),
  ];
}

function journalOptions({ recording, wait }: ReplayRunOptions, region: SharedArrayBuffer): JournalWorkerOptions | null {
  if (recording === null) return null;
  const { dir, fsync, segmentBytes, engine, execution } = recording;
  return { region, wait, dir, fsync, segmentBytes, engine, execution };
}

function memoryOptions(options: ReplayRunOptions, region: SharedArrayBuffer): MemoryWorkerOptions | null {
  const memory = memoryOf(options);
  if (memory === null) return null;
  const { config, deployment, track, basis, runId } = memory;
  const { inputs, universe, wait, rules, origin } = options;
  return {
    region,
    wait,
    memory: config,
    deployment,
    track,
    strategy: { strategy: inputs.strategy, paramHash: inputs.paramHash },
    universe,
    runId,
    watermark: watermarkOf(options),
    basis,
    feedsMarketData: origin.kind === 'memory',
    takesStandingAcb: rules === 'live',
  };
}

function watermarkOf({ recording }: ReplayRunOptions): 'written' | 'durable' | null {
  if (recording === null) return null;
  return recording.fsync === 'always' ? 'durable' : 'written';
}

function executionOptions(options: ReplayRunOptions, region: SharedArrayBuffer): ExecutionWorkerOptions {
  const { recording, wait, inputs } = options;
  const watermark = watermarkOf(options);
  const accounted = recording?.recovered?.accounted ?? NOTHING_ACCOUNTED;
  const routed = isLockstep(options) && inputs.routed !== undefined ? sessionOptionsOf(inputs.routed) : null;
  const tape = recording?.recovered?.tape ?? null;
  return { region, wait, watermark, accounted, routed, tape, hasTicks: hasTicks(options) };
}

function engineOptions(options: ReplayRunOptions, region: SharedArrayBuffer): EngineWorkerOptions {
  const { inputs, recording, rules, universe, wait } = options;
  return {
    region,
    wait,
    config: inputs.config,
    universe,
    barIntervalMs: inputs.barIntervalMs,
    factors: inputs.factors,
    safety: inputs.safety,
    rules,
    fills: inputs.routed === undefined ? 'analytic' : 'routed',
    isLockstep: isLockstep(options),
    isPaced: isPaced(options),
    // Also live: a gap in the journal could be stepped over by nobody, and a source that waits loses nothing or says so.
    recording: recording === null ? null : 'wait',
    journalled: journalledOf(options),
    state: recording?.standing.state ?? null,
    firstUntaken: recording?.recovered?.firstUntaken ?? 0,
    hasMemory: memoryOf(options) !== null,
  };
}
