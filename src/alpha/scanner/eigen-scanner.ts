import {
  SIGNAL_INSTABILITY_50,
  SIGNAL_INSTABILITY_150,
  SIGNAL_V50,
  SIGNAL_V150,
  SIGNAL_V300,
  SIGNAL_V750,
  SIGNAL_VEL_DIV,
} from '../../model/frame.ts';
import { EigenWindow } from './eigen-window.ts';
import { FreshVelocity } from './fresh-velocity.ts';
import { KernelMemory } from './kernels/kernel-memory.ts';
import { LargestEigenpair } from './largest-eigenpair.ts';
import { packedStride } from './packed-symmetric.ts';
import { ReturnRing } from './return-ring.ts';

/** Lengths of the windows, in scans. */
export const SCANNER_WINDOWS_BARS = [50, 150, 300, 750] as const;
/** Nearer to a threshold than this, the divergence is computed afresh. */
const THRESHOLD_ZONE = 1e-9;

export interface EigenScannerOptions {
  /** Assets of the universe, left-out ones counted. */
  readonly assets: number;
  /** Length assets, 1 = left out. */
  readonly excluded: Uint8Array;
  readonly barIntervalMs: number;
  /** Absolute values of the divergence at which a decision turns: the signal threshold and the bucket edges. */
  readonly thresholds: readonly number[];
}

/**
 * The eigenvalue scanner (semantics §9): from each scan's prices, how the largest eigenvalue of the assets' correlation
 * moves over four windows. Pure and deterministic: the same bits on every machine. All memory is its own and allocated
 * here; `step` makes no objects.
 *
 * Moments roll (O(n²) per scan and window) and are made anew every 256 scans, the work of which is shared out over the
 * scans before, and at once whenever cancellation has cost them digits. Drift bound: lambda is within 1e-12 (relative) of
 * a full decomposition of every window's correlation; the largest difference measured is 3e-14, in 30,000 windows of
 * prices at rest, scales from 1e-8 to 1e8, leaps by 1e16 into and out of the window, growth in which only rounding varies,
 * holes and outages (test/property/scanner).
 *
 * Restart: there is no state to store. A scanner whose first scan is scan 256m of another one agrees with it to the last
 * bit, window by window, from the scan after the first anchor at which the window is full (257, 321, 385 and 961 scans
 * on): whoever restarts feeds it from the last such scan that is 961 or more back.
 */
export class EigenScanner {
  private readonly ring: ReturnRing;
  private readonly solver: LargestEigenpair;
  private readonly windows: readonly [EigenWindow, EigenWindow, EigenWindow, EigenWindow];
  private readonly fresh50: FreshVelocity;
  private readonly fresh150: FreshVelocity;
  private readonly thresholds: Float64Array;

  /** @throws RangeError when `excluded` is not of length `assets`. */
  constructor(options: EigenScannerOptions) {
    const { assets, excluded, barIntervalMs, thresholds } = options;
    if (excluded.length !== assets) {
      throw new RangeError(`excluded must have one value per asset (${assets}), had ${excluded.length}`);
    }
    const [bars50, bars150, bars300, bars750] = SCANNER_WINDOWS_BARS;
    const memory = new KernelMemory(doublesFor(excluded));
    this.ring = new ReturnRing(memory, { assets, excluded, barIntervalMs, maxBars: bars750 });
    const { size, stride } = this.ring;
    this.solver = new LargestEigenpair(memory, size, stride);
    this.windows = [
      new EigenWindow(memory, size, stride, bars50, 0),
      new EigenWindow(memory, size, stride, bars150, 1),
      new EigenWindow(memory, size, stride, bars300, 2),
      new EigenWindow(memory, size, stride, bars750, 3),
    ];
    this.fresh50 = new FreshVelocity(memory, size, stride, bars50);
    this.fresh150 = new FreshVelocity(memory, size, stride, bars150);
    this.thresholds = Float64Array.from(thresholds);
  }

  /** Full decompositions that iterations have given way to so far. */
  get decompositions(): number {
    return this.solver.decompositions;
  }

  /** Largest eigenvalue of the last scan in window 0..3 (50, 150, 300, 750 bars); NaN before the window is full. */
  lambda(windowIndex: number): number {
    return this.windows[windowIndex]?.lambda ?? Number.NaN;
  }

  /**
   * Takes one accepted scan and writes its signal values.
   *
   * @param day - UTC day number of the scan. @param nsOfDay - ns of that day.
   * @param prices - `prices[offset + asset]`; not finite or <= 0 = invalid.
   * @param out - SIGNAL_VALUES values from `outOffset` on, in the order of SIGNAL_FIELDS; NaN before defined.
   */
  step(day: number, nsOfDay: number, prices: Float64Array, offset: number, out: Float64Array, outOffset: number): void {
    const { ring, solver } = this;
    const [window50, window150, window300, window750] = this.windows;
    ring.append(day, nsOfDay, prices, offset);
    window50.step(ring, solver);
    window150.step(ring, solver);
    window300.step(ring, solver);
    window750.step(ring, solver);
    out[outOffset + SIGNAL_V50] = window50.velocity;
    out[outOffset + SIGNAL_V150] = window150.velocity;
    if (this.isNearThreshold()) {
      out[outOffset + SIGNAL_V50] = this.fresh50.velocity(ring, solver);
      out[outOffset + SIGNAL_V150] = this.fresh150.velocity(ring, solver);
    }
    out[outOffset + SIGNAL_VEL_DIV] = out[outOffset + SIGNAL_V50]! - out[outOffset + SIGNAL_V150]!;
    out[outOffset + SIGNAL_V300] = window300.velocity;
    out[outOffset + SIGNAL_V750] = window750.velocity;
    out[outOffset + SIGNAL_INSTABILITY_50] = window50.instability;
    out[outOffset + SIGNAL_INSTABILITY_150] = window150.instability;
  }

  private isNearThreshold(): boolean {
    const { thresholds } = this;
    const size = Math.abs(this.windows[0].velocity - this.windows[1].velocity);
    for (let k = 0; k < thresholds.length; k++) {
      if (Math.abs(size - thresholds[k]!) <= THRESHOLD_ZONE) return true;
    }
    return false;
  }
}

/** Doubles that ring, solver, four windows and the two fresh ones take. */
function doublesFor(excluded: Uint8Array): number {
  const size = excluded.filter((flag) => flag === 0).length;
  const stride = packedStride(size);
  return (
    ReturnRing.doubles(stride, SCANNER_WINDOWS_BARS[3]) +
    LargestEigenpair.doubles(size, stride) +
    SCANNER_WINDOWS_BARS.length * EigenWindow.doubles(stride) +
    2 * FreshVelocity.doubles(stride)
  );
}
