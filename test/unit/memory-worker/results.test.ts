import { expect, test } from 'vitest';
import type { DayResult } from '../../../src/model/day-result.ts';
import type { TradeDetail } from '../../../src/model/trade.ts';
import { readCounters } from '../../../src/shm/counters.ts';
import { Heartbeat } from '../../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { WatermarkWriter } from '../../../src/shm/watermarks.ts';
import { ResultInlet } from '../../../src/workers/memory/result-inlet.ts';
import { ResultOutlet } from '../../../src/workers/memory/result-outlet.ts';
import type { EngineResult } from '../../../src/workers/memory/result-record.ts';

const day = (date: string, capital: number, changes: Partial<DayResult> = {}): DayResult => ({
  date,
  pnl: capital - 25_000,
  trades: 3,
  capital,
  bars: 1439,
  boost: 1.25,
  beta: 0.8,
  posture: 'TURTLE',
  mcStatus: 'ORANGE',
  staleState: true,
  funnel: {} as DayResult['funnel'],
  counters: {} as DayResult['counters'],
  ...changes,
});
const tradesUpTo = (...capitals: number[]) => capitals.map((capital) => ({ capital })) as TradeDetail[];

/** Both ends in one thread. @param events - told so far, of which `journalled` are kept. */
function rings(watermark: 'written' | 'durable' | null) {
  const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
  const told = { committed: 0 };
  const outlet = new ResultOutlet(region, told);
  const inlet = new ResultInlet(region, watermark);
  const journal = new WatermarkWriter(region, 'engine');
  const taken = (): EngineResult[] => {
    const results: EngineResult[] = [];
    inlet.take((result) => results.push(result));
    return results;
  };
  return { region, told, outlet, inlet, journal, taken };
}

test('a day comes out as it went in, without what belongs to reports alone', () => {
  const { outlet, taken } = rings(null);
  outlet.dayEnd(day('2026-03-20', 25_100));
  const { funnel: _f, counters: _c, ...facts } = day('2026-03-20', 25_100);
  expect(taken()).toEqual([{ kind: 'day', day: facts }]);
  expect(taken()).toEqual([]);
});

test('booked trades bring their number and the capital behind the last', () => {
  const { outlet, taken } = rings(null);
  outlet.trades([]);
  outlet.trades(tradesUpTo(25_010, 24_990));
  expect(taken()).toEqual([{ kind: 'trades', trades: 2, capital: 24_990 }]);
});

test('what the journal does not have yet is held back, in order', () => {
  const { told, outlet, inlet, journal, taken } = rings('written');
  told.committed = 10;
  outlet.trades(tradesUpTo(25_010));
  told.committed = 20;
  outlet.dayEnd(day('2026-03-20', 25_010));
  journal.advance(9, 9);
  expect(taken()).toEqual([]);
  expect(inlet.isHolding).toBe(true);
  journal.advance(19, 0);
  expect(taken()).toMatchObject([{ kind: 'trades' }]);
  journal.advance(20, 0);
  expect(taken()).toMatchObject([{ kind: 'day' }]);
  expect(inlet.isHolding).toBe(false);
});

test('with fsync always, what is written and not durable is held back', () => {
  const { told, outlet, journal, taken } = rings('durable');
  told.committed = 10;
  outlet.trades(tradesUpTo(25_010));
  journal.advance(10, 9);
  expect(taken()).toEqual([]);
  journal.advance(10, 10);
  expect(taken()).toHaveLength(1);
});

test('what a journal that has failed did not write is never published, and nobody waits for it', () => {
  const { region, told, outlet, inlet, taken } = rings('written');
  told.committed = 10;
  outlet.dayEnd(day('2026-03-20', 25_010));
  expect(taken()).toEqual([]);
  new Heartbeat(region, 'JOURNAL').setState('FAILED');
  expect(inlet.isHolding).toBe(false);
  expect(taken()).toEqual([]);
});

test('at the end: days amended since or never told, but no day that was cut short', () => {
  const { outlet, taken } = rings(null);
  outlet.dayEnd(day('2026-03-20', 25_100));
  outlet.dayEnd(day('2026-03-21', 25_200));
  taken();
  const days = [day('2026-03-20', 25_090), day('2026-03-21', 25_200), day('2026-03-22', 25_300)];
  outlet.end(days, false);
  expect(taken()).toMatchObject([{ day: { date: '2026-03-20', capital: 25_090 } }]);
  outlet.end(days, true);
  expect(taken()).toMatchObject([{ day: { date: '2026-03-22', capital: 25_300 } }]);
});

test.each<[string, Partial<DayResult>]>([
  ['pnl', { pnl: 1 }],
  ['trades', { trades: 4 }],
  ['capital', { capital: 1 }],
  ['stale state', { staleState: false }],
])('at the end a day is told again when its %s changed', (_field, changes) => {
  const { outlet, taken } = rings(null);
  outlet.dayEnd(day('2026-03-20', 25_100));
  taken();
  outlet.end([day('2026-03-20', 25_100, changes)], true);
  expect(taken()).toMatchObject([{ day: { date: '2026-03-20', ...changes } }]);
});

test('a full ring drops and counts, the engine does not wait, and the dropped days come at the end', () => {
  const { region, outlet, taken } = rings(null);
  const days = Array.from({ length: 20 }, (_, i) => day(`2026-03-${String(i + 1).padStart(2, '0')}`, 25_000 + i));
  for (const each of days) outlet.dayEnd(each);
  const first = taken();
  expect(first.length).toBeLessThan(20);
  expect(readCounters(region).resultsDropped).toBe(20 - first.length);
  while (true) {
    outlet.end(days, true);
    const more = taken();
    if (more.length === 0) break;
    first.push(...more);
  }
  expect(first.map((result) => (result.kind === 'day' ? result.day.date : ''))).toEqual(days.map(({ date }) => date));
});
