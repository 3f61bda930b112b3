import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LastScan } from '../../../../src/main/control/last-scan.ts';
import { type RunFacts, type RunSightings, readStatus } from '../../../../src/main/control/run-status.ts';
import { dayFromDate, NS_PER_SECOND } from '../../../../src/model/time.ts';
import { Counter, Gauge } from '../../../../src/shm/counters.ts';
import { Heartbeat } from '../../../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS, type GaugeName } from '../../../../src/shm/layout.ts';
import { createRegion, type Region } from '../../../../src/shm/region.ts';
import { StageHistogram } from '../../../../src/shm/stage-histogram.ts';
import { WatermarkWriter } from '../../../../src/shm/watermarks.ts';

const FACTS: RunFacts = {
  runId: 'replay-145212-7',
  pid: 7,
  command: 'replay',
  subject: 'champion, 2026-01-05 of data',
  startedAt: '2026-11-21T14:52:12.000Z',
  framesExpected: 100,
  isRecording: true,
  hasMemory: false,
  speed: 50,
};
const SEEN: RunSightings = {
  beatAgeMs: () => 123.4,
  frameAgeMs: 40,
  storeOutSinceMs: null,
  memory: null,
  capital: 24_990.5,
};

function set(region: Region, gauges: Partial<Record<GaugeName, number>>): void {
  for (const [name, value] of Object.entries(gauges)) new Gauge(region, name as GaugeName).set(value);
}

test('a run in the middle of its work', () => {
  const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
  set(region, { framesPublished: 12, framesStepped: 10, tradingState: 1, stepsVerified: 8, stepsAgreeing: 7 });
  set(region, { steppedDay: dayFromDate('2026-01-05'), steppedNsOfDay: 50 * NS_PER_SECOND });
  set(region, { posture: 1, rm: 0.8, acbBoost: 1.2, acbBeta: 0.5 });
  new Heartbeat(region, 'ENGINE').setState('RUNNING');
  new Counter(region, 'lostWakes').add(2);
  new WatermarkWriter(region, 'engine').advance(31, 29);
  const step = new StageHistogram(region, 'step');
  for (let ns = 1; ns <= 50; ns++) step.record(ns);
  const { seconds, ...status } = readStatus(region, FACTS, SEEN);
  const { framesExpected: _expected, isRecording: _recording, speed: _speed, ...identity } = FACTS;
  expect(seconds).toBeCloseTo((Date.now() - Date.parse(FACTS.startedAt)) / 1000, 0);
  expect(status).toEqual({
    ...identity,
    memory: null,
    storeOutSince: null,
    capital: 24_990.5,
    regime: { posture: 'STALKER', rm: 0.8, boost: 1.2, beta: 0.5 },
    lastScan: { eventTime: '2026-01-05T00:00:50.000Z', clock: 'event time', ageSeconds: 2 }, // 40 ms at 50 times
    tradingState: 'halted',
    progress: {
      framesPublished: 12,
      framesStepped: 10,
      framesExpected: 100,
      day: '2026-01-05',
      eventTime: '2026-01-05T00:00:50.000Z',
    },
    workers: [{ name: 'ENGINE', state: 'RUNNING', beatAgeMs: 123 }],
    counters: { lostWakes: 2 },
    journal: {
      streams: [
        { stream: 'engine', written: 31, durable: 29 },
        { stream: 'execution', written: 0, durable: 0 },
      ],
      stepsVerified: 8,
      stepsAgreeing: 7,
    },
    stages: [{ stage: 'step', n: 50, p50: 25, p99: 50, p999: 50, max: 50 }],
  });
});

test('a run that has not begun and records nothing', () => {
  const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
  expect(readStatus(region, { ...FACTS, isRecording: false }, SEEN)).toMatchObject({
    tradingState: 'active',
    lastScan: null,
    regime: null,
    progress: { framesPublished: 0, framesStepped: 0, day: null, eventTime: null },
    workers: [],
    counters: {},
    journal: null,
    stages: [],
  });
});

describe('the age of the last scan', () => {
  const eventMs = Date.parse('2026-01-05T00:00:50Z');
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each<[string, number | null, Pick<LastScan, 'clock' | 'ageSeconds'>]>([
    ['of a paced replay is event time', 50, { clock: 'event time', ageSeconds: 2 }],
    ["of a replay as fast as it can is nobody's", 0, { clock: 'event time', ageSeconds: null }],
    ['live is that of the wall clock', null, { clock: 'wall clock', ageSeconds: 7 }],
  ])('%s', (_situation, speed, expected) => {
    vi.useFakeTimers({ now: eventMs + 7000 });
    const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
    set(region, { steppedDay: dayFromDate('2026-01-05'), steppedNsOfDay: 50 * NS_PER_SECOND });
    const { lastScan } = readStatus(region, { ...FACTS, speed }, SEEN);
    expect(lastScan).toEqual({ eventTime: '2026-01-05T00:00:50.000Z', ...expected });
  });

  test('is none once the engine of a replay has ended', () => {
    const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
    set(region, { steppedDay: dayFromDate('2026-01-05') });
    new Heartbeat(region, 'ENGINE').setState('STOPPED');
    expect(readStatus(region, FACTS, SEEN).lastScan?.ageSeconds).toBeNull();
    expect(readStatus(region, { ...FACTS, speed: null }, SEEN).lastScan?.ageSeconds).toBeGreaterThan(0);
  });
});

test('since when a store has been out of reach is told in UTC', () => {
  const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
  const seen = { ...SEEN, storeOutSinceMs: Date.parse('2026-11-21T14:53:00Z') };
  expect(readStatus(region, FACTS, seen).storeOutSince).toBe('2026-11-21T14:53:00.000Z');
});
