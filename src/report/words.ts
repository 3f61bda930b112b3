import type { CounterName, GateName } from '../model/day-result.ts';
import type { ExitReasonName } from '../model/exit-reason.ts';
import type { VenueModel } from '../model/fill-mode.ts';
import type { StrategyConfig } from '../model/strategy.ts';

/** Gates, exits and counters as people say them. */

export const GATE_WORDS: Readonly<Record<GateName, string>> = {
  warmup: 'warm-up',
  signal: 'signal',
  volatility: 'volatility',
  risk: 'risk',
  direction: 'direction',
  orderBook: 'order book',
  irp: 'IRP alignment',
  sizing: 'sizing',
};

export const EXIT_WORDS: Readonly<Record<ExitReasonName, string>> = {
  TAKE_PROFIT: 'take profit',
  STOP: 'stop',
  MAX_HOLD: 'max hold',
  DAY_END: 'day end',
  HIBERNATE: 'hibernate',
  RISK: 'risk breaker',
  UNFILLED_END: 'unfilled at end',
};

/** What a counter counts; reads after its number. */
export const COUNTER_WORDS: Readonly<Record<CounterName, string>> = {
  gaps: 'gaps: bars after an outage, their returns taken as missing',
  invalidPrices: 'prices null, NaN, infinite, zero or negative, taken as missing',
  missingSignals: 'scans without a usable vel_div: no entry on them',
  duplicateScans: 'repeated scans skipped',
  lateExits: 'exits overdue, waiting for a valid price',
  staleFills: 'closes at the end of a day at a price more than 24 bars old',
  obMissing: 'entries without order-book data',
  obRefused: 'order-book snapshots refused',
  leverageCapped: 'entries whose leverage met the upper limit',
  acbRejected: 'external ACB updates refused',
  staleStateEvents: 'steps during which an external state changed: DO NOT USE',
  staleScans: 'scans too old on arrival: no entry on them',
};

export const DIRECTION_WORDS: Readonly<Record<StrategyConfig['direction'], string>> = {
  short: 'SHORT only',
  long: 'LONG only',
  both: 'SHORT and LONG',
};

/** What the simulated venue knows of the market. */
export const VENUE_MODEL_WORDS: Readonly<Record<VenueModel, string>> = {
  bars: 'one price per bar',
  book: 'order books and trades',
};

/** Side of one trade. */
export const sideWord = (direction: number) => (direction < 0 ? 'SHORT' : 'LONG');

/** `1 trade`, `2 trades`, with grouping: the one plural rule that these reports need. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Text from outside without control characters, which could move a terminal's cursor or break a line. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
