import { describe, expect, it } from 'vitest';
import { Counter, Gauge, readCounters } from '../../../src/shm/counters.ts';
import { Doorbell, WOKEN } from '../../../src/shm/doorbell.ts';
import { Heartbeat, readBeats, readWorkerState, WORKER_STATES } from '../../../src/shm/heartbeats.ts';
import { COUNTER_NAMES, DEFAULT_SLOTS, GAUGE_NAMES } from '../../../src/shm/layout.ts';
import { attachRegion, createRegion } from '../../../src/shm/region.ts';

const region = () => createRegion({ ...DEFAULT_SLOTS, barSlots: 2, assets: 1, hasAssetSignals: false });

describe('heartbeats', () => {
  it('show a worker that never started as absent', () => {
    expect(readWorkerState(region(), 'ENGINE')).toBe('ABSENT');
  });

  it('are seen from another thread’s view, for this worker alone', () => {
    const shared = region();
    const heartbeat = new Heartbeat(shared, 'ENGINE');
    const other = attachRegion(shared.buffer);
    for (const state of WORKER_STATES) {
      heartbeat.setState(state);
      heartbeat.beat();
      expect(readWorkerState(other, 'ENGINE')).toBe(state);
    }
    expect(readBeats(other, 'ENGINE')).toBe(WORKER_STATES.length);
    expect(readBeats(other, 'EXECUTION')).toBe(0);
    expect(readWorkerState(other, 'MARKET_DATA')).toBe('ABSENT');
  });
});

describe('the end of a worker', () => {
  it.each(['STOPPED', 'FAILED'] as const)('wakes whoever sleeps: %s', (state) => {
    const shared = region();
    const heartbeat = new Heartbeat(shared, 'ENGINE');
    const endDuringCheck = () => {
      heartbeat.setState(state);
      return false;
    };
    expect(new Doorbell(shared, 'intentData').park(endDuringCheck, 10_000)).toBe(WOKEN);
  });
});

describe('counters and gauges', () => {
  it('each have a place of their own', () => {
    const shared = region();
    for (const [i, name] of COUNTER_NAMES.entries()) new Counter(shared, name).add(i + 1);
    for (const [i, name] of GAUGE_NAMES.entries()) new Gauge(shared, name).set(i + 0.5);
    expect(Object.values(readCounters(shared))).toEqual(COUNTER_NAMES.map((_, i) => i + 1));
    expect(GAUGE_NAMES.map((name) => new Gauge(shared, name).value)).toEqual(GAUGE_NAMES.map((_, i) => i + 0.5));
  });
});
