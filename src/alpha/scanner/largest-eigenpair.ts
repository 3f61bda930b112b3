import { allocatedDoubles, type KernelMemory, type KernelVector } from './kernels/kernel-memory.ts';
import { Lanczos } from './lanczos.ts';
import { decomposeSymmetric } from './symmetric-eigen.ts';
import type { WindowMoments } from './window-moments.ts';

/** Two eigenvalues closer than this share of the larger count as one (semantics §9). */
const SEPARATION = 1e-9;
/** Relative residual of the largest eigenpair (semantics §9). */
const TOLERANCE = 1e-12;
/** A bound must clear the separation by this much more than its own rounding. */
const BOUND_MARGIN = 1e-8;
/** The second eigenvalue need only be known this well ... */
const SECOND_TOLERANCE = 1e-3;
/** ... when it is below this share of the first ... */
const CLEARLY_SECOND = 0.99;
/** ... and this well for this share. A nearer one is left to the full decomposition: TOLERANCE fixes vectors no better. */
const NEAR_TOLERANCE = 1e-9;
const BARELY_SECOND = 0.999;
const MAX_STEPS = 256;
/** Numerical Recipes' quick generator, of which any start of no special direction could be made. */
const LCG_MULTIPLIER = 1_664_525;
const LCG_INCREMENT = 1_013_904_223;

/**
 * Largest eigenvalue of a window's correlation matrix, its unit eigenvector, and whether the second one is apart from it.
 *
 * An iteration from a good start vector may sit on an eigenvector that is not the largest one's, and never sees a
 * second one of equal size. So its result is believed only when something independent bounds all other eigenvalues:
 * the trace (no eigenvalue is negative), the sum of squares, or an iteration from a start of no special direction that
 * is kept orthogonal to the first vector. Where these do not decide, the full decomposition does.
 */
export class LargestEigenpair {
  /** Largest eigenvalue of the last call; NaN without assets. */
  value = Number.NaN;
  /** False when the two largest differ by less than 1e-9 of the first: its vector then means nothing. */
  isSeparated = false;
  /** How many full decompositions have been needed. */
  decompositions = 0;

  private readonly size: number;
  private readonly first: Lanczos;
  private readonly second: Lanczos;
  private readonly generic: KernelVector;
  private readonly matrix: Float64Array;
  private readonly values: Float64Array;
  private readonly scratch: Float64Array;

  /** Doubles that an object takes of its memory. */
  static doubles(size: number, stride: number): number {
    return 2 * Lanczos.doubles(stride, Math.min(size, MAX_STEPS)) + allocatedDoubles(stride);
  }

  constructor(memory: KernelMemory, size: number, stride: number) {
    this.size = size;
    this.first = new Lanczos(memory, stride, Math.min(size, MAX_STEPS));
    this.second = new Lanczos(memory, stride, Math.min(size, MAX_STEPS));
    this.generic = memory.allocate(stride);
    this.matrix = new Float64Array(size * size);
    this.values = new Float64Array(size);
    this.scratch = new Float64Array(size);
    let seed = 1;
    for (let i = 0; i < size; i++) {
      seed = (Math.imul(seed, LCG_MULTIPLIER) + LCG_INCREMENT) >>> 0;
      this.generic.values[i] = seed / 2 ** 31 - 1;
    }
  }

  /**
   * @param start - where to begin, length stride; a good guess saves time and changes no more than rounding.
   * @param vector - out, length stride; not `start`.
   */
  solve(moments: WindowMoments, start: KernelVector, vector: KernelVector): void {
    const { activeCount } = moments;
    if (activeCount === 0) {
      this.solveIdentity(vector.values);
    } else if (this.first.solve(moments, start, null, TOLERANCE) && this.isLargest(moments)) {
      const { value } = this.first;
      this.value = value;
      vector.values.set(this.first.vector.values);
      // Assets at rest add an eigenvalue of exactly 1 each.
      this.isSeparated = activeCount === this.size || value - 1 >= SEPARATION * value;
    } else {
      this.decompose(moments, vector.values);
    }
  }

  /** All assets at rest: the identity matrix. */
  private solveIdentity(vector: Float64Array): void {
    const { size } = this;
    this.value = size === 0 ? Number.NaN : 1;
    this.isSeparated = size === 1;
    vector.fill(0);
    vector.fill(1 / Math.sqrt(size), 0, size);
  }

  /** Whether all other eigenvalues of the active assets are surely smaller than the one found, and not equal to it. */
  private isLargest(moments: WindowMoments): boolean {
    const { value } = this.first;
    const limit = value * (1 - BOUND_MARGIN);
    if (moments.activeCount - value < limit) return true;
    if (moments.frobeniusSquared() - value * value < limit * limit) return true;
    return (
      this.isSecondBelow(moments, SECOND_TOLERANCE, CLEARLY_SECOND * value) ||
      this.isSecondBelow(moments, NEAR_TOLERANCE, BARELY_SECOND * value)
    );
  }

  /** Whether an iteration that is kept orthogonal to the first vector ends below a limit. */
  private isSecondBelow(moments: WindowMoments, tolerance: number, limit: number): boolean {
    const { first, second, generic } = this;
    const isConverged = second.solve(moments, generic, first.vector, tolerance);
    return isConverged && second.value + second.residual < limit;
  }

  private decompose(moments: WindowMoments, vector: Float64Array): void {
    const { matrix, values, size } = this;
    this.decompositions++;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        const element = moments.correlation(i, j);
        matrix[i * size + j] = element;
        matrix[j * size + i] = element;
      }
    }
    decomposeSymmetric(matrix, size, values, this.scratch);
    let largest = 0;
    for (let k = 1; k < size; k++) if (values[k]! > values[largest]!) largest = k;
    let runnerUp = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < size; k++) if (k !== largest && values[k]! > runnerUp) runnerUp = values[k]!;
    this.value = values[largest]!;
    this.isSeparated = !(this.value - runnerUp < SEPARATION * this.value);
    vector.fill(0);
    for (let i = 0; i < size; i++) vector[i] = matrix[largest * size + i]!;
  }
}
