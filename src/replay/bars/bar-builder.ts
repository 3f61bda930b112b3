import { FRAME_BAR, FRAME_SCAN, type FrameKind, type FrameView } from '../../model/frame.ts';
import { type BarConfig, baseIntervalNs, requireBarConfig } from './bar-config.ts';
import { BarCounters } from './bar-counters.ts';
import { BarGrid } from './grid.ts';
import { type BarActivity, OpenBars } from './open-bars.ts';
import type { TradeEvent } from './trade-event.ts';
import { TradeIdMemory } from './trade-id-memory.ts';

/** Where frames go. The builder fills `frame` and calls `publish`, once per frame, in order of time. */
export interface BarSink {
  /** The frame to fill next, asked for anew each time: it may be the claimed slot of a ring. Payload >= assets. */
  readonly frame: FrameView;
  /** Takes the filled frame. `activity` is reused, as the frame may be. Must not call the builder. */
  publish(activity: BarActivity): void;
}

/**
 * Trades, or top-of-book mids, of a whole universe to bars and scans. Event time only: no clock is asked, so the same
 * events in the same order give the same frames. Allocates nothing per event once warm (per frame a few boxed numbers).
 *
 * **What a frame holds.** A frame stamped t holds per asset the price of the newest event by (time, id) that is stamped
 * up to t (`closed`; before t: `open`, see `BAR_EDGES`) and had come when the frame was emitted; NaN before the asset's
 * first. An interval without a trade carries the price, and its `trades` say 0.
 *
 * **When it is emitted.** As soon as an event, or {@link advance}, is more than `toleranceNs` past the interval's end:
 * until then events may come in any order. The grid begins with the interval of the earliest event (or advance) that
 * came before the first emission. Frames go forward in time; at an instant that is both, the bar comes before the scan.
 *
 * **Late.** An event whose interval has been emitted is counted and is in no frame's trades and volume, for a bar
 * speaks of its own interval only; its price counts from the next frame on when the asset has no newer one.
 *
 * **Gaps.** When time jumps by more than `silenceNs`, frames go on to the end of the scan in which time stood, and go
 * on from the beginning of the scan in which it stands now; whole scans between are skipped and counted. Prices carry
 * over gaps and midnight. The builder trusts stamps: one far in the future makes all that follows late, so a source
 * with a clock refuses such a stamp before.
 *
 * Numbers: `scanNumber` is the position on the day's grid of its kind, from 1 at 00:00. Signals of a scan are NaN.
 * `tsRecv` equals `tsEvent`; a live source writes its own in `publish`.
 */
export class BarBuilder {
  readonly counters: BarCounters;
  readonly #config: BarConfig;
  readonly #sink: BarSink;
  readonly #grid: BarGrid;
  readonly #open: OpenBars;
  readonly #ids: TradeIdMemory;
  readonly #barActivity: BarActivity;
  readonly #scanActivity: BarActivity;
  /** Intervals in a scan. */
  readonly #perScan: number;
  readonly #silenceTicks: number;
  readonly #toleranceTicks: number;
  readonly #toleranceOffsetNs: number;
  /** How far time has come: interval and position in it. */
  #nowTick = Number.NEGATIVE_INFINITY;
  #nowOffsetNs = Number.NEGATIVE_INFINITY;
  /** The oldest open interval. */
  #nextTick = Number.NEGATIVE_INFINITY;
  /** Where the grid begins. */
  #firstTick = Number.POSITIVE_INFINITY;

  /** @throws RangeError when the configuration is not possible. */
  constructor(config: BarConfig, sink: BarSink) {
    requireBarConfig(config);
    const { assets, edge, toleranceNs } = config;
    const base = baseIntervalNs(config);
    this.#config = config;
    this.#sink = sink;
    this.#grid = new BarGrid(base, edge);
    this.#perScan = (config.scanNs ?? base) / base;
    this.#silenceTicks = Math.floor(config.silenceNs / base);
    this.#toleranceTicks = Math.floor(toleranceNs / base);
    this.#toleranceOffsetNs = toleranceNs - this.#toleranceTicks * base;
    this.#open = new OpenBars(assets, this.#toleranceTicks + 2);
    this.#ids = new TradeIdMemory(assets, config.idMemory);
    this.#barActivity = createActivity(assets);
    this.#scanActivity = createActivity(assets);
    this.counters = new BarCounters(assets);
  }

  /**
   * Takes one event; emits the frames that it completes, before it is taken.
   * @throws RangeError when the asset is not in the universe.
   */
  add(event: TradeEvent): void {
    const { assetIndex, price, qty } = event;
    if (!(assetIndex >= 0 && assetIndex < this.#config.assets)) {
      throw new RangeError(`asset index must be 0 to ${this.#config.assets - 1}, was ${assetIndex}`);
    }
    const { counters } = this;
    if (!(price > 0 && price < Number.POSITIVE_INFINITY && qty >= 0 && qty < Number.POSITIVE_INFINITY)) {
      increment(counters.invalid, assetIndex);
      return;
    }
    const tick = this.#grid.tickOf(event.tsEventDay, event.tsEventNsOfDay);
    const offsetNs = this.#grid.offsetNsOf(event.tsEventNsOfDay);
    const isNewest = this.#open.isNewest(event, tick, offsetNs);
    if (!isNewest && this.#open.isBeyondMemory(event, this.#config.idMemory)) {
      increment(counters.forgotten, assetIndex);
      return;
    }
    if (this.#ids.hasOrAdd(event)) {
      increment(counters.duplicates, assetIndex);
      return;
    }
    if (isNewest) this.#open.noteNewest(event, tick, offsetNs);
    else increment(counters.outOfOrder, assetIndex);
    this.#moveTo(tick, offsetNs);
    if (tick < this.#nextTick) {
      increment(counters.late, assetIndex);
      this.#open.addLate(event, tick, offsetNs);
      return;
    }
    if (tick < this.#firstTick) this.#firstTick = tick;
    increment(counters.accepted, assetIndex);
    this.#open.add(event, tick, offsetNs);
  }

  /**
   * Says that time has come to this point without an event: emits what that completes. An earlier point than time has
   * come to already changes nothing. Events stamped exactly now may still come, so with `closed` a bar at t needs an
   * advance past t.
   */
  advance(day: number, nsOfDay: number): void {
    const tick = this.#grid.tickOf(day, nsOfDay);
    this.#moveTo(tick, this.#grid.offsetNsOf(nsOfDay));
    if (tick < this.#firstTick && tick >= this.#nextTick) this.#firstTick = tick;
  }

  /**
   * The source has ended: emits the intervals before the one in which time stands, without waiting out the tolerance.
   * The interval in which it stands is not complete and never shows.
   */
  drain(): void {
    this.#emitBefore(this.#nowTick);
  }

  #moveTo(tick: number, offsetNs: number): void {
    const nowTick = this.#nowTick;
    if (tick < nowTick || (tick === nowTick && offsetNs <= this.#nowOffsetNs)) return;
    const openFrom = tick - this.#toleranceTicks - (offsetNs < this.#toleranceOffsetNs ? 1 : 0);
    if (nowTick === Number.NEGATIVE_INFINITY) this.#nextTick = openFrom;
    else if (tick - nowTick > this.#silenceTicks) this.#skipSilence(openFrom);
    this.#nowTick = tick;
    this.#nowOffsetNs = offsetNs;
    if (this.#nextTick < openFrom) this.#emitBefore(openFrom);
  }

  /** Whole scans only, so that no trade goes missing from its scan and every scan is made of all its bars. */
  #skipSilence(openFrom: number): void {
    const perScan = this.#perScan;
    const resumeTick = Math.floor((openFrom - 1) / perScan) * perScan + 1;
    const endTick = Math.ceil(this.#nowTick / perScan) * perScan + 1;
    if (resumeTick <= endTick) return;
    this.#emitBefore(endTick);
    this.counters.gaps++;
    this.counters.skipped += resumeTick - this.#nextTick;
    this.#nextTick = resumeTick;
  }

  /** Emits the open intervals before `endTick`; those before the grid's beginning have nothing to say. */
  #emitBefore(endTick: number): void {
    while (this.#nextTick < endTick) {
      const tick = this.#nextTick;
      this.#nextTick = tick + 1;
      if (tick >= this.#firstTick) this.#emit(tick);
    }
  }

  #emit(tick: number): void {
    const { barNs, scanNs } = this.#config;
    const activity = this.#barActivity;
    this.#open.close(tick, activity, this.counters.carried);
    if (barNs !== null) {
      this.#publish(FRAME_BAR, tick, 1, activity);
      this.counters.bars++;
    }
    if (scanNs === null) return;
    addActivity(this.#scanActivity, activity);
    if (tick % this.#perScan !== 0) return;
    this.#publish(FRAME_SCAN, tick, this.#perScan, this.#scanActivity);
    this.counters.scans++;
    this.#scanActivity.trades.fill(0);
    this.#scanActivity.volumes.fill(0);
  }

  #publish(kind: FrameKind, tick: number, ticksPerFrame: number, activity: BarActivity): void {
    const { frame } = this.#sink;
    const day = this.#grid.dayOf(tick);
    const index = this.#grid.indexInDay(tick);
    const nsOfDay = index * this.#grid.intervalNs;
    frame.kind = kind;
    frame.flags = 0;
    frame.assetIndex = -1;
    frame.tsEventDay = day;
    frame.tsRecvDay = day;
    frame.tsEventNsOfDay = nsOfDay;
    frame.tsRecvNsOfDay = nsOfDay;
    frame.scanNumber = index / ticksPerFrame + 1;
    if (kind === FRAME_SCAN) frame.signals.fill(Number.NaN);
    const { prices } = this.#open;
    const { payload } = frame;
    for (let asset = 0; asset < prices.length; asset++) payload[asset] = prices[asset]!;
    this.#sink.publish(activity);
  }
}

function createActivity(assets: number): BarActivity {
  return { trades: new Float64Array(assets), volumes: new Float64Array(assets) };
}

function addActivity(sum: BarActivity, part: BarActivity): void {
  const { trades, volumes } = part;
  for (let asset = 0; asset < trades.length; asset++) {
    if (trades[asset] === 0) continue;
    sum.trades[asset] = sum.trades[asset]! + trades[asset]!;
    sum.volumes[asset] = sum.volumes[asset]! + volumes[asset]!;
  }
}

function increment(counts: Float64Array, index: number): void {
  counts[index] = counts[index]! + 1;
}
