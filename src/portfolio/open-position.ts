/** The one open position of the engine. Flat when `direction` is 0; the other fields then keep the last trade's. */
export class OpenPosition {
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

  /** Signed return at `price` since entry, as a fraction; positive is a gain. */
  change(price: number): number {
    return this.direction * (price / this.entryPrice - 1);
  }
}
