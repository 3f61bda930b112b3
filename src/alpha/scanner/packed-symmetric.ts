/**
 * A symmetric matrix stored once, in panels of four rows, so that the kernels stream through memory:
 *
 * ```
 *  panel p (rows 4p..4p+3, columns j >= 4p), column by column:
 *    a[4p][4p] a[4p+1][4p] a[4p+2][4p] a[4p+3][4p] | a[4p][4p+1] a[4p+1][4p+1] ... | ... up to column stride-1
 * ```
 * The four-by-four block on the diagonal holds both triangles. Rows are padded with zeros to a multiple of four. The
 * kernels are in kernels/scanner-kernels.wat.
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
