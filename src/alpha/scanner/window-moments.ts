import {
  allocatedDoubles,
  type KernelMemory,
  type KernelVector,
  type ScannerKernels,
} from './kernels/kernel-memory.ts';
import { MomentSums } from './moment-sums.ts';
import { packedIndex } from './packed-symmetric.ts';
import type { ReturnRing } from './return-ring.ts';

/** A variance below this share of the largest square sum since the sums were made has lost too many digits. */
const TRUSTED_SHARE = 1 / 256;

/**
 * First and second moments of the last `windowBars` vectors, and the correlation matrix that they imply, as an operator:
 * `C = Q (S - s s^T / w) Q` with `Q = diag(1 / sqrt(S_ii - s_i^2 / w))`, never written out. An asset whose returns are
 * all equal has no row in it; its eigenvalue 1 is the caller's to add.
 *
 * Drift. An update rounds an element by at most 4u of the largest square sum M since the sums were made (u = 2^-53);
 * within 256 scans, and with M at most 256 times the variance (otherwise {@link isTrusted} is false), an element of C is
 * off by less than 3e-11 in the worst case.
 */
export class WindowMoments {
  readonly windowBars: number;
  readonly size: number;
  readonly stride: number;
  /** Assets with at least two different returns in the window. */
  activeCount = 0;
  /** False when cancellation has eaten the rolling sums and they must be made anew. */
  isTrusted = false;
  /** 1 / sqrt(sum of squared deviations) per asset; 0 = all its returns are equal (and padding). */
  readonly scales: KernelVector;

  private readonly kernels: ScannerKernels;
  private moments: MomentSums;
  private readonly largestSquares: Float64Array;
  private readonly diagonal: Int32Array;
  private readonly scratch: KernelVector;

  /** Doubles that an object takes of its memory. */
  static doubles(stride: number): number {
    return MomentSums.doubles(stride) + 2 * allocatedDoubles(stride);
  }

  constructor(memory: KernelMemory, size: number, stride: number, windowBars: number) {
    this.size = size;
    this.stride = stride;
    this.windowBars = windowBars;
    this.kernels = memory.kernels;
    this.moments = new MomentSums(memory, stride, windowBars);
    this.largestSquares = new Float64Array(stride);
    this.scales = memory.allocate(stride);
    this.scratch = memory.allocate(stride);
    this.diagonal = Int32Array.from({ length: stride }, (_, i) => packedIndex(stride, i, i));
  }

  /** Makes the moments anew, two-pass, from the window that ends with vector `end` (`end >= windowBars`). */
  anchor(ring: ReturnRing, end: number): void {
    this.moments.makeAnew(ring, end);
    this.largestSquares.fill(0);
    this.rescale(ring.equalRuns(end));
  }

  /**
   * Takes moments that were made anew for the window that ends with vector `end` in place of its own.
   * @returns its own, to be made anew in turn.
   */
  exchange(made: MomentSums, ring: ReturnRing, end: number): MomentSums {
    const before = this.moments;
    this.moments = made;
    this.largestSquares.fill(0);
    this.rescale(ring.equalRuns(end));
    return before;
  }

  /** Moves the window on by one: vector `end` enters, vector `end - windowBars` leaves. */
  roll(ring: ReturnRing, end: number): void {
    this.moments.roll(ring, end);
    this.rescale(ring.equalRuns(end));
  }

  /** `y = C x` over the active assets; zero elsewhere. `x`, `y` of length stride, different ones. */
  multiplyInto(y: KernelVector, x: KernelVector): void {
    const { kernels, moments, scales, scratch, windowBars, stride } = this;
    const [squares, sums] = [moments.squares.pointer, moments.sums.pointer];
    kernels.multiplyCorrelation(
      y.pointer,
      squares,
      sums,
      scales.pointer,
      windowBars,
      x.pointer,
      scratch.pointer,
      stride,
    );
  }

  /** Element of the correlation matrix, inactive assets included (0 off the diagonal, 1 on it). */
  correlation(i: number, j: number): number {
    if (i === j) return 1;
    const scales = this.scales.values;
    const sums = this.moments.sums.values;
    const square = this.moments.squares.values[packedIndex(this.stride, Math.min(i, j), Math.max(i, j))]!;
    return (square - (sums[i]! * sums[j]!) / this.windowBars) * scales[i]! * scales[j]!;
  }

  /** Sum of the squared elements of C over the active assets. */
  frobeniusSquared(): number {
    const { kernels, moments, scales, windowBars, stride } = this;
    return kernels.correlationSquares(
      moments.squares.pointer,
      moments.sums.pointer,
      scales.pointer,
      windowBars,
      stride,
    );
  }

  private rescale(equalRuns: Uint32Array): void {
    const { size, windowBars, largestSquares, diagonal } = this;
    const squares = this.moments.squares.values;
    const sums = this.moments.sums.values;
    const scales = this.scales.values;
    let activeCount = 0;
    let isTrusted = true;
    for (let i = 0; i < size; i++) {
      const square = squares[diagonal[i]!]!;
      if (square > largestSquares[i]!) largestSquares[i] = square;
      if (equalRuns[i]! >= windowBars) {
        scales[i] = 0;
        continue;
      }
      const deviation = square - (sums[i]! * sums[i]!) / windowBars;
      if (!(deviation >= largestSquares[i]! * TRUSTED_SHARE)) isTrusted = false;
      scales[i] = 1 / Math.sqrt(deviation);
      activeCount++;
    }
    this.activeCount = activeCount;
    this.isTrusted = isTrusted;
  }
}
