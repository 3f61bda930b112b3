import { allocatedDoubles, type KernelMemory, type KernelVector } from './kernels/kernel-memory.ts';
import type { LargestEigenpair } from './largest-eigenpair.ts';
import type { ReturnRing } from './return-ring.ts';
import { WindowMoments } from './window-moments.ts';

/**
 * The velocity of one window made from its vectors alone, two-pass, for scans whose divergence lies so near to a
 * threshold that the last digits of the rolling sums would decide (semantics §9). Rare; O(windowBars n²).
 */
export class FreshVelocity {
  private readonly moments: WindowMoments;
  private readonly ones: KernelVector;
  private readonly vector: KernelVector;

  /** Doubles that an object takes of its memory. */
  static doubles(stride: number): number {
    return WindowMoments.doubles(stride) + 2 * allocatedDoubles(stride);
  }

  constructor(memory: KernelMemory, size: number, stride: number, windowBars: number) {
    this.moments = new WindowMoments(memory, size, stride, windowBars);
    this.ones = memory.allocate(stride);
    this.ones.values.fill(1, 0, size);
    this.vector = memory.allocate(stride);
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
