import {
  BOOK_VALUES,
  createFrame,
  FLAG_LAST_OF_DAY,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameView,
  SIGNAL_VEL_DIV,
} from '../model/frame.ts';
import type { RunParams } from './run-params.ts';

const DAYS = 2;
const BARS_PER_DAY = 1500;
/** Walk of a price per bar, wide enough that every gate opens now and then. */
const STEP_FRAC = 2e-3;
/** A price is missing in one bar of this many, so that this branch, too, has run before it matters. */
const HOLE_EVERY = 700;
const BOOK_EVERY = 4;
const SIGNAL_EVERY = 3;

/**
 * Made-up frames for stepping an engine that nobody listens to, so that its code is compiled before the first real frame
 * comes: without it the first few hundred steps take 20 to 50 µs each. Seeded.
 *
 * @param params - of the real run. @param take - told of each frame, in order; the frame is reused.
 */
export function eachMadeUpFrame(params: RunParams, take: (frame: FrameView) => void): void {
  const market = new MadeUpMarket(params);
  for (let day = 0; day < DAYS; day++) {
    for (let bar = 0; bar < BARS_PER_DAY; bar++) {
      if (bar % BOOK_EVERY === 0) take(market.book(day, bar));
      take(market.scan(day, bar));
      if (params.config.resolution !== '5s') take(market.barAfterScan(day, bar));
    }
  }
}

/**
 * The same strategy in a hurry: it trades every few bars, so that entries and exits are compiled as well. At
 * `resolution: 0.1s` its counts are those of 5 s bars, or the whole warm-up would pass before the first entry.
 */
export function eager(params: RunParams): RunParams {
  const { config } = params;
  const bars = (key: 'warmup_bars' | 'lookback' | 'vol_window' | 'dc_lookback_bars') =>
    Math.max(2, Math.floor(config[key] / params.stepsPerBar));
  const counts = {
    warmup_bars: bars('warmup_bars'),
    lookback: bars('lookback'),
    vol_window: bars('vol_window'),
    dc_lookback_bars: bars('dc_lookback_bars'),
  };
  const hurry = { max_hold_bars: 1, min_irp_alignment: 0, daily_loss_limit_pct: 1 };
  return { ...params, config: { ...config, ...(params.stepsPerBar === 1 ? {} : counts), ...hurry } };
}

class MadeUpMarket {
  private readonly params: RunParams;
  private readonly prices: Float64Array;
  private readonly frame: FrameView;
  private seed = 1;

  constructor(params: RunParams) {
    const assets = params.universe.length;
    this.params = params;
    this.prices = new Float64Array(assets).fill(100);
    this.frame = createFrame(assets);
  }

  scan(day: number, bar: number): FrameView {
    const { frame, prices } = this;
    this.stamp(FRAME_SCAN, day, bar);
    frame.assetIndex = -1;
    frame.scanNumber = bar + 1;
    frame.signals[SIGNAL_VEL_DIV] = bar % SIGNAL_EVERY === 0 ? -0.06 * this.uniform() : 0.06 * this.uniform();
    for (let a = 0; a < prices.length; a++) {
      prices[a] = prices[a]! * (1 + STEP_FRAC * (this.uniform() - 0.5));
      frame.payload[a] = prices[a]!;
    }
    if (bar % HOLE_EVERY === HOLE_EVERY - 1) frame.payload[bar % prices.length] = Number.NaN;
    return frame;
  }

  /** The 0.1 s bar behind a scan: its prices again, later than it by half a step. */
  barAfterScan(day: number, bar: number): FrameView {
    this.stamp(FRAME_BAR, day, bar + 0.5);
    return this.frame;
  }

  book(day: number, bar: number): FrameView {
    const { frame } = this;
    this.stamp(FRAME_BOOK, day, bar);
    frame.assetIndex = bar % this.prices.length;
    for (let i = 0; i < BOOK_VALUES; i++) frame.payload[i] = 1e4 * (1 + this.uniform());
    return frame;
  }

  private stamp(kind: number, day: number, bar: number): void {
    const { frame, params } = this;
    frame.kind = kind;
    // What a day's last frame does must be compiled as well, or the first such frame throws away what is.
    frame.flags = kind !== FRAME_BOOK && bar >= BARS_PER_DAY - 1 ? FLAG_LAST_OF_DAY : 0;
    frame.tsEventDay = day;
    frame.tsEventNsOfDay = bar * params.barIntervalNs;
  }

  /** Numerical Recipes' quick generator; [0, 1). */
  private uniform(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  }
}
