import {
  allocatedDoubles,
  type KernelMemory,
  type KernelVector,
  type ScannerKernels,
} from './kernels/kernel-memory.ts';
import type { LargestEigenpair } from './largest-eigenpair.ts';
import { BLOCK_VECTORS, MomentSums } from './moment-sums.ts';
import type { ReturnRing } from './return-ring.ts';
import { WindowMoments } from './window-moments.ts';

/** Scans between two anchors of a window (semantics §9). */
export const ANCHOR_PERIOD_SCANS = 256;
/** Distance between the anchors of neighbouring windows, so that never two fall into one scan. */
const ANCHOR_PHASE_SCANS = 64;

/**
 * One window of the scanner: the largest eigenvalue of its correlation matrix, how it moves, and how its vector turns
 * (semantics §9). Full from scan `windowBars` on; everything is NaN before it is defined.
 *
 * The sums that an anchor puts in place are made in the scans before it, one block of vectors a scan, so that no scan
 * pays for a whole window: 750 vectors of 400 assets are ten milliseconds of work, a block is a quarter of one.
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
  /** Scans over which the sums of an anchor are made, its own the last of them. */
  private readonly blocks: number;
  private readonly kernels: ScannerKernels;
  private readonly moments: WindowMoments;
  private readonly ones: KernelVector;
  private vector: KernelVector;
  private vectorBefore: KernelVector;
  private isUnique = false;
  /** The sums of the next anchor, and the scan of the anchor that they were begun for. */
  private coming: MomentSums;
  private comingAnchor = -1;

  /** Doubles that a window takes of its memory. */
  static doubles(stride: number): number {
    return WindowMoments.doubles(stride) + MomentSums.doubles(stride) + 3 * allocatedDoubles(stride);
  }

  /** @param index - which of the windows (0-based): it decides at which scans the sums are made anew. */
  constructor(memory: KernelMemory, size: number, stride: number, windowBars: number, index: number) {
    this.windowBars = windowBars;
    this.anchorPhase = (index * ANCHOR_PHASE_SCANS) % ANCHOR_PERIOD_SCANS;
    this.blocks = Math.ceil(windowBars / BLOCK_VECTORS);
    this.kernels = memory.kernels;
    this.moments = new WindowMoments(memory, size, stride, windowBars);
    this.coming = new MomentSums(memory, stride, windowBars);
    this.ones = memory.allocate(stride);
    this.ones.values.fill(1, 0, size);
    this.vector = memory.allocate(stride);
    this.vectorBefore = memory.allocate(stride);
  }

  /** Takes the ring's last vector. Allocates nothing. */
  step(ring: ReturnRing, solver: LargestEigenpair): void {
    const { scanIndex } = ring;
    const { windowBars, moments } = this;
    const anchor = this.nextAnchor(scanIndex);
    this.prepare(ring, anchor);
    if (scanIndex < windowBars) return;
    const isAnchor = scanIndex === anchor;
    if (isAnchor) this.coming = moments.exchange(this.coming, ring, scanIndex);
    else moments.roll(ring, scanIndex);
    // Depends on the vectors since the last anchor alone, so a restart from that anchor does the same.
    if (!moments.isTrusted) moments.anchor(ring, scanIndex);
    this.solve(solver, isAnchor);
  }

  /** The anchor at or after a scan: where the window is full for the first time, then every 256 scans. */
  private nextAnchor(scanIndex: number): number {
    if (scanIndex <= this.windowBars) return this.windowBars;
    return (
      scanIndex + ((this.anchorPhase - (scanIndex % ANCHOR_PERIOD_SCANS) + ANCHOR_PERIOD_SCANS) % ANCHOR_PERIOD_SCANS)
    );
  }

  /**
   * Adds the blocks that are due to the sums of an anchor: block b at b scans after the first. A block's vectors are there
   * by then, and the shift counts on those of the first scan alone, so that the sums depend on nothing but the window.
   */
  private prepare(ring: ReturnRing, anchor: number): void {
    const { coming, blocks } = this;
    const firstScan = anchor - blocks + 1;
    const due = ring.scanIndex - firstScan + 1;
    if (due <= 0) return;
    if (this.comingAnchor !== anchor) {
      coming.begin(ring, anchor, firstScan);
      this.comingAnchor = anchor;
    }
    while (coming.blocksAdded < due) coming.addBlock(ring);
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
    this.instability = this.isUnique && wasUnique ? 1 - Math.abs(this.overlap(before)) : Number.NaN;
  }

  private overlap(before: KernelVector): number {
    return this.kernels.dot(this.vector.pointer, before.pointer, this.moments.stride);
  }
}
