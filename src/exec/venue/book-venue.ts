import { BUY, ORDER_MARKET, SELL } from '../../model/order.ts';
import type { StateWalk } from '../../model/state-walk.ts';
import { EXPIRED_MARKET_REST, type Touch, type VenueEventSink } from '../../model/venue.ts';
import { BookSide } from './book-side.ts';
import type { BookLevels, BookUpdate, Print, TopOfBook } from './market-data.ts';
import { SimulatedVenue, type VenueOptions } from './simulated-venue.ts';
import type { VenueOrder } from './venue-order.ts';
import { createVenueTime, type VenueTime, walkTime } from './venue-time.ts';

/** Displayed book of one asset, ticks and lots. */
interface Book {
  readonly bids: BookSide;
  readonly asks: BookSide;
  readonly quotedAt: VenueTime;
}

/**
 * A venue made of recorded books and trades. A resting order queues behind what is displayed at its price when it arrives;
 * prints at its price use that up and then fill it, prints through its price fill it at once, as far as their size goes; so
 * does the other side's touch, whole, when it has passed the limit. Market orders walk the displayed book, which stays
 * used up until the data says something new of a level.
 *
 * Data must come in the venue's order, a print before the book in which it is accounted for: else the same size is taken
 * from the queue twice.
 */
export class BookVenue extends SimulatedVenue {
  private readonly books: readonly Book[];
  /** Price of the last trade of each asset; NaN before the first. */
  private readonly printPx: Float64Array;

  constructor(options: VenueOptions, sink: VenueEventSink) {
    super(options, sink);
    this.printPx = new Float64Array(options.instruments.length).fill(Number.NaN);
    this.books = options.instruments.map(() => ({
      bids: new BookSide('bid'),
      asks: new BookSide('ask'),
      quotedAt: createVenueTime(),
    }));
  }

  /** A snapshot replaces the book, changes are absolute sizes of levels. Sizes below a lot are no level. */
  onBook(update: BookUpdate): void {
    this.beforeQuote(update);
    const { bids, asks } = this.bookOf(update.assetIndex);
    if (update.isSnapshot) {
      bids.clear();
      asks.clear();
    }
    this.setLevels(update.assetIndex, bids, update.bids);
    this.setLevels(update.assetIndex, asks, update.asks);
    this.afterQuote(update.assetIndex);
  }

  /** The best levels: what was displayed before them is gone. A side without a price is left as it is. */
  onTop(top: TopOfBook): void {
    this.beforeQuote(top);
    const { bids, asks } = this.bookOf(top.assetIndex);
    this.setTop(top.assetIndex, bids, top.bidPx, top.bidQty);
    this.setTop(top.assetIndex, asks, top.askPx, top.askQty);
    this.afterQuote(top.assetIndex);
  }

  /** A trade of other people: it uses up the queue, and fills what stood in its way. */
  onPrint(print: Print): void {
    this.beforeData({ day: print.tsEventDay, nsOfDay: print.tsEventNsOfDay });
    this.counters.prints++;
    this.printPx[print.assetIndex] = print.px;
    if (!this.hasOpenOrders(print.assetIndex)) return;
    this.matchPrint(print, BUY);
    this.matchPrint(print, SELL);
  }

  override walkState(walk: StateWalk): void {
    super.walkState(walk);
    walk.doubles('printPx', this.printPx, { base: 0, count: this.printPx.length });
    for (const { bids, asks, quotedAt } of this.books) {
      walk.part('bids', bids);
      walk.part('asks', asks);
      walkTime(walk, 'quotedAt', quotedAt);
    }
  }

  override lastPx(assetIndex: number): number {
    return this.printPx[assetIndex] as number;
  }

  protected override quoteInto(out: Touch, assetIndex: number): void {
    const { bids, asks } = this.bookOf(assetIndex);
    const { ticks } = this.gridOf(assetIndex);
    out.bidPx = ticks.toValue(bids.bestTicks);
    out.askPx = ticks.toValue(asks.bestTicks);
  }

  protected override quotedAt(assetIndex: number): VenueTime {
    return this.bookOf(assetIndex).quotedAt;
  }

  protected override onAccepted(order: VenueOrder): void {
    if (order.type === ORDER_MARKET) this.sweep(order);
    else order.aheadLots = knownOr(this.displayedAt(order), Number.POSITIVE_INFINITY);
  }

  private sweep(order: VenueOrder): void {
    const { bids, asks } = this.bookOf(order.assetIndex);
    const { ticks } = this.gridOf(order.assetIndex);
    const side = order.side === BUY ? asks : bids;
    const worstTicks = order.side * Number.POSITIVE_INFINITY;
    side.take(this.life.fillableLots(order), worstTicks, (levelTicks, lots) => {
      this.life.expireOwnWithin(order, (limitTicks) => (levelTicks - limitTicks) * order.side > 0);
      this.fill(order, ticks.toValue(levelTicks), lots, false);
    });
    if (!order.isOpen) return;
    this.life.expireOwnWithin(order, () => true);
    this.life.expire(order, EXPIRED_MARKET_REST);
  }

  private matchPrint(print: Print, side: number): void {
    const { ticks, lots } = this.gridOf(print.assetIndex);
    const printTicks = ticks.toSteps(print.px);
    let leftLots = lots.floorSteps(print.qty);
    for (const order of this.byPriority(print.assetIndex, side)) {
      const through = (order.limitTicks - printTicks) * side;
      if (through < 0 || (through === 0 && print.aggressor !== -side)) break;
      if (through > 0) order.aheadLots = 0;
      const reachLots = leftLots - order.aheadLots;
      order.aheadLots = Math.max(0, order.aheadLots - leftLots);
      if (reachLots > 0) leftLots -= this.fill(order, ticks.toValue(order.limitTicks), reachLots, true);
    }
  }

  private beforeQuote({ tsEventDay, tsEventNsOfDay, assetIndex }: BookUpdate | TopOfBook): void {
    this.beforeData({ day: tsEventDay, nsOfDay: tsEventNsOfDay });
    this.counters.bookUpdates++;
    const { quotedAt } = this.bookOf(assetIndex);
    quotedAt.day = tsEventDay;
    quotedAt.nsOfDay = tsEventNsOfDay;
  }

  /** Who left the queue can only have stood before us where less is displayed than stood there; and passed limits fill. */
  private afterQuote(assetIndex: number): void {
    if (!this.hasOpenOrders(assetIndex)) return;
    const { bids, asks } = this.bookOf(assetIndex);
    for (const side of [BUY, SELL]) {
      const farTicks = side === BUY ? asks.bestTicks : bids.bestTicks;
      for (const order of this.byPriority(assetIndex, side)) {
        order.aheadLots = Math.min(order.aheadLots, knownOr(this.displayedAt(order), order.aheadLots));
        const isPassed = (order.limitTicks - farTicks) * side > 0;
        if (!isPassed) continue;
        order.aheadLots = 0;
        this.fill(order, this.gridOf(assetIndex).ticks.toValue(order.limitTicks), order.leavesLots, true);
      }
    }
  }

  /** Resting orders of one side, best price first, then by arrival: a copy. */
  private byPriority(assetIndex: number, side: number): VenueOrder[] {
    return this.life
      .openOrders(assetIndex)
      .filter((order) => order.type !== ORDER_MARKET && order.side === side)
      .sort((a, b) => (b.limitTicks - a.limitTicks) * side);
  }

  private displayedAt(order: VenueOrder): number {
    const { bids, asks } = this.bookOf(order.assetIndex);
    return (order.side === BUY ? bids : asks).qtyAt(order.limitTicks);
  }

  private setLevels(assetIndex: number, side: BookSide, levels: BookLevels): void {
    const { ticks, lots } = this.gridOf(assetIndex);
    for (let i = 0; i < levels.count; i++) {
      side.set(ticks.toSteps(levels.px[i] as number), lots.floorSteps(levels.qty[i] as number));
    }
  }

  private setTop(assetIndex: number, side: BookSide, px: number, qty: number): void {
    if (!(px > 0)) return;
    const { ticks, lots } = this.gridOf(assetIndex);
    side.dropBetterThan(ticks.toSteps(px));
    side.set(ticks.toSteps(px), lots.floorSteps(qty));
  }

  private bookOf(assetIndex: number): Book {
    return this.books[assetIndex] as Book;
  }
}

function knownOr(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}
