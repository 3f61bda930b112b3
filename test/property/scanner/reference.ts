/** Two largest eigenvalues and the eigenvector of the largest. */
export interface ReferencePair {
  readonly lambda: number;
  readonly second: number;
  readonly vector: readonly number[];
}

/**
 * The slow scanner: Pearson correlation of whole vectors, two passes with the mean's own rounding corrected, and Jacobi
 * rotations until nothing is left off the diagonal. Shares no code with the fast one.
 */
export function referencePair(vectors: readonly (readonly number[])[]): ReferencePair {
  return largestByJacobi(correlationMatrix(vectors));
}

/** Pearson correlation of the assets over vectors of returns; 0 with an asset whose returns are all equal. */
export function correlationMatrix(vectors: readonly (readonly number[])[]): number[][] {
  const n = vectors[0]?.length ?? 0;
  const rows = Array.from({ length: n }, (_, i) => standardised(vectors.map((vector) => vector[i] ?? Number.NaN)));
  return rows.map((a, i) => rows.map((b, j) => (i === j ? 1 : a && b ? inner(a, b) : 0)));
}

/** Deviations from the mean at unit length; null when all values are equal. */
function standardised(values: readonly number[]): number[] | null {
  if (values.every((value) => value === values[0])) return null;
  const mean = sum(values) / values.length;
  const deviations = values.map((value) => value - mean);
  const correction = sum(deviations) / values.length;
  const centred = deviations.map((value) => value - correction);
  const length = Math.sqrt(inner(centred, centred));
  return centred.map((value) => value / length);
}

export function largestByJacobi(symmetric: readonly (readonly number[])[]): ReferencePair {
  const n = symmetric.length;
  const a = symmetric.map((row) => [...row]);
  const v = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60 && offDiagonal(a) > 0; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => at(a, j, j) - at(a, i, i));
  const [first = 0, second = -1] = order;
  return {
    lambda: at(a, first, first),
    second: second < 0 ? Number.NEGATIVE_INFINITY : at(a, second, second),
    vector: v.map((row) => row[first] ?? Number.NaN),
  };
}

function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const apq = at(a, p, q);
  if (Math.abs(apq) < 1e-300) return;
  const theta = (at(a, q, q) - at(a, p, p)) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) turn(row, p, q, c, s);
  const [rowP = [], rowQ = []] = [a[p], a[q]];
  for (let k = 0; k < a.length; k++) {
    const [x = 0, y = 0] = [rowP[k], rowQ[k]];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  for (const row of v) turn(row, p, q, c, s);
}

function turn(row: number[], p: number, q: number, c: number, s: number): void {
  const [x = 0, y = 0] = [row[p], row[q]];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}

function offDiagonal(a: readonly (readonly number[])[]): number {
  let largest = 0;
  a.forEach((row, i) => {
    row.forEach((value, j) => {
      if (i !== j && Math.abs(value) > largest) largest = Math.abs(value);
    });
  });
  return largest < 1e-18 ? 0 : largest;
}

const at = (a: readonly (readonly number[])[], i: number, j: number): number => a[i]?.[j] ?? Number.NaN;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, value, i) => total + value * (b[i] ?? 0), 0);
