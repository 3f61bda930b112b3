import type { Instrument } from '../../src/model/instrument.ts';
import { BUY, SELL } from '../../src/model/order.ts';
import {
  FUNDING_MARK_PX,
  FUNDING_RATE,
  FUNDING_VALUES,
  QUOTE_ASK_PX,
  QUOTE_ASK_QTY,
  QUOTE_BID_PX,
  QUOTE_BID_QTY,
  QUOTE_VALUES,
  TICK_DEPTH,
  TICK_FUNDING,
  TICK_QUOTE,
  TICK_TRADE,
  type Tick,
  TRADE_AGGRESSOR,
  TRADE_PX,
  TRADE_QTY,
  TRADE_VALUES,
} from '../../src/model/tick.ts';
import { NS_PER_DAY, nsBetween } from '../../src/model/time.ts';
import type { Draw } from './draw.ts';
import type { Scenario } from './scenario.ts';

/** Levels of each side of a drawn book. */
const LEVELS = 3;
const TICKS_PER_ASSET = 2;
/** Sizes are about what the engine trades, so that some orders are filled in part. */
const SIZE_OF_CAPITAL = { least: 0.002, most: 3 } as const;
/** Ticks come within so long before a frame: quotes are not to be too old by then. */
const WINDOW_NS = 30e9;
const MOST_FUNDING_RATE = 0.002;

/**
 * What a venue tells between two scans: books and trades around the market's prices where it is made of books, and funding.
 * Drawn as it goes, in the order of its times; allocates nothing.
 */
export class RandomBooks {
  private readonly draw: Draw;
  private readonly instruments: readonly Instrument[];
  private readonly hasBooks: boolean;
  private readonly fundingRate: number;
  private readonly capital: number;
  private readonly fromPx: Float64Array;
  private readonly toPx: Float64Array;
  private fromDay = -1;
  private fromNsOfDay = 0;
  private sinceNs = 0;
  private windowNs = 0;
  private tickAt = 0;
  private tickCount = 0;
  private fundingAsset = -1;

  constructor({ marketDraw, instruments, venue, market, config, startPx }: Scenario) {
    this.draw = marketDraw;
    this.instruments = instruments;
    this.hasBooks = venue === 'book';
    this.fundingRate = market.fundingRate;
    this.capital = config.initial_capital;
    this.fromPx = Float64Array.from(startPx);
    this.toPx = Float64Array.from(startPx);
  }

  /** A frame of this time is next, and these are the prices by then: what {@link next} gives leads there. */
  leadTo(day: number, nsOfDay: number, prices: Float64Array): void {
    if (this.fromDay < 0) {
      this.fromDay = day;
      this.fromNsOfDay = nsOfDay;
    }
    const sinceNs = nsBetween(this.fromDay, this.fromNsOfDay, day, nsOfDay);
    this.tickAt = 0;
    this.tickCount = 0;
    if (sinceNs <= 0) return; // a frame that was there before, or an old one
    this.sinceNs = sinceNs;
    this.windowNs = Math.min(sinceNs, WINDOW_NS);
    this.fromPx.set(this.toPx);
    this.toPx.set(prices);
    this.tickCount = this.hasBooks ? TICKS_PER_ASSET * this.instruments.length : 0;
    this.fundingAsset = this.draw.chance(this.fundingRate) ? this.draw.whole(0, this.instruments.length - 1) : -1;
    if (this.fundingAsset >= 0) this.tickCount++;
  }

  /** The frame of {@link leadTo} is over: the next ones lead on from it. */
  arrive(day: number, nsOfDay: number): void {
    if (nsBetween(this.fromDay, this.fromNsOfDay, day, nsOfDay) <= 0) return;
    this.fromDay = day;
    this.fromNsOfDay = nsOfDay;
  }

  /** Fills the next tick before the frame; false when there is none. */
  next(tick: Tick): boolean {
    if (this.tickAt === this.tickCount) return false;
    this.tickAt++;
    const share = this.tickAt / this.tickCount;
    this.stamp(tick, this.sinceNs - Math.ceil(this.windowNs * (1 - share)));
    if (this.fundingAsset >= 0 && this.tickAt === this.tickCount) this.fillFunding(tick);
    else this.fillData(tick, share);
    return true;
  }

  private stamp(tick: Tick, afterNs: number): void {
    const ns = this.fromNsOfDay + afterNs;
    const days = Math.floor(ns / NS_PER_DAY);
    tick.tsEventDay = tick.tsRecvDay = this.fromDay + days;
    tick.tsEventNsOfDay = tick.tsRecvNsOfDay = ns - days * NS_PER_DAY;
  }

  private fillFunding(tick: Tick): void {
    const { draw, fundingAsset } = this;
    tick.kind = TICK_FUNDING;
    tick.assetIndex = fundingAsset;
    tick.valueCount = FUNDING_VALUES;
    tick.values[FUNDING_RATE] = draw.between(-MOST_FUNDING_RATE, MOST_FUNDING_RATE);
    tick.values[FUNDING_MARK_PX] = this.toPx[fundingAsset] as number;
  }

  private fillData(tick: Tick, share: number): void {
    const { draw, instruments } = this;
    const asset = (this.tickAt - 1) % instruments.length;
    const { tickPx } = instruments[asset] as Instrument;
    const px = (this.fromPx[asset] as number) * (1 - share) + (this.toPx[asset] as number) * share;
    const midTicks = Math.max(LEVELS + 4, Math.round(px / tickPx));
    tick.assetIndex = asset;
    const isQuote = this.tickAt <= instruments.length;
    const kind = draw.pick(isQuote ? [TICK_DEPTH, TICK_DEPTH, TICK_QUOTE] : [TICK_QUOTE, TICK_TRADE, TICK_TRADE]);
    if (kind === TICK_DEPTH) this.fillDepth(tick, asset, midTicks);
    else if (kind === TICK_QUOTE) this.fillQuote(tick, asset, midTicks);
    else this.fillTrade(tick, asset, midTicks);
  }

  private fillDepth(tick: Tick, asset: number, midTicks: number): void {
    const half = this.draw.whole(1, 3);
    tick.kind = TICK_DEPTH;
    tick.valueCount = 4 * LEVELS;
    for (let level = 0; level < LEVELS; level++) {
      tick.values[level] = this.px(asset, midTicks - half - level);
      tick.values[LEVELS + level] = this.drawQty(asset);
      tick.values[2 * LEVELS + level] = this.px(asset, midTicks + half + level);
      tick.values[3 * LEVELS + level] = this.drawQty(asset);
    }
  }

  private fillQuote(tick: Tick, asset: number, midTicks: number): void {
    const half = this.draw.whole(1, 3);
    tick.kind = TICK_QUOTE;
    tick.valueCount = QUOTE_VALUES;
    tick.values[QUOTE_BID_PX] = this.px(asset, midTicks - half);
    tick.values[QUOTE_BID_QTY] = this.drawQty(asset);
    tick.values[QUOTE_ASK_PX] = this.px(asset, midTicks + half);
    tick.values[QUOTE_ASK_QTY] = this.drawQty(asset);
  }

  private fillTrade(tick: Tick, asset: number, midTicks: number): void {
    const { draw } = this;
    const aggressor = draw.pick([BUY, SELL]);
    tick.kind = TICK_TRADE;
    tick.valueCount = TRADE_VALUES;
    tick.values[TRADE_PX] = this.px(asset, midTicks + aggressor * draw.whole(0, 3));
    tick.values[TRADE_QTY] = this.drawQty(asset);
    tick.values[TRADE_AGGRESSOR] = aggressor;
  }

  private px(asset: number, ticks: number): number {
    return ticks / Math.round(1 / (this.instruments[asset] as Instrument).tickPx);
  }

  /** At least a lot. */
  private drawQty(asset: number): number {
    const { lotQty } = this.instruments[asset] as Instrument;
    const notional = this.capital * this.draw.logBetween(SIZE_OF_CAPITAL.least, SIZE_OF_CAPITAL.most);
    const qty = notional / (this.toPx[asset] as number);
    return lotQty === 0 ? qty : Math.max(1, Math.round(qty / lotQty)) * lotQty;
  }
}
