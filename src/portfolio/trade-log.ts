import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import type { TradeDetail } from '../model/trade.ts';
import {
  ENTRY_NEXT_BAR,
  EXIT_BAR,
  EXIT_NEXT_BAR,
  type LoggedPosition,
  type LoggedRouting,
  readTrade,
  type TradeClose,
  tradeRowFields,
  writeClose,
  writeRouting,
} from './trade-row.ts';

const INITIAL_ROWS = 4096;

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
    this.stride = tradeRowFields(isRouted);
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
    writeClose(this.values, position.tradeIndex * this.stride, position, close);
    this.closed++;
  }

  /** Adds to a row what a routed trade has beside. */
  setRouted(row: number, trade: LoggedRouting): void {
    writeRouting(this.values, row * this.stride, trade);
  }

  /** Closed trades as records, from a row on; allocates, for reports only. */
  records(universe: readonly string[], from = 0): TradeDetail[] {
    return Array.from({ length: this.closed - from }, (_, i) =>
      readTrade(this.values, (from + i) * this.stride, this.isRouted, universe),
    );
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

  private reserve(rows: number): void {
    if (rows * this.stride <= this.values.length) return;
    const larger = new Float64Array(Math.max(rows * this.stride, this.values.length * 2));
    larger.set(this.values);
    this.values = larger;
  }
}
