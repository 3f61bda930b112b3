import { dot } from './dense-vector.ts';
import type { LargestEigenpair } from './largest-eigenpair.ts';
import type { ReturnRing } from './return-ring.ts';
import { WindowMoments } from './window-moments.ts';

/** Scans between two anchors of a window (semantics §9). */
export const ANCHOR_PERIOD_SCANS = 256;
/** Distance between the anchors of neighbouring windows, so that never two fall into one scan. */
const ANCHOR_PHASE_SCANS = 64;

/**
 * One window of the scanner: the largest eigenvalue of its correlation matrix, how it moves, and how its vector turns
 * (semantics §9). Full from scan `windowBars` on; everything is NaN before it is defined.
 */
export class EigenWindow {
  readonly windowBars: number;
  /** Largest eigenvalue. */
  lambda = Number.NaN;
  /** `lambda(t) / lambda(t-1) - 1`. */
  velocity = Number.NaN;
  /** `1 - |<e(t), e(t-1)>|`; NaN also when either vector is not unique. */
  instability = Number.NaN;

  private readonly anchorPhase: number;
  private readonly moments: WindowMoments;
  private readonly ones: Float64Array;
  private vector: Float64Array;
  private vectorBefore: Float64Array;
  private isUnique = false;

  /** @param index - which of the windows (0-based): it decides at which scans the sums are made anew. */
  constructor(size: number, stride: number, windowBars: number, index: number) {
    this.windowBars = windowBars;
    this.anchorPhase = (index * ANCHOR_PHASE_SCANS) % ANCHOR_PERIOD_SCANS;
    this.moments = new WindowMoments(size, stride, windowBars);
    this.ones = new Float64Array(stride).fill(1, 0, size);
    this.vector = new Float64Array(stride);
    this.vectorBefore = new Float64Array(stride);
  }

  /** Takes the ring's last vector. Allocates nothing. */
  step(ring: ReturnRing, solver: LargestEigenpair): void {
    const { scanIndex } = ring;
    const { windowBars, moments } = this;
    if (scanIndex < windowBars) return;
    const isAnchor = scanIndex === windowBars || scanIndex % ANCHOR_PERIOD_SCANS === this.anchorPhase;
    if (isAnchor) moments.anchor(ring, scanIndex);
    else moments.roll(ring, scanIndex);
    // Depends on the vectors since the last anchor alone, so a restart from that anchor does the same.
    if (!moments.isTrusted) moments.anchor(ring, scanIndex);
    this.solve(solver, isAnchor);
  }

  private solve(solver: LargestEigenpair, isAnchor: boolean): void {
    const before = this.vector;
    const wasUnique = this.isUnique;
    this.vector = this.vectorBefore;
    this.vectorBefore = before;
    solver.solve(this.moments, isAnchor ? this.ones : before, this.vector);
    this.velocity = solver.value / this.lambda - 1;
    this.lambda = solver.value;
    this.isUnique = solver.isSeparated;
    this.instability = this.isUnique && wasUnique ? 1 - Math.abs(dot(this.vector, before)) : Number.NaN;
  }
}
