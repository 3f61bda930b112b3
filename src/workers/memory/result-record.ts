import type { DayResult, McStatus } from '../../model/day-result.ts';
import type { PnlResult } from '../../model/memory-values.ts';
import { POSTURE_NAMES, postureFromName } from '../../model/posture.ts';
import { dateFromDay, dayFromDate } from '../../model/time.ts';

/*
 * What the engine tells the memory worker, in the ring `results`: fields of a record as doubles, in this order. The first
 * one is how many events of its journal stream must be kept before the result may be published (design §3, output commit).
 */

/** Kinds of records. */
export const RESULT_DAY = 1;
export const RESULT_TRADES = 2;

export const DAY_FIELDS = [
  'eventsBefore',
  'day',
  'pnl',
  'trades',
  'capital',
  'bars',
  'boost',
  'beta',
  'posture',
  'mcStatus',
  'staleState',
] as const;

/** `trades` booked at once, and the realised capital after the last of them, USDT. */
export const TRADES_FIELDS = ['eventsBefore', 'trades', 'capital'] as const;

/** A finished day without the hash of its strategy, which the memory worker knows. */
export type FinishedDay = Omit<PnlResult, 'paramHash'>;

/** What a record of the ring says. */
export type EngineResult =
  | { readonly kind: 'day'; readonly day: FinishedDay }
  | { readonly kind: 'trades'; readonly trades: number; readonly capital: number };

/** In the order of their codes. */
const MC_STATUSES: readonly McStatus[] = ['OFF', 'GREEN', 'ORANGE', 'RED'];

/** Writes a RESULT_DAY in place, from position `base` on. */
export function writeDay(doubles: Float64Array, base: number, eventsBefore: number, day: DayResult): void {
  doubles[base] = eventsBefore;
  doubles[base + 1] = dayFromDate(day.date);
  doubles[base + 2] = day.pnl;
  doubles[base + 3] = day.trades;
  doubles[base + 4] = day.capital;
  doubles[base + 5] = day.bars;
  doubles[base + 6] = day.boost;
  doubles[base + 7] = day.beta;
  doubles[base + 8] = postureFromName(day.posture);
  doubles[base + 9] = MC_STATUSES.indexOf(day.mcStatus);
  doubles[base + 10] = day.staleState ? 1 : 0;
}

/** Writes a RESULT_TRADES in place. */
export function writeTrades(
  doubles: Float64Array,
  base: number,
  eventsBefore: number,
  trades: number,
  capital: number,
): void {
  doubles[base] = eventsBefore;
  doubles[base + 1] = trades;
  doubles[base + 2] = capital;
}

/** Reads what {@link writeDay} or {@link writeTrades} wrote; a copy. */
export function readResult(kind: number, doubles: Float64Array, base: number): EngineResult {
  const at = (field: number) => doubles[base + field] as number;
  if (kind === RESULT_TRADES) return { kind: 'trades', trades: at(1), capital: at(2) };
  return {
    kind: 'day',
    day: {
      date: dateFromDay(at(1)),
      pnl: at(2),
      trades: at(3),
      capital: at(4),
      bars: at(5),
      boost: at(6),
      beta: at(7),
      posture: POSTURE_NAMES[at(8)] ?? 'APEX',
      mcStatus: MC_STATUSES[at(9)] ?? 'OFF',
      staleState: at(10) === 1,
    },
  };
}
