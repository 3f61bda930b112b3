import type { Direction } from '../model/direction.ts';
import { exitReasonName } from '../model/exit-reason.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { dateFromDay, isoFrom } from '../model/time.ts';
import type { TradeDetail } from '../model/trade.ts';
import type { OpenPosition } from './open-position.ts';

const INITIAL_ROWS = 4096;

// A row: one double per field.
const CLOSE_DAY = 0;
const ENTRY_DAY = 1;
const ENTRY_NS_OF_DAY = 2;
const EXIT_NS_OF_DAY = 3;
const ENTRY_BAR = 4;
const EXIT_BAR = 5;
const ASSET_INDEX = 6;
const DIRECTION = 7;
const REASON = 8;
const ENTRY = 9;
const EXIT = 10;
const NOTIONAL = 11;
const LEVERAGE = 12;
const FEES = 13;
const FEES_EXPECTED = 14;
const PNL = 15;
const BUCKET = 16;
const CAPITAL = 17;
const ENTRY_NEXT_BAR = 18;
const EXIT_NEXT_BAR = 19;
const STRIDE = 20;
const ROW_BYTES = STRIDE * Float64Array.BYTES_PER_ELEMENT;

/**
 * All trades of a run as rows of doubles. A row is opened with the position and completed with its close, so that what
 * happens in between (the next bar's price) has a place. Grows by doubling, at the earliest after 4,096 trades.
 */
export class TradeLog implements Stateful {
  private values = new Float64Array(INITIAL_ROWS * STRIDE);
  private rows = 0;
  private closed = 0;

  /** Closed trades. An open row, if any, is the last one. */
  get length(): number {
    return this.closed;
  }

  /** Opens a row for a position and answers its number; its next-bar price is its own entry until one is set. */
  open(position: OpenPosition): number {
    this.reserve(this.rows + 1);
    const row = this.rows++;
    this.values[row * STRIDE + ENTRY_NEXT_BAR] = position.entryPrice;
    return row;
  }

  setEntryNextBar(row: number, price: number): void {
    this.values[row * STRIDE + ENTRY_NEXT_BAR] = price;
  }

  setExitNextBar(row: number, price: number): void {
    this.values[row * STRIDE + EXIT_NEXT_BAR] = price;
  }

  /** Completes the row of `position` with its close. */
  close(position: OpenPosition, close: TradeClose): void {
    const { values } = this;
    const at = position.tradeIndex * STRIDE;
    values[at + CLOSE_DAY] = close.day;
    values[at + ENTRY_DAY] = position.entryDay;
    values[at + ENTRY_NS_OF_DAY] = position.entryNsOfDay;
    values[at + EXIT_NS_OF_DAY] = close.nsOfDay;
    values[at + ENTRY_BAR] = position.entryBar;
    values[at + EXIT_BAR] = close.lifetimeBar;
    values[at + ASSET_INDEX] = position.assetIndex;
    values[at + DIRECTION] = position.direction;
    values[at + REASON] = close.reason;
    values[at + ENTRY] = position.entryPrice;
    values[at + EXIT] = close.price;
    values[at + NOTIONAL] = position.notional;
    values[at + LEVERAGE] = position.leverage;
    values[at + FEES] = close.fees;
    values[at + FEES_EXPECTED] = close.feesExpected;
    values[at + PNL] = close.pnl;
    values[at + BUCKET] = position.bucket;
    values[at + CAPITAL] = close.capital;
    values[at + EXIT_NEXT_BAR] = close.price;
    this.closed++;
  }

  /** Closed trades as records; allocates, for reports only. */
  records(universe: readonly string[]): TradeDetail[] {
    return Array.from({ length: this.closed }, (_, row) => this.record(row, universe));
  }

  /** Closed rows whole; of an open one what it has before its close. */
  walkState(walk: StateWalk): void {
    this.closed = walk.count('closed', this.closed, MAX_COUNT, ROW_BYTES);
    const hasOpenRow = walk.flag('hasOpenRow', this.rows > this.closed);
    this.rows = this.closed + (hasOpenRow ? 1 : 0);
    this.reserve(this.rows);
    walk.doubles('rows', this.values, { base: 0, count: this.closed * STRIDE });
    if (!hasOpenRow) return;
    const at = this.closed * STRIDE + ENTRY_NEXT_BAR;
    this.values[at] = walk.number('entryNextBar', this.values[at]!);
  }

  private record(row: number, universe: readonly string[]): TradeDetail {
    const value = (field: number) => this.values[row * STRIDE + field]!;
    const day = value(CLOSE_DAY);
    return {
      date: dateFromDay(day),
      entryTs: isoFrom(value(ENTRY_DAY), value(ENTRY_NS_OF_DAY)),
      exitTs: isoFrom(day, value(EXIT_NS_OF_DAY)),
      entryBar: value(ENTRY_BAR),
      exitBar: value(EXIT_BAR),
      asset: universe[value(ASSET_INDEX)]!,
      assetIndex: value(ASSET_INDEX),
      direction: value(DIRECTION) as Direction,
      reason: exitReasonName(value(REASON)),
      entry: value(ENTRY),
      exit: value(EXIT),
      notional: value(NOTIONAL),
      leverage: value(LEVERAGE),
      fees: value(FEES),
      pnl: value(PNL),
      bucket: value(BUCKET),
      capital: value(CAPITAL),
      feesExpected: value(FEES_EXPECTED),
      entryNextBar: value(ENTRY_NEXT_BAR),
      exitNextBar: value(EXIT_NEXT_BAR),
    };
  }

  private reserve(rows: number): void {
    if (rows * STRIDE <= this.values.length) return;
    const larger = new Float64Array(Math.max(rows * STRIDE, this.values.length * 2));
    larger.set(this.values);
    this.values = larger;
  }
}

/** How a position ended: one reusable record of the engine. */
export interface TradeClose {
  day: number;
  nsOfDay: number;
  lifetimeBar: number;
  reason: number;
  price: number;
  fees: number;
  feesExpected: number;
  pnl: number;
  capital: number;
}

/** A record of a close with nothing in it yet. */
export function createTradeClose(): TradeClose {
  const unset = Number.NaN;
  return {
    day: 0,
    nsOfDay: unset,
    lifetimeBar: 0,
    reason: 0,
    price: unset,
    fees: unset,
    feesExpected: unset,
    pnl: unset,
    capital: unset,
  };
}
