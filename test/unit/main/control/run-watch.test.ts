import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunWatch } from '../../../../src/main/control/run-watch.ts';
import { Gauge } from '../../../../src/shm/counters.ts';
import { DEFAULT_SLOTS } from '../../../../src/shm/layout.ts';
import { createRegion } from '../../../../src/shm/region.ts';
import type { MemoryReport } from '../../../../src/workers/memory/memory-options.ts';

const START_MS = Date.parse('2026-11-21T14:53:00Z');
const region = () => createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS, toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a frame is as old as the time since its step was seen', () => {
  const run = region();
  const stepped = new Gauge(run, 'framesStepped');
  const watch = new RunWatch(run, null);
  vi.advanceTimersByTime(1000);
  stepped.set(1);
  vi.advanceTimersByTime(500); // seen now
  vi.advanceTimersByTime(2250);
  expect(watch.frameAgeMs).toBe(2250);
  stepped.set(2);
  expect(watch.frameAgeMs).toBe(0);
  watch.stop();
});

test('a store is out of reach since a report said so, and until one says otherwise', () => {
  let connected: boolean | null = null;
  const watch = new RunWatch(region(), () => (connected === null ? null : ({ store: { connected } } as MemoryReport)));
  expect(watch.storeOutSinceMs).toBeNull();
  connected = true;
  expect(watch.storeOutSinceMs).toBeNull();
  connected = false;
  vi.advanceTimersByTime(500);
  vi.advanceTimersByTime(30_000);
  expect(watch.storeOutSinceMs).toBe(START_MS + 500);
  connected = true;
  vi.advanceTimersByTime(500);
  connected = false;
  expect(watch.storeOutSinceMs).toBe(START_MS + 31_000);
  watch.stop();
});

test('nothing is watched once it is stopped', () => {
  const watch = new RunWatch(region(), null);
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
});
