import { SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../src/model/frame.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';

const WINDOW = 50;
const MAX_HOLD_BARS = 120;
const FNV_PRIME = 16_777_619;

export interface SimpleLoopOutcome {
  readonly steps: number;
  readonly trades: number;
  readonly capital: number;
  readonly checksum: number;
}

/** Twin of simple-loop.c, operation by operation: same trades, same capital, same checksum. Allocates at its start. */
export function runSimpleLoop(day: DayBlock): SimpleLoopOutcome {
  const { assets: n, rows, prices, signals } = day;
  const last = prices.slice(0, n);
  const ring = new Float64Array(WINDOW * n);
  const sum = new Float64Array(n);
  const squares = new Float64Array(n);
  let [trades, checksum, capital] = [0, 2_166_136_261 | 0, 25_000];
  let [held, asset, slot, entry, notional] = [-1, 0, 0, 0, 0];
  for (let bar = 1; bar < rows; bar++) {
    const at = bar * n;
    const row = slot * n;
    slot = slot + 1 === WINDOW ? 0 : slot + 1;
    const best = takeBar(prices, at, n, last, ring, row, sum, squares);
    const velDiv = signals[bar * SIGNAL_VALUES + SIGNAL_VEL_DIV]!;
    if (held >= 0) {
      const change = -(prices[at + asset]! / entry - 1);
      if (++held < MAX_HOLD_BARS && change < 0.0095) continue;
      capital += change * notional;
      trades++;
      checksum = Math.imul(checksum ^ bar, FNV_PRIME);
      held = -1;
    } else if (bar > WINDOW && velDiv <= -0.02) {
      const s = Math.min((-0.02 - velDiv) / 0.03, 1);
      notional = capital * 0.2 * (0.5 + 4.5 * s * s * s);
      asset = best;
      entry = prices[at + asset]!;
      held = 0;
      checksum = Math.imul(checksum ^ asset, FNV_PRIME);
    }
  }
  return { steps: rows - 1, trades, capital, checksum: checksum >>> 0 };
}

/** Takes one bar into the windows; returns the column with the largest drop in deviations. */
function takeBar(
  prices: Float64Array,
  at: number,
  n: number,
  last: Float64Array,
  ring: Float64Array,
  row: number,
  sum: Float64Array,
  squares: Float64Array,
): number {
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let a = 0; a < n; a++) {
    const price = prices[at + a]!;
    const r = price / last[a]! - 1;
    const old = ring[row + a]!;
    last[a] = price;
    ring[row + a] = r;
    const s = sum[a]! + (r - old);
    const q = squares[a]! + (r * r - old * old);
    sum[a] = s;
    squares[a] = q;
    const mean = s / WINDOW;
    const score = -r / Math.sqrt(q / WINDOW - mean * mean);
    if (score > bestScore) {
      bestScore = score;
      best = a;
    }
  }
  return best;
}
