import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';

/** The one position of the engine as others look at it. After a close it may still show the last trade. */
export interface PositionView {
  /** False when a position may be opened: nothing is held, and no order works. */
  readonly isOpen: boolean;
  /** -1 SHORT, +1 LONG. */
  readonly direction: number;
  readonly assetIndex: number;
  /** Quote currency. Routed: average of the fills, NaN before the first. */
  readonly entryPrice: number;
  /** USDT at entry; routed: what was entered so far. */
  readonly notional: number;
  /** Base units; routed: held now. */
  readonly qty: number;
  readonly leverage: number;
  /** Strength of the signal: 0 extreme to 3 weak. */
  readonly bucket: number;
  /** Lifetime index. */
  readonly entryBar: number;
  readonly barsHeld: number;
}

/** The one open position of the engine. Flat when `direction` is 0; the other fields then keep the last trade's. */
export class OpenPosition implements Stateful, PositionView {
  direction = 0;
  assetIndex = -1;
  /** Quote currency. */
  entryPrice = Number.NaN;
  /** Last valid price of its asset; survives a day change, unlike the histories. */
  lastPrice = Number.NaN;
  /** Lifetime bar of that price. */
  lastPriceBar = 0;
  /** USDT at entry. */
  notional = Number.NaN;
  /** Base units. */
  qty = Number.NaN;
  leverage = Number.NaN;
  /** Fee of the entry as a fraction, as drawn and as expected. */
  entryFee = Number.NaN;
  entryFeeExpected = Number.NaN;
  bucket = 0;
  entryBar = 0;
  entryDay = 0;
  entryNsOfDay = Number.NaN;
  /** Steps since entry. */
  barsHeld = 0;
  /** Its late exit was already counted. */
  isLateCounted = false;
  /** Row of its trade in the log. */
  tradeIndex = -1;

  get isOpen(): boolean {
    return this.direction !== 0;
  }

  /** Nothing but that it is flat, when it is: what the last trade left is in the log. */
  walkState(walk: StateWalk): void {
    this.direction = walk.integer('direction', this.direction);
    if (!this.isOpen) return;
    this.assetIndex = walk.count('assetIndex', this.assetIndex, MAX_COUNT);
    this.entryPrice = walk.number('entryPrice', this.entryPrice);
    this.lastPrice = walk.number('lastPrice', this.lastPrice);
    this.lastPriceBar = walk.count('lastPriceBar', this.lastPriceBar, MAX_COUNT);
    this.notional = walk.number('notional', this.notional);
    this.qty = walk.number('qty', this.qty);
    this.leverage = walk.number('leverage', this.leverage);
    this.entryFee = walk.number('entryFee', this.entryFee);
    this.entryFeeExpected = walk.number('entryFeeExpected', this.entryFeeExpected);
    this.bucket = walk.integer('bucket', this.bucket);
    this.entryBar = walk.count('entryBar', this.entryBar, MAX_COUNT);
    this.entryDay = walk.integer('entryDay', this.entryDay);
    this.entryNsOfDay = walk.number('entryNsOfDay', this.entryNsOfDay);
    this.barsHeld = walk.count('barsHeld', this.barsHeld, MAX_COUNT);
    this.isLateCounted = walk.flag('isLateCounted', this.isLateCounted);
    this.tradeIndex = walk.count('tradeIndex', this.tradeIndex, MAX_COUNT);
  }

  /** Signed return at `price` since entry, as a fraction; positive is a gain. */
  change(price: number): number {
    return this.direction * (price / this.entryPrice - 1);
  }
}
