import { COUNTERS, type CounterName, type DayResult, GATES, type McStatus } from '../model/day-result.ts';
import { POSTURE_NAMES } from '../model/posture.ts';
import { MAX_COUNT, type StateWalk } from '../model/state-walk.ts';
import { dateFromDay, dayFromDate } from '../model/time.ts';
import { DOUBLE_BYTES } from './snapshot-bytes.ts';

/** Order of the codes of a forewarner's status. */
export const MC_STATUSES: readonly McStatus[] = ['OFF', 'GREEN', 'ORANGE', 'RED'];

/** A day to be filled by a walk that reads. */
const BLANK_DAY: DayResult = {
  date: '1970-01-01',
  pnl: Number.NaN,
  trades: 0,
  capital: Number.NaN,
  bars: 0,
  boost: Number.NaN,
  beta: Number.NaN,
  posture: 'APEX',
  mcStatus: 'OFF',
  staleState: false,
  funnel: record(GATES, () => [0, 0] as const),
  counters: record(COUNTERS, () => 0),
};

/** Walks the results of finished days, in order; reading replaces what `days` holds. */
export function walkDays(walk: StateWalk, days: DayResult[]): void {
  const count = walk.count('days', days.length, MAX_COUNT, DOUBLE_BYTES);
  if (walk.isReading) days.length = 0;
  for (let i = 0; i < count; i++) {
    const result = { walkState: () => walkDay(walk, days, i) };
    walk.part(`day ${i}`, result);
  }
}

function walkDay(walk: StateWalk, days: DayResult[], index: number): void {
  const day = days[index] ?? BLANK_DAY;
  const walked: DayResult = {
    date: dateFromDay(walk.integer('date', dayFromDate(day.date))),
    pnl: walk.number('pnl', day.pnl),
    trades: walk.count('trades', day.trades, MAX_COUNT),
    capital: walk.number('capital', day.capital),
    bars: walk.count('bars', day.bars, MAX_COUNT),
    boost: walk.number('boost', day.boost),
    beta: walk.number('beta', day.beta),
    posture: walk.code('posture', day.posture, POSTURE_NAMES),
    mcStatus: walk.code('mcStatus', day.mcStatus, MC_STATUSES),
    staleState: walk.flag('staleState', day.staleState),
    funnel: record(GATES, (gate) => walkGate(walk, gate, day.funnel[gate])),
    counters: record(COUNTERS, (name: CounterName) => walk.count(name, day.counters[name], MAX_COUNT)),
  };
  if (walk.isReading) days.push(walked);
}

function walkGate(walk: StateWalk, gate: string, [reached, passed]: readonly [number, number]) {
  return [walk.count(`${gate}.reached`, reached, MAX_COUNT), walk.count(`${gate}.passed`, passed, MAX_COUNT)] as const;
}

function record<Key extends string, Value>(keys: readonly Key[], of: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<Key, Value>;
}
