import {
  allocatedDoubles,
  type KernelMemory,
  type KernelVector,
  type ScannerKernels,
} from './kernels/kernel-memory.ts';
import { packedLength } from './packed-symmetric.ts';
import type { ReturnRing } from './return-ring.ts';

/** Vectors that are added at a time when sums are made anew: a tile of the matrix stays in registers for all of them. */
export const BLOCK_VECTORS = 16;

/**
 * Sums and sums of products of `r - shift` over the vectors r of one window. The shift is the window's mean, so that a
 * steady drift of prices costs no digits.
 *
 * They are made anew block by block, `begin` then `addBlock` until nothing is left, so that the O(windowBars n²) work can
 * be shared out over many scans: the result depends on the vectors of the window alone, not on when a block was added.
 * Or they roll: O(n²) per scan.
 */
export class MomentSums {
  readonly squares: KernelVector;
  readonly sums: KernelVector;

  private readonly kernels: ScannerKernels;
  private readonly stride: number;
  private readonly windowBars: number;
  private readonly shifts: KernelVector;
  private readonly incoming: KernelVector;
  private readonly outgoing: KernelVector;
  private readonly block: KernelVector;
  /** First vector of the window that is being made, and the next one to be added. */
  private first = 0;
  private nextVector = 0;

  /** Doubles that an object takes of its memory. */
  static doubles(stride: number): number {
    return allocatedDoubles(packedLength(stride)) + (4 + BLOCK_VECTORS) * allocatedDoubles(stride);
  }

  constructor(memory: KernelMemory, stride: number, windowBars: number) {
    this.kernels = memory.kernels;
    this.stride = stride;
    this.windowBars = windowBars;
    this.squares = memory.allocate(packedLength(stride));
    this.sums = memory.allocate(stride);
    this.shifts = memory.allocate(stride);
    this.incoming = memory.allocate(stride);
    this.outgoing = memory.allocate(stride);
    this.block = memory.allocate(BLOCK_VECTORS * stride);
  }

  /**
   * Begins anew for the window that ends with vector `end`.
   * @param known - the last vector that the shift may count on; `end`, or one before it that the ring already holds.
   */
  begin(ring: ReturnRing, end: number, known: number): void {
    const { kernels, shifts, stride, windowBars } = this;
    this.first = end - windowBars + 1;
    this.nextVector = this.first;
    this.squares.values.fill(0);
    this.sums.values.fill(0);
    shifts.values.fill(0);
    for (let t = this.first; t <= known; t++) kernels.addVector(shifts.pointer, ring.vector(t).pointer, stride);
    kernels.scale(shifts.pointer, 1 / (known - this.first + 1), shifts.pointer, stride);
  }

  /** Blocks added since `begin`, the last and shorter one counted whole. */
  get blocksAdded(): number {
    return Math.ceil((this.nextVector - this.first) / BLOCK_VECTORS);
  }

  /** Adds the next vectors, which the ring must hold; needs `blocksAdded` < ceil(windowBars / BLOCK_VECTORS). */
  addBlock(ring: ReturnRing): void {
    const { kernels, stride, block, sums, shifts, nextVector } = this;
    const count = Math.min(BLOCK_VECTORS, this.first + this.windowBars - nextVector);
    for (let k = 0; k < count; k++) {
      const vector = ring.vector(nextVector + k).pointer;
      kernels.centreIntoBlock(block.pointer + 32 * k, sums.pointer, vector, shifts.pointer, count, stride);
    }
    kernels.addOuterProducts(this.squares.pointer, block.pointer, count, stride);
    this.nextVector = nextVector + count;
  }

  /** Everything anew at once, two-pass, for the window that ends with vector `end`. */
  makeAnew(ring: ReturnRing, end: number): void {
    this.begin(ring, end, end);
    for (let added = 0; added < this.windowBars; added += BLOCK_VECTORS) this.addBlock(ring);
  }

  /** Moves the window on by one: vector `end` enters, vector `end - windowBars` leaves. */
  roll(ring: ReturnRing, end: number): void {
    const { kernels, stride, squares } = this;
    const incoming = this.incoming.values;
    const outgoing = this.outgoing.values;
    const shifts = this.shifts.values;
    const sums = this.sums.values;
    const entering = ring.vector(end).values;
    const leaving = ring.vector(end - this.windowBars).values;
    for (let i = 0; i < stride; i++) {
      incoming[i] = entering[i]! - shifts[i]!;
      outgoing[i] = leaving[i]! - shifts[i]!;
      sums[i] = sums[i]! + (incoming[i]! - outgoing[i]!);
    }
    kernels.rollOuterProducts(squares.pointer, this.incoming.pointer, this.outgoing.pointer, stride);
  }
}
