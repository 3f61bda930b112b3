import type { LargestEigenpair } from './largest-eigenpair.ts';
import type { ReturnRing } from './return-ring.ts';
import { WindowMoments } from './window-moments.ts';

/**
 * The velocity of one window made from its vectors alone, two-pass, for scans whose divergence lies so near to a
 * threshold that the last digits of the rolling sums would decide (semantics §9). Rare; O(windowBars n²).
 */
export class FreshVelocity {
  private readonly moments: WindowMoments;
  private readonly ones: Float64Array;
  private readonly vector: Float64Array;

  constructor(size: number, stride: number, windowBars: number) {
    this.moments = new WindowMoments(size, stride, windowBars);
    this.ones = new Float64Array(stride).fill(1, 0, size);
    this.vector = new Float64Array(stride);
  }

  /** Relative change of lambda between the ring's last two scans; the window must have been full in both. */
  velocity(ring: ReturnRing, solver: LargestEigenpair): number {
    const now = this.lambdaAt(ring, solver, ring.scanIndex);
    return now / this.lambdaAt(ring, solver, ring.scanIndex - 1) - 1;
  }

  private lambdaAt(ring: ReturnRing, solver: LargestEigenpair, scanIndex: number): number {
    this.moments.anchor(ring, scanIndex);
    solver.solve(this.moments, this.ones, this.vector);
    return solver.value;
  }
}
