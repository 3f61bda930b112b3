/** Relative size below which an off-diagonal element counts as zero. */
const EPSILON = 2 ** -52;
const MAX_SWEEPS = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: Householder reduction to tridiagonal form, then implicit QL.
 * The algorithms are EISPACK's tred2 and tql2 (Bowdler, Martin, Reinsch, Wilkinson, Handbook for Automatic Computation
 * II), row by row so that every inner loop runs along memory. Used where an iteration does not decide; O(n^3).
 *
 * @param matrix - order x order, row-major, symmetric, finite. Overwritten: **row** k becomes the unit eigenvector of
 *   `values[k]`.
 * @param values - length order; overwritten, in no particular order.
 * @param scratch - length order.
 * @throws RangeError when an eigenvalue does not converge in 60 sweeps (not seen with finite input).
 */
export function decomposeSymmetric(
  matrix: Float64Array,
  order: number,
  values: Float64Array,
  scratch: Float64Array,
): void {
  if (order === 0) return;
  reduceToTridiagonal(matrix, order, values, scratch);
  diagonalise(matrix, order, values, scratch);
}

/**
 * On return `values` holds the diagonal, `offDiagonal[i]` the element that couples i - 1 and i, and row k of `matrix`
 * column k of the orthogonal transformation.
 */
function reduceToTridiagonal(matrix: Float64Array, n: number, values: Float64Array, offDiagonal: Float64Array): void {
  for (let i = n - 1; i > 0; i--) {
    const row = i * n;
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(matrix[row + k]!);
    if (i === 1 || scale === 0) {
      offDiagonal[i] = matrix[row + i - 1]!;
      values[i] = 0;
      continue;
    }
    let h = 0;
    for (let k = 0; k < i; k++) {
      const element = matrix[row + k]! / scale;
      matrix[row + k] = element;
      h += element * element;
    }
    const f = matrix[row + i - 1]!;
    const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    offDiagonal[i] = scale * g;
    h -= f * g;
    matrix[row + i - 1] = f - g;
    values[i] = h;
    reflect(matrix, n, i, h, offDiagonal);
  }
  accumulate(matrix, n, values);
  offDiagonal[0] = 0;
}

/** Applies the reflector in row i (squared length 2h) from both sides to the leading i x i block (lower triangle). */
function reflect(matrix: Float64Array, n: number, i: number, h: number, product: Float64Array): void {
  const row = i * n;
  for (let j = 0; j < i; j++) product[j] = 0;
  for (let j = 0; j < i; j++) {
    const u = matrix[row + j]!;
    let sum = matrix[j * n + j]! * u;
    for (let k = 0; k < j; k++) {
      const element = matrix[j * n + k]!;
      sum += element * matrix[row + k]!;
      product[k] = product[k]! + element * u;
    }
    product[j] = product[j]! + sum;
  }
  let inner = 0;
  for (let j = 0; j < i; j++) {
    product[j] = product[j]! / h;
    inner += product[j]! * matrix[row + j]!;
  }
  const half = inner / (h + h);
  for (let j = 0; j < i; j++) product[j] = product[j]! - half * matrix[row + j]!;
  for (let j = 0; j < i; j++) {
    const u = matrix[row + j]!;
    const p = product[j]!;
    for (let k = 0; k <= j; k++) {
      matrix[j * n + k] = matrix[j * n + k]! - (u * product[k]! + p * matrix[row + k]!);
    }
  }
}

/** Multiplies the reflectors out: row k of `matrix` becomes column k of the transformation, `values` the diagonal. */
function accumulate(matrix: Float64Array, n: number, values: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const h = i === 0 ? 0 : values[i]!;
    for (let j = 0; j < i && h !== 0; j++) {
      let sum = 0;
      for (let k = 0; k < i; k++) sum += matrix[row + k]! * matrix[j * n + k]!;
      const factor = sum / h;
      for (let k = 0; k < i; k++) matrix[j * n + k] = matrix[j * n + k]! - factor * matrix[row + k]!;
    }
    values[i] = matrix[row + i]!;
    for (let k = 0; k < i; k++) {
      matrix[row + k] = 0;
      matrix[k * n + i] = 0;
    }
    matrix[row + i] = 1;
  }
}

function diagonalise(matrix: Float64Array, n: number, values: Float64Array, offDiagonal: Float64Array): void {
  offDiagonal.copyWithin(0, 1, n);
  offDiagonal[n - 1] = 0;
  for (let first = 0; first < n; first++) {
    for (let sweep = 0; ; sweep++) {
      const last = endOfBlock(values, offDiagonal, first, n);
      if (last === first) break;
      if (sweep === MAX_SWEEPS) throw new RangeError(`eigenvalue ${first} of ${n} did not converge in ${sweep} sweeps`);
      sweepQl(matrix, n, values, offDiagonal, first, last);
    }
  }
}

/** Last row of the unreduced block that begins at `first`. */
function endOfBlock(values: Float64Array, offDiagonal: Float64Array, first: number, n: number): number {
  let last = first;
  while (last < n - 1) {
    const size = Math.abs(values[last]!) + Math.abs(values[last + 1]!);
    if (Math.abs(offDiagonal[last]!) <= EPSILON * size) break;
    last++;
  }
  return last;
}

/** One implicit QL sweep over the rows first..last. */
function sweepQl(
  matrix: Float64Array,
  n: number,
  values: Float64Array,
  offDiagonal: Float64Array,
  first: number,
  last: number,
): void {
  const ratio = (values[first + 1]! - values[first]!) / (2 * offDiagonal[first]!);
  const root = Math.sqrt(ratio * ratio + 1);
  let g = values[last]! - values[first]! + offDiagonal[first]! / (ratio + (ratio >= 0 ? root : -root));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = s * offDiagonal[i]!;
    const b = c * offDiagonal[i]!;
    const length = Math.sqrt(f * f + g * g);
    offDiagonal[i + 1] = length;
    if (length === 0) {
      values[i + 1] = values[i + 1]! - p;
      offDiagonal[last] = 0;
      return;
    }
    s = f / length;
    c = g / length;
    g = values[i + 1]! - p;
    const r = (values[i]! - g) * s + 2 * c * b;
    p = s * r;
    values[i + 1] = g + p;
    g = c * r - b;
    rotateRows(matrix, i * n, (i + 1) * n, n, c, s);
  }
  values[first] = values[first]! - p;
  offDiagonal[first] = g;
  offDiagonal[last] = 0;
}

function rotateRows(matrix: Float64Array, upper: number, lower: number, n: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const below = matrix[lower + k]!;
    const above = matrix[upper + k]!;
    matrix[lower + k] = s * above + c * below;
    matrix[upper + k] = c * above - s * below;
  }
}
