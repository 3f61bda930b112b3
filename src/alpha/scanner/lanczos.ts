import { addScaledInto, dot, scaleInto } from './dense-vector.ts';
import { largestOfTridiagonalInto } from './tridiagonal-largest.ts';
import type { WindowMoments } from './window-moments.ts';

/** Orthogonalised once more when the first pass took away more than half of the length ("twice is enough"). */
const REORTHOGONALISE_BELOW = 0.5;

/**
 * Lanczos iteration with full reorthogonalisation for the largest eigenpair of a correlation matrix. One object serves
 * many matrices of one order; it keeps nothing between calls but its memory.
 *
 * B. N. Parlett, "The Symmetric Eigenvalue Problem", chapter 13.
 */
export class Lanczos {
  /** Largest Ritz value of the last call. */
  value = Number.NaN;
  /** Norm of `C v - value * v` for its unit Ritz vector. */
  residual = Number.NaN;
  /** Its Ritz vector; length stride. */
  readonly vector: Float64Array;

  private readonly basis: readonly Float64Array[];
  private readonly diagonal: Float64Array;
  private readonly offDiagonal: Float64Array;
  private readonly ritzPair = new Float64Array(2);
  private readonly weights: Float64Array;
  private readonly work: Float64Array;

  constructor(stride: number, maxSteps: number) {
    const memory = new Float64Array(maxSteps * stride);
    this.basis = Array.from({ length: maxSteps }, (_, k) => memory.subarray(k * stride, (k + 1) * stride));
    this.diagonal = new Float64Array(maxSteps);
    this.offDiagonal = new Float64Array(maxSteps);
    this.weights = new Float64Array(maxSteps);
    this.work = new Float64Array(stride);
    this.vector = new Float64Array(stride);
  }

  /**
   * @param start - length stride; what lies on inactive assets is ignored.
   * @param locked - unit vector to stay orthogonal to (an eigenvector found before), or null.
   * @param tolerance - residual relative to the value at which to stop.
   * @returns false when the start vector is empty or the tolerance was not reached; `value` is then a lower bound.
   */
  solve(matrix: WindowMoments, start: Float64Array, locked: Float64Array | null, tolerance: number): boolean {
    if (!this.begin(matrix, start, locked)) return false;
    const { basis, diagonal, offDiagonal, ritzPair, weights, work } = this;
    const maxSteps = Math.min(basis.length, matrix.activeCount);
    ritzPair[0] = Number.NEGATIVE_INFINITY;
    let steps = 0;
    let isConverged = false;
    while (steps < maxSteps && !isConverged) {
      const k = steps++;
      matrix.multiplyInto(work, basis[k]!);
      diagonal[k] = dot(work, basis[k]!);
      this.orthogonalise(k, locked);
      largestOfTridiagonalInto(ritzPair, weights, diagonal, offDiagonal, steps);
      this.residual = offDiagonal[k]! * Math.abs(weights[k]!) + ritzPair[1]!;
      isConverged = this.residual <= tolerance * ritzPair[0]!;
      if (!isConverged && steps < maxSteps) scaleInto(basis[steps]!, 1 / offDiagonal[k]!, work);
    }
    this.value = ritzPair[0]!;
    this.assemble(steps);
    return isConverged;
  }

  private begin(matrix: WindowMoments, start: Float64Array, locked: Float64Array | null): boolean {
    const first = this.basis[0]!;
    const { scales } = matrix;
    for (let i = 0; i < first.length; i++) first[i] = scales[i] === 0 ? 0 : start[i]!;
    if (locked !== null) addScaledInto(first, -dot(first, locked), locked);
    const norm = Math.sqrt(dot(first, first));
    this.value = Number.NaN;
    this.residual = Number.POSITIVE_INFINITY;
    if (!(norm > 0)) return false;
    scaleInto(first, 1 / norm, first);
    return true;
  }

  /** Makes `work` orthogonal to the basis up to k and to `locked`; its length then is the next off-diagonal element. */
  private orthogonalise(k: number, locked: Float64Array | null): void {
    const { basis, offDiagonal, work } = this;
    let before = Math.sqrt(dot(work, work));
    for (let pass = 0; pass < 2; pass++) {
      if (locked !== null) addScaledInto(work, -dot(work, locked), locked);
      for (let j = k; j >= 0; j--) addScaledInto(work, -dot(work, basis[j]!), basis[j]!);
      const after = Math.sqrt(dot(work, work));
      offDiagonal[k] = after;
      if (after >= REORTHOGONALISE_BELOW * before) return;
      before = after;
    }
  }

  private assemble(steps: number): void {
    const { vector, basis, weights } = this;
    vector.fill(0);
    for (let k = 0; k < steps; k++) addScaledInto(vector, weights[k]!, basis[k]!);
    scaleInto(vector, 1 / Math.sqrt(dot(vector, vector)), vector);
  }
}
