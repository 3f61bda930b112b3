/**
 * Dense vectors of the scanner. Every length is a multiple of four (the stride of {@link packedStride}), the padding
 * holds zeros; so the loops need no remainder and run four independent sums.
 */

/** Inner product of two vectors of the same length. */
export function dot(a: Float64Array, b: Float64Array): number {
  const length = a.length;
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let i = 0; i < length; i += 4) {
    sum0 += a[i]! * b[i]!;
    sum1 += a[i + 1]! * b[i + 1]!;
    sum2 += a[i + 2]! * b[i + 2]!;
    sum3 += a[i + 3]! * b[i + 3]!;
  }
  return sum0 + sum1 + (sum2 + sum3);
}

/** `y += factor * x`, in place. */
export function addScaledInto(y: Float64Array, factor: number, x: Float64Array): void {
  const length = y.length;
  for (let i = 0; i < length; i += 4) {
    y[i] = y[i]! + factor * x[i]!;
    y[i + 1] = y[i + 1]! + factor * x[i + 1]!;
    y[i + 2] = y[i + 2]! + factor * x[i + 2]!;
    y[i + 3] = y[i + 3]! + factor * x[i + 3]!;
  }
}

/** `out = factor * x`; `out` may be `x`. */
export function scaleInto(out: Float64Array, factor: number, x: Float64Array): void {
  const length = out.length;
  for (let i = 0; i < length; i++) out[i] = factor * x[i]!;
}
