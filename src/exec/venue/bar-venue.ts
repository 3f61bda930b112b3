import { halfSpreadPx } from '../../model/instrument.ts';
import { BUY, ORDER_MARKET } from '../../model/order.ts';
import { isValidPrice } from '../../model/price.ts';
import type { StateWalk } from '../../model/state-walk.ts';
import type { Touch, VenueEventSink } from '../../model/venue.ts';
import { SimulatedVenue, type VenueOptions } from './simulated-venue.ts';
import type { VenueOrder } from './venue-order.ts';
import type { VenueTime } from './venue-time.ts';

/**
 * A venue made of bars: one price per asset and bar, no book, no volume. A resting limit fills whole, at its limit, when a
 * later bar trades *through* it; a price equal to the limit says nothing of the queue there, and does not fill. A market
 * order fills whole at the next bar that has a price, half a spread against it; that price is a model's and on no tick.
 * The touch that it shows is the last bar's price with half a spread on each side, moved outwards to ticks.
 */
export class BarVenue extends SimulatedVenue {
  /** Last valid price of each asset; NaN before the first. */
  private readonly prices: Float64Array;
  private readonly priceDays: Float64Array;
  private readonly priceNsOfDays: Float64Array;

  constructor(options: VenueOptions, sink: VenueEventSink) {
    super(options, sink);
    const assets = options.instruments.length;
    this.prices = new Float64Array(assets).fill(Number.NaN);
    this.priceDays = new Float64Array(assets);
    this.priceNsOfDays = new Float64Array(assets);
  }

  /**
   * A bar of every asset. Orders that arrived before its time meet it: resting limits first, then market orders, each in
   * the order of arrival.
   * @param prices - one per asset, quote currency; a price that is not valid is no price. May be longer. Not kept.
   */
  onBar(day: number, nsOfDay: number, prices: Float64Array): void {
    this.beforeData({ day, nsOfDay });
    this.counters.bars++;
    for (let asset = 0; asset < this.prices.length; asset++) {
      const px = prices[asset] as number;
      if (!isValidPrice(px)) continue;
      this.prices[asset] = px;
      this.priceDays[asset] = day;
      this.priceNsOfDays[asset] = nsOfDay;
      if (this.hasOpenOrders(asset)) this.match(asset, px);
    }
  }

  override walkState(walk: StateWalk): void {
    super.walkState(walk);
    const span = { base: 0, count: this.prices.length };
    walk.doubles('prices', this.prices, span);
    walk.doubles('priceDays', this.priceDays, span);
    walk.doubles('priceNsOfDays', this.priceNsOfDays, span);
  }

  override lastPx(assetIndex: number): number {
    return this.prices[assetIndex] as number;
  }

  protected override quoteInto(out: Touch, assetIndex: number): void {
    const px = this.prices[assetIndex] as number;
    const { instrument, ticks } = this.gridOf(assetIndex);
    const halfPx = halfSpreadPx(instrument, px);
    out.bidPx = ticks.toValue(ticks.floorSteps(px - halfPx));
    out.askPx = ticks.toValue(ticks.ceilSteps(px + halfPx));
  }

  protected override quotedAt(assetIndex: number): VenueTime {
    return { day: this.priceDays[assetIndex] as number, nsOfDay: this.priceNsOfDays[assetIndex] as number };
  }

  /** Everything waits for the next bar. */
  protected override onAccepted(): void {
    // Nothing: an order of this venue meets prices in match() only.
  }

  private match(assetIndex: number, px: number): void {
    const orders = this.life.openOrders(assetIndex);
    for (const order of orders) if (order.type !== ORDER_MARKET) this.matchLimit(order, px);
    for (const order of orders) if (order.type === ORDER_MARKET) this.matchMarket(order, px);
  }

  private matchLimit(order: VenueOrder, px: number): void {
    const { ticks } = this.gridOf(order.assetIndex);
    const isThrough =
      order.side === BUY ? ticks.floorSteps(px) < order.limitTicks : ticks.ceilSteps(px) > order.limitTicks;
    if (isThrough) this.fill(order, ticks.toValue(order.limitTicks), order.leavesLots, true);
  }

  private matchMarket(order: VenueOrder, px: number): void {
    const { instrument, ticks } = this.gridOf(order.assetIndex);
    const fillPx = px + order.side * halfSpreadPx(instrument, px);
    this.life.expireOwnWithin(order, (limitTicks) => (fillPx - ticks.toValue(limitTicks)) * order.side >= 0);
    this.fill(order, fillPx, order.leavesLots, false);
  }
}
