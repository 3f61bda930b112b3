import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveRunParams } from '../../src/engine/run-params.ts';
import { plannedDays } from '../../src/main/frame-origin.ts';
import { Supervisor, type WorkerSpec } from '../../src/main/supervisor.ts';
import { readCounters } from '../../src/shm/counters.ts';
import { DEFAULT_SLOTS } from '../../src/shm/layout.ts';
import { createRegion, type Region } from '../../src/shm/region.ts';
import type {
  EngineWorkerOptions,
  ExecutionWorkerOptions,
  JournalWorkerOptions,
  MarketDataWorkerOptions,
} from '../../src/workers/messages.ts';
import { lifeStreams } from './life-streams.ts';
import { makeDays, openJournalOf, type RecordedRun, recordRun } from './recorded-run.ts';

const TIMEOUT_MS = 120_000;
/** Room for what may come of one frame of five assets, and for not much more. */
const SMALLEST_RINGS = {
  ...DEFAULT_SLOTS,
  barSlots: 2,
  intentSlots: 2,
  engineEventBytes: 4096,
  executionEventBytes: 1024,
};
const root = mkdtempSync(join(tmpdir(), 'dolphin-full-rings-'));
let run: RecordedRun;

beforeAll(async () => {
  run = await recordRun(await makeDays(join(root, 'data')), join(root, 'whole'), { withOrders: false });
}, TIMEOUT_MS);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The worker threads of a recorded run over rings of the smallest size, its journal worker another one. */
function slowRun(dir: string, napMs: number): { region: Region; workers: WorkerSpec[] } {
  const { inputs, universe, origin } = run.source;
  const files = plannedDays(origin);
  const region = createRegion({ assets: universe.length, hasAssetSignals: false, ...SMALLEST_RINGS });
  const base = { region: region.buffer, wait: 'park' } as const;
  const recording = openJournalOf(run.source, dir, false);
  const { fsync, segmentBytes } = recording;
  const journal: JournalWorkerOptions & { napMs: number } = {
    ...base,
    dir,
    fsync,
    segmentBytes,
    engine: recording.engine,
    execution: recording.execution,
    napMs,
  };
  const execution: ExecutionWorkerOptions = {
    ...base,
    watermark: 'written',
    accounted: { entries: 0, exits: 0 },
    routed: null,
    hasTicks: false,
    tape: null,
  };
  const engine: EngineWorkerOptions = {
    ...base,
    ...inputs,
    universe,
    rules: 'replay',
    fills: 'analytic',
    isLockstep: false,
    recording: 'wait',
    journalled: null,
    state: null,
    isPaced: false,
    firstUntaken: 0,
  };
  const marketData: MarketDataWorkerOptions = {
    ...base,
    files,
    universe,
    excluded: deriveRunParams(inputs.config, universe, inputs.barIntervalMs).excluded,
    barIntervalMs: inputs.barIntervalMs,
    scannerThresholds: [],
    needsScanner: false,
    scannerMode: 'ahead',
    scannerRate: inputs.config.scanner_rate,
    speed: 0,
    decoders: 1,
    journalled: null,
  };
  const workers: WorkerSpec[] = [
    { name: 'JOURNAL', entry: '../../test/chaos/planted/slow-journal.worker', options: journal },
    { name: 'EXECUTION', entry: 'execution.worker', options: execution },
    { name: 'ENGINE', entry: 'engine.worker', options: engine },
    { name: 'MARKET_DATA', entry: 'market-data.worker', options: marketData },
  ];
  return { region, workers };
}

test(
  'rings of the smallest size before a slow disk: everybody waits for everybody, nothing is lost',
  async () => {
    const dir = join(root, 'slow');
    const { region, workers } = slowRun(dir, 1);
    // Five seconds without a beat count as hung: who waits beats, or waits less.
    const patience = { heartbeatCheckMs: 100, hungAfterChecks: 50, stopDeadlineMs: 5000 };
    const listeners = { onDayEnd: () => undefined, onSegmentClosed: () => undefined };
    const { engine } = await new Supervisor(region, workers, listeners, patience).run();
    const { eventsFull, intentFull, lostWakes } = readCounters(region);
    console.log(`full rings: the event ring was full ${eventsFull} times, the intent ring ${intentFull} times, 0 lost`);
    expect(eventsFull).toBeGreaterThan(100);
    expect(intentFull).toBeGreaterThan(0);
    expect(lostWakes).toBe(0);
    expect(engine.stateHash).toBe(run.stateHash);
    expect(lifeStreams(dir)).toEqual(run.streams);
  },
  TIMEOUT_MS,
);
