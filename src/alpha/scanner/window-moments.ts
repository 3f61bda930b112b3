import { dot } from './dense-vector.ts';
import { addOuterPair, multiplySymmetricInto, packedIndex, packedLength } from './packed-symmetric.ts';
import type { ReturnRing } from './return-ring.ts';

/** A variance below this share of the largest square sum since the anchor has lost too many digits. */
const TRUSTED_SHARE = 1 / 256;

/**
 * First and second moments of the last `windowBars` vectors, rolled by a rank-two update per scan, and the correlation
 * matrix that they imply, as an operator: `C = Q (S - s s^T / w) Q` with `Q = diag(1 / sqrt(S_ii - s_i^2 / w))`, never
 * written out. An asset whose returns are all equal has no row in it; its eigenvalue 1 is the caller's to add.
 *
 * Sums are of `r - shift`, the shift being the window's mean at the last anchor: an anchor is a two-pass computation,
 * and a steady drift of prices costs no digits. `anchor` makes everything anew from the window; what follows depends
 * on the vectors since then alone.
 *
 * Drift. An update rounds an element by at most 4u of the largest square sum M since the anchor (u = 2^-53); within
 * 256 scans, and with M at most 256 times the variance (otherwise {@link isTrusted} is false), an element of C is off by
 * less than 3e-11 in the worst case.
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
  readonly scales: Float64Array;

  private readonly squares: Float64Array;
  private readonly sums: Float64Array;
  private readonly shifts: Float64Array;
  private readonly largestSquares: Float64Array;
  private readonly diagonal: Int32Array;
  private readonly incoming: Float64Array;
  private readonly outgoing: Float64Array;
  private readonly scaled: Float64Array;

  constructor(size: number, stride: number, windowBars: number) {
    this.size = size;
    this.stride = stride;
    this.windowBars = windowBars;
    this.squares = new Float64Array(packedLength(stride));
    this.sums = new Float64Array(stride);
    this.shifts = new Float64Array(stride);
    this.largestSquares = new Float64Array(stride);
    this.scales = new Float64Array(stride);
    this.incoming = new Float64Array(stride);
    this.outgoing = new Float64Array(stride);
    this.scaled = new Float64Array(stride);
    this.diagonal = Int32Array.from({ length: stride }, (_, i) => packedIndex(stride, i, i));
  }

  /** Makes the moments anew, two-pass, from the window that ends with vector `end` (`end >= windowBars`, even count). */
  anchor(ring: ReturnRing, end: number): void {
    const { windowBars, incoming, outgoing, stride, sums, shifts } = this;
    const first = end - windowBars + 1;
    shifts.fill(0);
    for (let t = first; t <= end; t++) {
      const vector = ring.vector(t);
      for (let i = 0; i < stride; i++) shifts[i] = shifts[i]! + vector[i]!;
    }
    for (let i = 0; i < stride; i++) shifts[i] = shifts[i]! / windowBars;
    this.squares.fill(0);
    sums.fill(0);
    this.largestSquares.fill(0);
    for (let t = first; t < end; t += 2) {
      this.centreInto(incoming, ring.vector(t));
      this.centreInto(outgoing, ring.vector(t + 1));
      for (let i = 0; i < stride; i++) sums[i] = sums[i]! + (incoming[i]! + outgoing[i]!);
      addOuterPair(this.squares, stride, incoming, outgoing, 1);
    }
    this.rescale(ring.equalRuns(end));
  }

  /** Moves the window on by one: vector `end` enters, vector `end - windowBars` leaves. */
  roll(ring: ReturnRing, end: number): void {
    const { incoming, outgoing, sums, stride } = this;
    this.centreInto(incoming, ring.vector(end));
    this.centreInto(outgoing, ring.vector(end - this.windowBars));
    for (let i = 0; i < stride; i++) sums[i] = sums[i]! + (incoming[i]! - outgoing[i]!);
    addOuterPair(this.squares, stride, incoming, outgoing, -1);
    this.rescale(ring.equalRuns(end));
  }

  /** `y = C x` over the active assets; zero elsewhere. `x`, `y` of length stride, different arrays. */
  multiplyInto(y: Float64Array, x: Float64Array): void {
    const { scaled, scales, sums, stride } = this;
    for (let i = 0; i < stride; i++) scaled[i] = scales[i]! * x[i]!;
    multiplySymmetricInto(y, this.squares, stride, scaled);
    const mean = dot(sums, scaled) / this.windowBars;
    for (let i = 0; i < stride; i++) y[i] = scales[i]! * (y[i]! - mean * sums[i]!);
  }

  /** Element of the correlation matrix, inactive assets included (0 off the diagonal, 1 on it). */
  correlation(i: number, j: number): number {
    if (i === j) return 1;
    const { sums, scales } = this;
    const square = this.squares[packedIndex(this.stride, Math.min(i, j), Math.max(i, j))]!;
    return (square - (sums[i]! * sums[j]!) / this.windowBars) * scales[i]! * scales[j]!;
  }

  /** Sum of the squared elements of C over the active assets. */
  frobeniusSquared(): number {
    const { size, sums, scales, windowBars, squares, stride } = this;
    let total = this.activeCount;
    for (let i = 0; i < size; i++) {
      if (scales[i] === 0) continue;
      const mean = sums[i]! / windowBars;
      let rowTotal = 0;
      let p = packedIndex(stride, i, i) + 4;
      for (let j = i + 1; j < size; j++, p += 4) {
        const element = (squares[p]! - mean * sums[j]!) * scales[j]!;
        rowTotal += element * element;
      }
      total += 2 * rowTotal * scales[i]! * scales[i]!;
    }
    return total;
  }

  private centreInto(out: Float64Array, vector: Float64Array): void {
    const { shifts, stride } = this;
    for (let i = 0; i < stride; i++) out[i] = vector[i]! - shifts[i]!;
  }

  private rescale(equalRuns: Uint32Array): void {
    const { size, windowBars, squares, sums, scales, largestSquares, diagonal } = this;
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
