/** Newton steps end when they move the value by less than this share. */
const STEP_EPSILON = 2 ** -51;
const MAX_EVALUATIONS = 200;

/**
 * Largest eigenvalue of a symmetric tridiagonal matrix with off-diagonal elements > 0, and its unit eigenvector.
 *
 * The pivots of `T - x`, taken from the last row up, say on which side of the eigenvalue x lies; the first pivot, as a
 * function of x, is convex and falling right of the other pivots' poles, so Newton's method on it converges, guarded
 * by bisection.
 *
 * @param pair - length 2. In: a lower bound, -Infinity when unknown (the value of a leading submatrix serves). Out: the
 *   eigenvalue, and the length of `T v - value v`: rounding, except where v has so little in the first row that this
 *   recurrence cannot tell it (Infinity at worst). An array, because a number that crosses a call is a heap object.
 * @param vector - out, at least `order` values. Also scratch.
 * @param diagonal - at least `order` values.
 * @param offDiagonal - `offDiagonal[j]` couples j and j + 1; at least `order - 1` values.
 */
export function largestOfTridiagonalInto(
  pair: Float64Array,
  vector: Float64Array,
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  order: number,
): void {
  let low = pair[0]!;
  let high = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < order; j++) {
    const radius = (j > 0 ? offDiagonal[j - 1]! : 0) + (j < order - 1 ? offDiagonal[j]! : 0);
    if (diagonal[j]! > low) low = diagonal[j]!;
    if (diagonal[j]! + radius > high) high = diagonal[j]! + radius;
  }
  let x = low;
  let pivot = Number.NaN;
  for (let evaluation = 0; evaluation < MAX_EVALUATIONS; evaluation++) {
    pivot = diagonal[order - 1]! - x;
    for (let j = order - 2; j >= 0; j--) {
      // At or left of a pole: the first pivot says nothing, only that the eigenvalue is not below x.
      if (!(pivot < 0)) {
        pivot = Number.NaN;
        break;
      }
      const ratio = -offDiagonal[j]! / pivot;
      vector[j + 1] = ratio;
      pivot = diagonal[j]! - x + offDiagonal[j]! * ratio;
    }
    const step = pivot / squaredLength(vector, order);
    if (Math.abs(step) <= STEP_EPSILON * Math.abs(x)) break;
    if (pivot < 0) high = x;
    else low = x;
    const next = x + step;
    x = next > low && next < high ? next : low + (high - low) / 2;
    if (high - low <= STEP_EPSILON * Math.abs(x)) break;
  }
  const residual = Math.abs(pivot) / Math.sqrt(squaredLength(vector, order));
  pair[0] = x;
  pair[1] = Number.isNaN(residual) ? Number.POSITIVE_INFINITY : residual;
  expandInto(vector, order);
}

/** |v|^2 for v with v_0 = 1 and `ratios[j]` = v_j / v_(j-1). */
function squaredLength(ratios: Float64Array, order: number): number {
  let element = 1;
  let norm = 1;
  for (let j = 1; j < order; j++) {
    element *= ratios[j]!;
    norm += element * element;
  }
  return norm;
}

/** Turns ratios into the unit vector, in place. */
function expandInto(vector: Float64Array, order: number): void {
  let element = 1 / Math.sqrt(squaredLength(vector, order));
  vector[0] = element;
  for (let j = 1; j < order; j++) {
    element *= vector[j]!;
    vector[j] = element;
  }
}
