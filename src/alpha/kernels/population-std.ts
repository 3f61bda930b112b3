/**
 * Population standard deviation of a full ring, two-pass (mean, then mean of squared deviations), oldest to newest.
 *
 * @param ring - all of it is used; no NaN.
 * @param oldest - index of the oldest value.
 * Two passes cost 0.1 µs at 50 values and keep no moving float moments (semantics §4.2).
 */
export function populationStd(ring: Float64Array, oldest: number): number {
  const n = ring.length;
  let sum = 0;
  for (let i = oldest; i < n; i++) sum += ring[i]!;
  for (let i = 0; i < oldest; i++) sum += ring[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = oldest; i < n; i++) squares += (ring[i]! - mean) * (ring[i]! - mean);
  for (let i = 0; i < oldest; i++) squares += (ring[i]! - mean) * (ring[i]! - mean);
  return Math.sqrt(squares / n);
}
