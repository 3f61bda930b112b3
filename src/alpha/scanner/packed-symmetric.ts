/**
 * A symmetric matrix stored once, in panels of four rows, so that both kernels stream through memory:
 *
 * ```
 *  panel p (rows 4p..4p+3, columns j >= 4p), column by column:
 *    a[4p][4p] a[4p+1][4p] a[4p+2][4p] a[4p+3][4p] | a[4p][4p+1] a[4p+1][4p+1] ... | ... up to column stride-1
 * ```
 * The four-by-four block on the diagonal holds both triangles. Rows are padded with zeros to a multiple of four.
 */
const PANEL = 4;

/** Padded order of a matrix of order n: the next multiple of four. */
export function packedStride(n: number): number {
  return Math.ceil(n / PANEL) * PANEL;
}

/** Number of stored elements. */
export function packedLength(stride: number): number {
  return (stride * (stride + PANEL)) / 2;
}

/** Where element (row, column) lies; needs column >= row or both in one diagonal block. */
export function packedIndex(stride: number, row: number, column: number): number {
  const first = row - (row % PANEL);
  return first * stride - (first * (first - PANEL)) / 2 + PANEL * (column - first) + (row - first);
}

/**
 * `A += a a^T + sign * b b^T` in one pass: with sign -1 it rolls a window, with +1 it builds one, two vectors at a time.
 *
 * @param packed - length packedLength(stride).
 * @param a - length stride. @param b - length stride.
 */
export function addOuterPair(
  packed: Float64Array,
  stride: number,
  a: Float64Array,
  b: Float64Array,
  sign: 1 | -1,
): void {
  let p = 0;
  for (let row = 0; row < stride; row += PANEL) {
    const a0 = a[row]!;
    const a1 = a[row + 1]!;
    const a2 = a[row + 2]!;
    const a3 = a[row + 3]!;
    const b0 = sign * b[row]!;
    const b1 = sign * b[row + 1]!;
    const b2 = sign * b[row + 2]!;
    const b3 = sign * b[row + 3]!;
    for (let column = row; column < stride; column++) {
      const ac = a[column]!;
      const bc = b[column]!;
      packed[p] = packed[p]! + (a0 * ac + b0 * bc);
      packed[p + 1] = packed[p + 1]! + (a1 * ac + b1 * bc);
      packed[p + 2] = packed[p + 2]! + (a2 * ac + b2 * bc);
      packed[p + 3] = packed[p + 3]! + (a3 * ac + b3 * bc);
      p += PANEL;
    }
  }
}

/**
 * `y = A x`, reading every stored element once.
 *
 * @param x - length stride. @param y - length stride, overwritten; not `x`.
 */
export function multiplySymmetricInto(y: Float64Array, packed: Float64Array, stride: number, x: Float64Array): void {
  y.fill(0);
  let p = 0;
  for (let row = 0; row < stride; row += PANEL) {
    const x0 = x[row]!;
    const x1 = x[row + 1]!;
    const x2 = x[row + 2]!;
    const x3 = x[row + 3]!;
    let y0 = 0;
    let y1 = 0;
    let y2 = 0;
    let y3 = 0;
    const right = row + PANEL;
    for (let column = row; column < right; column++) {
      const xc = x[column]!;
      y0 += packed[p]! * xc;
      y1 += packed[p + 1]! * xc;
      y2 += packed[p + 2]! * xc;
      y3 += packed[p + 3]! * xc;
      p += PANEL;
    }
    for (let column = right; column < stride; column++) {
      const xc = x[column]!;
      const e0 = packed[p]!;
      const e1 = packed[p + 1]!;
      const e2 = packed[p + 2]!;
      const e3 = packed[p + 3]!;
      y0 += e0 * xc;
      y1 += e1 * xc;
      y2 += e2 * xc;
      y3 += e3 * xc;
      y[column] = y[column]! + (e0 * x0 + e1 * x1 + (e2 * x2 + e3 * x3));
      p += PANEL;
    }
    y[row] = y[row]! + y0;
    y[row + 1] = y[row + 1]! + y1;
    y[row + 2] = y[row + 2]! + y2;
    y[row + 3] = y[row + 3]! + y3;
  }
}
