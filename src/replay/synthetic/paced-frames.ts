import { FRAME_SCAN, type FrameView, SIGNAL_VEL_DIV } from '../../model/frame.ts';

/** Rows of prices that are walked up and down, so that the last is followed by its neighbour. */
const ROWS = 64;
const STEP_FRAC = 4e-4;
const FIRST_PX = 100;
/** Beyond every threshold: each scan asks for an entry. */
const VEL_DIV = -0.06;

/**
 * Made-up scans that each ask for an entry, for measuring: prices computed beforehand, so that filling a frame costs what
 * it costs a real source, one copy. Seeded: the same scans for the same number of assets. They resemble no market.
 */
export class PacedFrames {
  private readonly day: number;
  private readonly assets: number;
  private readonly intervalNs: number;
  private readonly prices: Float64Array;
  private until: number;
  private next = 0;

  /**
   * @param day - UTC day number of all scans.
   * @param intervalNs - from scan to scan in event time.
   */
  constructor(day: number, assets: number, intervalNs: number) {
    this.day = day;
    this.assets = assets;
    this.intervalNs = intervalNs;
    this.prices = walkPrices(assets);
    this.until = 0;
  }

  /** Offers this many more scans. */
  extend(count: number): void {
    this.until += count;
  }

  get hasNext(): boolean {
    return this.next < this.until;
  }

  /** Venue time of the next scan, ns of the day. */
  get nextNsOfDay(): number {
    return this.next * this.intervalNs;
  }

  /** Fills `frame` with the next scan. Only while {@link hasNext}. */
  fill(frame: FrameView): void {
    const nsOfDay = this.nextNsOfDay;
    frame.kind = FRAME_SCAN;
    frame.flags = 0;
    frame.assetIndex = -1;
    frame.scanNumber = this.next + 1;
    frame.tsEventDay = this.day;
    frame.tsEventNsOfDay = nsOfDay;
    frame.tsRecvDay = this.day;
    frame.tsRecvNsOfDay = nsOfDay;
    frame.tsTakeDay = this.day;
    frame.tsTakeNsOfDay = nsOfDay;
    frame.signals.fill(0);
    frame.signals[SIGNAL_VEL_DIV] = VEL_DIV;
    const { prices, assets } = this;
    const row = rowOf(this.next) * assets;
    const { payload } = frame;
    for (let a = 0; a < assets; a++) payload[a] = prices[row + a] as number;
    this.next++;
  }
}

/** 0, 1, … 63, 62, … 1, 0, 1, … */
function rowOf(scan: number): number {
  const phase = scan % (2 * (ROWS - 1));
  return phase < ROWS ? phase : 2 * (ROWS - 1) - phase;
}

function walkPrices(assets: number): Float64Array {
  const prices = new Float64Array(ROWS * assets).fill(FIRST_PX, 0, assets);
  let seed = 1;
  for (let i = assets; i < prices.length; i++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' quick generator
    prices[i] = (prices[i - assets] as number) * (1 + STEP_FRAC * (seed / 2 ** 32 - 0.5));
  }
  return prices;
}
