import { isValidPrice } from '../model/price.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import type { TradeLog } from './trade-log.ts';

const NONE = -1;

/**
 * Finds, for every decision, the price that a careful reader would ask for: the asset's first valid price after the
 * decision bar on the same day (semantics §12, `nextBarFills`). A decision without one keeps its own price.
 *
 * At most one entry waits (one position at a time) and one exit per asset (an asset that waits has had no price, so
 * it cannot have been entered again). Allocates once.
 */
export class NextBarPrices implements Stateful {
  private readonly log: TradeLog;
  private entryRow = NONE;
  private entryAsset = NONE;
  private readonly exitRows: Int32Array;
  private exitsWaiting = 0;

  constructor(assets: number, log: TradeLog) {
    this.log = log;
    this.exitRows = new Int32Array(assets).fill(NONE);
  }

  /** Nothing waits over midnight. */
  beginDay(): void {
    this.entryRow = NONE;
    this.exitRows.fill(NONE);
    this.exitsWaiting = 0;
  }

  /** A position was opened on this bar; told after {@link onBar}. */
  onEntry(row: number, asset: number): void {
    this.entryRow = row;
    this.entryAsset = asset;
  }

  /** A position was closed, or with routed fills is to be closed, on this bar; told after {@link onBar}. */
  onExit(row: number, asset: number): void {
    if (this.exitRows[asset] === NONE) this.exitsWaiting++;
    this.exitRows[asset] = row;
    if (this.entryRow === row) this.entryRow = NONE;
  }

  /** Told of every accepted bar, before its decisions. */
  onBar(prices: Float64Array): void {
    if (this.entryRow !== NONE) this.resolveEntry(prices[this.entryAsset]!);
    if (this.exitsWaiting > 0) this.resolveExits(prices);
  }

  walkState(walk: StateWalk): void {
    this.entryRow = walk.integer('entryRow', this.entryRow);
    if (this.entryRow !== NONE) this.entryAsset = walk.integer('entryAsset', this.entryAsset);
    walk.integers('exitRows', this.exitRows, { base: 0, count: this.exitRows.length });
    if (walk.isReading) this.exitsWaiting = this.exitRows.reduce((sum, row) => sum + (row === NONE ? 0 : 1), 0);
  }

  private resolveEntry(price: number): void {
    if (!isValidPrice(price)) return;
    this.log.setEntryNextBar(this.entryRow, price);
    this.entryRow = NONE;
  }

  private resolveExits(prices: Float64Array): void {
    for (let a = 0; a < this.exitRows.length; a++) {
      const row = this.exitRows[a]!;
      if (row === NONE || !isValidPrice(prices[a]!)) continue;
      this.log.setExitNextBar(row, prices[a]!);
      this.exitRows[a] = NONE;
      this.exitsWaiting--;
    }
  }
}
