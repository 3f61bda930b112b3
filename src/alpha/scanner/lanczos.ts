import {
  allocatedDoubles,
  type KernelMemory,
  type KernelVector,
  type ScannerKernels,
} from './kernels/kernel-memory.ts';
import { largestOfTridiagonalInto } from './tridiagonal-largest.ts';
import type { WindowMoments } from './window-moments.ts';

const NONE = 0;

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
  readonly vector: KernelVector;

  private readonly kernels: ScannerKernels;
  private readonly stride: number;
  /** Vectors of the basis, one after the other in memory. */
  private readonly basis: readonly KernelVector[];
  private readonly diagonal: Float64Array;
  private readonly offDiagonal: Float64Array;
  private readonly ritzPair = new Float64Array(2);
  private readonly weights: Float64Array;
  private readonly work: KernelVector;

  /** Doubles that an object takes of its memory. */
  static doubles(stride: number, maxSteps: number): number {
    return (maxSteps + 2) * allocatedDoubles(stride);
  }

  constructor(memory: KernelMemory, stride: number, maxSteps: number) {
    this.kernels = memory.kernels;
    this.stride = stride;
    this.basis = Array.from({ length: maxSteps }, () => memory.allocate(stride));
    this.diagonal = new Float64Array(maxSteps);
    this.offDiagonal = new Float64Array(maxSteps);
    this.weights = new Float64Array(maxSteps);
    this.work = memory.allocate(stride);
    this.vector = memory.allocate(stride);
  }

  /**
   * @param start - length stride; what lies on inactive assets is ignored.
   * @param locked - unit vector to stay orthogonal to (an eigenvector found before), or null.
   * @param tolerance - residual relative to the value at which to stop.
   * @returns false when the start vector is empty or the tolerance was not reached; `value` is then a lower bound.
   */
  solve(matrix: WindowMoments, start: KernelVector, locked: KernelVector | null, tolerance: number): boolean {
    if (!this.begin(matrix, start, locked)) return false;
    const { kernels, stride, basis, diagonal, offDiagonal, ritzPair, weights, work } = this;
    const maxSteps = Math.min(basis.length, matrix.activeCount);
    const first = basis[0]!.pointer;
    const lockedPointer = locked === null ? NONE : locked.pointer;
    ritzPair[0] = Number.NEGATIVE_INFINITY;
    let steps = 0;
    let isConverged = false;
    while (steps < maxSteps && !isConverged) {
      const k = steps++;
      const last = basis[k]!;
      matrix.multiplyInto(work, last);
      diagonal[k] = kernels.dot(work.pointer, last.pointer, stride);
      offDiagonal[k] = kernels.orthogonalise(work.pointer, first, steps, lockedPointer, stride);
      largestOfTridiagonalInto(ritzPair, weights, diagonal, offDiagonal, steps);
      this.residual = offDiagonal[k]! * Math.abs(weights[k]!) + ritzPair[1]!;
      isConverged = this.residual <= tolerance * ritzPair[0]!;
      if (!isConverged && steps < maxSteps) {
        kernels.scale(basis[steps]!.pointer, 1 / offDiagonal[k]!, work.pointer, stride);
      }
    }
    this.value = ritzPair[0]!;
    this.assemble(steps);
    return isConverged;
  }

  private begin(matrix: WindowMoments, start: KernelVector, locked: KernelVector | null): boolean {
    const { kernels, stride } = this;
    const first = this.basis[0]!;
    const scales = matrix.scales.values;
    for (let i = 0; i < stride; i++) first.values[i] = scales[i] === 0 ? 0 : start.values[i]!;
    if (locked !== null) {
      kernels.addScaled(first.pointer, -kernels.dot(first.pointer, locked.pointer, stride), locked.pointer, stride);
    }
    const norm = Math.sqrt(kernels.dot(first.pointer, first.pointer, stride));
    this.value = Number.NaN;
    this.residual = Number.POSITIVE_INFINITY;
    if (!(norm > 0)) return false;
    kernels.scale(first.pointer, 1 / norm, first.pointer, stride);
    return true;
  }

  private assemble(steps: number): void {
    const { kernels, stride, vector, basis, weights } = this;
    vector.values.fill(0);
    for (let k = 0; k < steps; k++) kernels.addScaled(vector.pointer, weights[k]!, basis[k]!.pointer, stride);
    const norm = Math.sqrt(kernels.dot(vector.pointer, vector.pointer, stride));
    kernels.scale(vector.pointer, 1 / norm, vector.pointer, stride);
  }
}
