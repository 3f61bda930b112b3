import type { FrameView } from '../model/frame.ts';
import type { Stateful } from '../model/state-walk.ts';
import type { MarkedEquity } from '../portfolio/marked-equity.ts';
import type { PositionView } from '../portfolio/open-position.ts';
import type { TradeLog } from '../portfolio/trade-log.ts';
import type { CircuitBreakerManager } from '../risk/circuit-breaker.ts';

/** A decided entry: one reusable record of the engine. */
export interface EntryTicket {
  direction: number;
  assetIndex: number;
  /** USDT. */
  notional: number;
  leverage: number;
  /** Probability of a maker fill, in [0, 1]. */
  makerRate: number;
  /** Strength of the signal: 0 extreme to 3 weak. */
  bucket: number;
}

/**
 * What the engine needs of whoever keeps its one position and the money behind it: fills at the price of the bar
 * (PositionDesk) or by orders at a venue (RoutedDesk).
 */
export interface Desk extends Stateful {
  readonly position: PositionView;
  readonly trades: TradeLog;
  readonly breaker: CircuitBreakerManager;
  readonly equity: MarkedEquity;
  /** Realised, USDT. */
  readonly capital: number;
  readonly capitalAtDayStart: number;
  /** Intents decided so far, of every kind. */
  readonly intentCount: number;
  /** True when nothing is held and nothing works: an entry may be decided. */
  readonly isFlat: boolean;
  /** True when a position was closed on this bar, or reported closed since the one before: it opens none. */
  readonly isClosingBar: boolean;
  /** True while a position waits for the price at which {@link flatten} closes it. */
  readonly isFlattening: boolean;

  /** Starts a day: the breaker begins anew; capital, trades and a position go on. @param day - UTC day number. */
  beginDay(day: number): void;
  /** Told of every bar before its decisions. @param lifetimeBar - of this bar, or of the last scan on a 0.1 s bar. */
  onBar(bar: FrameView, lifetimeBar: number): void;
  /** Opens the position of a ticket on this bar; only while {@link isFlat}. */
  open(ticket: EntryTicket, scan: FrameView, lifetimeBar: number): void;
  /**
   * Marks the position at this bar and leaves it when it is time; only while not {@link isFlat}.
   * @param isHibernating - it is left whatever else holds.
   * @param barsPassed - added to the bars held: 0 for a 0.1 s bar between two scans; default 1.
   */
  manage(bar: FrameView, lifetimeBar: number, isHibernating: boolean, barsPassed?: number): void;
  /** Orders the position left, reason RISK, whatever else holds. Flat: nothing. */
  flatten(): void;
  /** The day is over: what is held is left, reason DAY_END. Flat: nothing. */
  closeAtDayEnd(lastDay: number, lastNsOfDay: number, lastLifetimeBar: number): void;
}
