import type { Direction } from '../model/direction.ts';
import { exitReasonName } from '../model/exit-reason.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { dateFromDay, isoFrom } from '../model/time.ts';
import type { RoutedTrade, TradeDetail } from '../model/trade.ts';

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
const FIELDS = 20;
// Routed fills have these beside.
const EXIT_DAY = 20;
const QTY = 21;
const ENTRY_DECISION = 22;
const EXIT_DECISION = 23;
const FUNDING = 24;
const FEES_ENTRY = 25;
const FEES_EXIT = 26;
const ROUTED_FIELDS = 27;

/** What a row takes from the position that it is about. */
export interface LoggedPosition {
  /** Row of the log, as {@link TradeLog.open} answered. */
  readonly tradeIndex: number;
  readonly entryDay: number;
  readonly entryNsOfDay: number;
  readonly entryBar: number;
  readonly assetIndex: number;
  readonly direction: number;
  readonly entryPrice: number;
  /** USDT at entry. */
  readonly notional: number;
  readonly leverage: number;
  readonly bucket: number;
}

/** What the row of a routed trade takes from its position beside. Units as in {@link RoutedTrade}. */
export interface LoggedRouting {
  /** UTC day of the last exit fill; it may be later than the day that the trade belongs to. */
  readonly exitDay: number;
  readonly qtyEntered: number;
  readonly decisionPrice: number;
  readonly exitDecision: number;
  readonly funding: number;
  readonly feesEntry: number;
  readonly feesExit: number;
}

/**
 * All trades of a run as rows of doubles. A row is opened with the position and completed with its close, so that what
 * happens in between (the next bar's price) has a place. Grows by doubling, at the earliest after 4,096 trades.
 */
export class TradeLog implements Stateful {
  private readonly isRouted: boolean;
  private readonly stride: number;
  private values: Float64Array;
  private rows = 0;
  private closed = 0;

  /** @param isRouted - rows have the fields of a {@link RoutedTrade} as well. */
  constructor(isRouted = false) {
    this.isRouted = isRouted;
    this.stride = isRouted ? ROUTED_FIELDS : FIELDS;
    this.values = new Float64Array(INITIAL_ROWS * this.stride);
  }

  /** Closed trades. An open row, if any, is the last one. */
  get length(): number {
    return this.closed;
  }

  /** Opens a row for a position and answers its number. */
  open(): number {
    this.reserve(this.rows + 1);
    const row = this.rows++;
    this.values[row * this.stride + ENTRY_NEXT_BAR] = Number.NaN;
    this.values[row * this.stride + EXIT_NEXT_BAR] = Number.NaN;
    return row;
  }

  /** Takes the open row back: there was no trade. A next-bar price that still comes for it is forgotten by the next open. */
  abandon(): void {
    this.rows = this.closed;
  }

  setEntryNextBar(row: number, price: number): void {
    this.values[row * this.stride + ENTRY_NEXT_BAR] = price;
  }

  /** @param price - NaN: none yet. */
  setExitNextBar(row: number, price: number): void {
    this.values[row * this.stride + EXIT_NEXT_BAR] = price;
  }

  setExitBar(row: number, lifetimeBar: number): void {
    this.values[row * this.stride + EXIT_BAR] = lifetimeBar;
  }

  /** Completes the row of `position` with its close. A next-bar price that was not set is the trade's own. */
  close(position: LoggedPosition, close: TradeClose): void {
    const { values } = this;
    const at = position.tradeIndex * this.stride;
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
    if (Number.isNaN(values[at + ENTRY_NEXT_BAR]!)) values[at + ENTRY_NEXT_BAR] = position.entryPrice;
    if (Number.isNaN(values[at + EXIT_NEXT_BAR]!)) values[at + EXIT_NEXT_BAR] = close.price;
    this.closed++;
  }

  /** Adds to a row what a routed trade has beside. */
  setRouted(row: number, trade: LoggedRouting): void {
    const { values } = this;
    const at = row * this.stride;
    values[at + EXIT_DAY] = trade.exitDay;
    values[at + QTY] = trade.qtyEntered;
    values[at + ENTRY_DECISION] = trade.decisionPrice;
    values[at + EXIT_DECISION] = trade.exitDecision;
    values[at + FUNDING] = trade.funding;
    values[at + FEES_ENTRY] = trade.feesEntry;
    values[at + FEES_EXIT] = trade.feesExit;
  }

  /** Closed trades as records, from a row on; allocates, for reports only. */
  records(universe: readonly string[], from = 0): TradeDetail[] {
    return Array.from({ length: this.closed - from }, (_, i) => this.record(from + i, universe));
  }

  /** Closed rows whole; of an open one what it has before its close. */
  walkState(walk: StateWalk): void {
    this.closed = walk.count('closed', this.closed, MAX_COUNT, this.stride * Float64Array.BYTES_PER_ELEMENT);
    const hasOpenRow = walk.flag('hasOpenRow', this.rows > this.closed);
    this.rows = this.closed + (hasOpenRow ? 1 : 0);
    this.reserve(this.rows);
    walk.doubles('rows', this.values, { base: 0, count: this.closed * this.stride });
    if (!hasOpenRow) return;
    const at = this.closed * this.stride;
    this.values[at + ENTRY_NEXT_BAR] = walk.number('entryNextBar', this.values[at + ENTRY_NEXT_BAR]!);
    this.values[at + EXIT_NEXT_BAR] = walk.number('exitNextBar', this.values[at + EXIT_NEXT_BAR]!);
  }

  private record(row: number, universe: readonly string[]): TradeDetail {
    const value = (field: number) => this.values[row * this.stride + field]!;
    const day = value(CLOSE_DAY);
    return {
      date: dateFromDay(day),
      entryTs: isoFrom(value(ENTRY_DAY), value(ENTRY_NS_OF_DAY)),
      exitTs: isoFrom(this.isRouted ? value(EXIT_DAY) : day, value(EXIT_NS_OF_DAY)),
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
      ...(this.isRouted ? { routed: routedPart(value) } : {}),
    };
  }

  private reserve(rows: number): void {
    if (rows * this.stride <= this.values.length) return;
    const larger = new Float64Array(Math.max(rows * this.stride, this.values.length * 2));
    larger.set(this.values);
    this.values = larger;
  }
}

function routedPart(value: (field: number) => number): RoutedTrade {
  return {
    qty: value(QTY),
    entryDecision: value(ENTRY_DECISION),
    exitDecision: value(EXIT_DECISION),
    funding: value(FUNDING),
    feesEntry: value(FEES_ENTRY),
    feesExit: value(FEES_EXIT),
  };
}

/** How a position ended: one reusable record of the engine. */
export interface TradeClose {
  /** The day that the trade belongs to. */
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
