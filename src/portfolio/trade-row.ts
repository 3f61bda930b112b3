import type { Direction } from '../model/direction.ts';
import { exitReasonName } from '../model/exit-reason.ts';
import { dateFromDay, isoFrom } from '../model/time.ts';
import type { RoutedTrade, TradeDetail } from '../model/trade.ts';

// A row: one double per field. Those that are set before the close are named outside.
const CLOSE_DAY = 0;
const ENTRY_DAY = 1;
const ENTRY_NS_OF_DAY = 2;
const EXIT_NS_OF_DAY = 3;
const ENTRY_BAR = 4;
export const EXIT_BAR = 5;
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
export const ENTRY_NEXT_BAR = 18;
export const EXIT_NEXT_BAR = 19;
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

/** Doubles of a row. @param isRouted - it has the fields of a {@link RoutedTrade} as well. */
export function tradeRowFields(isRouted: boolean): number {
  return isRouted ? ROUTED_FIELDS : FIELDS;
}

/** What a row takes from the position that it is about. */
export interface LoggedPosition {
  /** Row of the log, as the log answered when it was opened. */
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

/** Writes a close into the row at `at`. A next-bar price that was not set is the trade's own. */
export function writeClose(values: Float64Array, at: number, position: LoggedPosition, close: TradeClose): void {
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
}

/** Writes into the row at `at` what a routed trade has beside. */
export function writeRouting(values: Float64Array, at: number, trade: LoggedRouting): void {
  values[at + EXIT_DAY] = trade.exitDay;
  values[at + QTY] = trade.qtyEntered;
  values[at + ENTRY_DECISION] = trade.decisionPrice;
  values[at + EXIT_DECISION] = trade.exitDecision;
  values[at + FUNDING] = trade.funding;
  values[at + FEES_ENTRY] = trade.feesEntry;
  values[at + FEES_EXIT] = trade.feesExit;
}

/** The closed trade of the row at `at`. Allocates, for reports only. */
export function readTrade(
  values: Float64Array,
  at: number,
  isRouted: boolean,
  universe: readonly string[],
): TradeDetail {
  const value = (field: number) => values[at + field]!;
  const day = value(CLOSE_DAY);
  return {
    date: dateFromDay(day),
    entryTs: isoFrom(value(ENTRY_DAY), value(ENTRY_NS_OF_DAY)),
    exitTs: isoFrom(isRouted ? value(EXIT_DAY) : day, value(EXIT_NS_OF_DAY)),
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
    ...(isRouted ? { routed: routedPart(value) } : {}),
  };
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
