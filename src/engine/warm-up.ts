import { BOOK_VALUES, createFrame, FRAME_BOOK, FRAME_SCAN, type FrameView, SIGNAL_VEL_DIV } from '../model/frame.ts';
import { DISCARD_INTENTS } from '../model/intent.ts';
import { DolphinActor, NO_CELLS, PostureTable } from './actor.ts';
import { AlphaEngine } from './engine.ts';
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
 * Steps an engine of its own over made-up frames, so that the code of the step is compiled before the first real frame
 * comes: without it the first few hundred steps take 20 to 50 µs each. Seeded, and nothing of it is left behind but
 * machine code. Takes some 20 ms, in which the market-data worker decodes the first file.
 */
export function warmUp(params: RunParams): void {
  const engine = new AlphaEngine(eager(params), DISCARD_INTENTS);
  const ports = {
    posture: new PostureTable([]),
    cells: NO_CELLS,
    onDayEnd: () => undefined,
    onInterrupted: () => undefined,
  };
  const actor = new DolphinActor(engine, ports, 'replay');
  const market = new MadeUpMarket(params);
  for (let day = 0; day < DAYS; day++) {
    for (let bar = 0; bar < BARS_PER_DAY; bar++) {
      if (bar % BOOK_EVERY === 0) actor.onFrame(market.book(day, bar), day, 0);
      actor.onFrame(market.scan(day, bar), day, 0);
    }
  }
}

/** The same strategy in a hurry: it trades every few bars, so that entries and exits are compiled as well. */
function eager(params: RunParams): RunParams {
  return { ...params, config: { ...params.config, max_hold_bars: 1, min_irp_alignment: 0, daily_loss_limit_pct: 1 } };
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
    frame.tsEventDay = day;
    frame.tsEventNsOfDay = bar * params.barIntervalNs;
  }

  /** Numerical Recipes' quick generator; [0, 1). */
  private uniform(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  }
}
