import { describe, expect, it } from 'vitest';
import { KernelMemory, type KernelVector } from '../../../../../src/alpha/scanner/kernels/kernel-memory.ts';
import { packedIndex, packedLength, packedStride } from '../../../../../src/alpha/scanner/packed-symmetric.ts';

/** Orders around the width of a panel, with and without padding. */
const ORDERS = [1, 2, 3, 4, 5, 8, 9, 13, 30];

const sequence = (n: number, step: number): number[] =>
  Array.from({ length: n }, (_, i) => ((i * step + step) % 7) - 3);

/** Memory with room for the vectors of one test. */
function createSpace(n: number) {
  const memory = new KernelMemory(20_000);
  const stride = packedStride(n);
  const vector = (values: readonly number[] = []): KernelVector => {
    const allocated = memory.allocate(stride);
    allocated.values.set(values);
    return allocated;
  };
  const packed = memory.allocate(packedLength(stride));
  /** Writes a full symmetric matrix. */
  const fill = (element: (i: number, j: number) => number): void => {
    for (let i = 0; i < n; i++) {
      const last = Math.min(n, i - (i % 4) + 4);
      for (let j = i - (i % 4); j < last; j++) packed.values[packedIndex(stride, i, j)] = element(i, j);
      for (let j = last; j < n; j++) packed.values[packedIndex(stride, i, j)] = element(i, j);
    }
  };
  const read = (i: number, j: number): number =>
    packed.values[packedIndex(stride, Math.min(i, j), Math.max(i, j))] ?? Number.NaN;
  return { kernels: memory.kernels, memory, stride, vector, packed, fill, read };
}

const inner = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
const padded = (values: readonly number[], stride: number): number[] => [
  ...values,
  ...Array<number>(stride - values.length).fill(0),
];

// Small integers: every sum is exact, whatever its order.
describe.each(ORDERS)('kernels on vectors of %i', (n) => {
  it('multiply, add and scale element by element', () => {
    const { kernels, stride, vector } = createSpace(n);
    const [a, b] = [sequence(n, 2), sequence(n, 3)];
    const [x, y] = [vector(a), vector(b)];
    expect(kernels.dot(x.pointer, y.pointer, stride)).toBe(inner(a, b));
    kernels.addScaled(y.pointer, 4, x.pointer, stride);
    expect([...y.values]).toEqual(
      padded(
        b.map((value, i) => value + 4 * (a[i] ?? 0)),
        stride,
      ),
    );
    kernels.addVector(y.pointer, x.pointer, stride);
    kernels.scale(y.pointer, 2, y.pointer, stride);
    expect([...y.values]).toEqual(
      padded(
        b.map((value, i) => 2 * (value + 5 * (a[i] ?? 0))),
        stride,
      ),
    );
  });

  it('roll outer products in and out', () => {
    const { kernels, stride, vector, packed, fill, read } = createSpace(n);
    const [a, b] = [sequence(n, 2), sequence(n, 3)];
    fill((i, j) => i + j);
    kernels.rollOuterProducts(packed.pointer, vector(a).pointer, vector(b).pointer, stride);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        expect(read(i, j)).toBe(i + j + (a[i] ?? 0) * (a[j] ?? 0) - (b[i] ?? 0) * (b[j] ?? 0));
      }
    }
  });

  it.each([1, 2, 16])('add a block of %i centred vectors', (count) => {
    const { kernels, memory, stride, vector, packed, fill, read } = createSpace(n);
    const vectors = Array.from({ length: count }, (_, k) => sequence(n, k + 2));
    const shifts = sequence(n, 5);
    const centred = vectors.map((v) => v.map((value, i) => value - (shifts[i] ?? 0)));
    const block = memory.allocate(count * stride);
    const [sums, shift] = [vector(), vector(shifts)];
    vectors.forEach((v, k) => {
      kernels.centreIntoBlock(block.pointer + 32 * k, sums.pointer, vector(v).pointer, shift.pointer, count, stride);
    });
    expect([...sums.values.slice(0, n)]).toEqual(
      shifts.map((_, i) => centred.reduce((sum, v) => sum + (v[i] ?? 0), 0)),
    );
    fill((i, j) => i * j);
    kernels.addOuterProducts(packed.pointer, block.pointer, count, stride);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        expect(read(i, j)).toBe(i * j + centred.reduce((sum, v) => sum + (v[i] ?? 0) * (v[j] ?? 0), 0));
      }
    }
  });

  it('multiply the packed matrix and overwrite the product', () => {
    const { kernels, stride, vector, packed, fill } = createSpace(n);
    const element = (i: number, j: number): number => ((i + 1) * (j + 1)) % 11;
    fill(element);
    const x = sequence(n, 2);
    const y = vector(Array<number>(n).fill(99));
    kernels.multiply(y.pointer, packed.pointer, vector(x).pointer, stride);
    expect([...y.values]).toEqual(
      padded(
        x.map((_, i) =>
          inner(
            x.map((__, j) => element(i, j)),
            x,
          ),
        ),
        stride,
      ),
    );
  });

  it('multiply by the correlation matrix and add its squares up', () => {
    const { kernels, stride, vector, packed, fill } = createSpace(n);
    const bars = 4;
    const scales = sequence(n, 5);
    const sums = sequence(n, 3).map((value) => 2 * value); // even: s s^T / 4 is whole
    const square = (i: number, j: number): number => ((i + 1) * (j + 1)) % 11;
    const element = (i: number, j: number): number =>
      (scales[i] ?? 0) * (square(i, j) - ((sums[i] ?? 0) * (sums[j] ?? 0)) / bars) * (scales[j] ?? 0);
    fill(square);
    const x = sequence(n, 2);
    const [y, s, q, scratch] = [vector(Array<number>(n).fill(99)), vector(sums), vector(scales), vector()];
    const from = vector(x);
    kernels.multiplyCorrelation(
      y.pointer,
      packed.pointer,
      s.pointer,
      q.pointer,
      bars,
      from.pointer,
      scratch.pointer,
      stride,
    );
    // 0 and -0 are equal here
    const expected = x.map((_, i) =>
      inner(
        x.map((__, j) => element(i, j)),
        x,
      ),
    );
    expect(Math.max(...expected.map((value, i) => Math.abs(value - (y.values[i] ?? Number.NaN))))).toBe(0);
    const squares = expected.reduce(
      (sum, _, i) => sum + expected.reduce((row, __, j) => row + element(i, j) ** 2, 0),
      0,
    );
    expect(kernels.correlationSquares(packed.pointer, s.pointer, q.pointer, bars, stride)).toBe(squares);
  });
});

describe('orthogonalising', () => {
  it('takes the parts along basis and locked vector away, and says what length is left', () => {
    const { kernels, memory, stride } = createSpace(5);
    const basis = memory.allocate(2 * stride);
    basis.values.set([1, 0, 0, 0, 0, 0, 0, 0, /* second */ 0, 1]);
    const [work, locked] = [memory.allocate(stride), memory.allocate(stride)];
    work.values.set([7, 8, 9, 3, 4]);
    locked.values.set([0, 0, 1]);
    expect(kernels.orthogonalise(work.pointer, basis.pointer, 2, locked.pointer, stride)).toBe(5); // 3, 4: 5
    expect([...work.values]).toEqual([0, 0, 0, 3, 4, 0, 0, 0]);
    work.values.set([7, 8, 9, 3, 4]);
    expect(kernels.orthogonalise(work.pointer, basis.pointer, 1, 0, stride)).toBe(Math.sqrt(64 + 81 + 25));
  });

  it('goes over it twice when little is left: what rounding put along the basis goes, too', () => {
    const { kernels, memory, stride } = createSpace(4);
    const [basis, work] = [memory.allocate(stride), memory.allocate(stride)];
    basis.values.set([1 / 7, 4 / 7, 4 / 7, 4 / 7]); // 1 + 16 + 16 + 16 = 49
    work.values.set([1e3 / 7 + 1e-9, 4e3 / 7, 4e3 / 7, 4e3 / 7]);
    const length = kernels.orthogonalise(work.pointer, basis.pointer, 1, 0, stride);
    // One pass leaves rounding of 1000 beside a length of 1e-9.
    expect(Math.abs(inner([...work.values], [...basis.values]))).toBeLessThan(1e-12 * length);
  });
});

describe('kernel memory', () => {
  it('hands out zeros in whole units of 32 bytes, never at 0, and no more than it has', () => {
    const memory = new KernelMemory(8000);
    const [first, second] = [memory.allocate(5), memory.allocate(4)];
    expect(first.pointer).toBeGreaterThan(0);
    expect([first.pointer % 32, second.pointer - first.pointer]).toEqual([0, 64]); // 5 doubles take 8
    expect(first.values.every((value) => value === 0)).toBe(true);
    expect(() => memory.allocate(10_000)).toThrow('scanner memory must hold 80128 bytes, was made for 65536');
  });

  it('refuses what 32-bit offsets do not reach', () => {
    expect(() => new KernelMemory(2 ** 30)).toThrow('scanner memory must be within 4 GiB');
  });

  it('is its own: two memories do not see each other', () => {
    const [a, b] = [new KernelMemory(8), new KernelMemory(8)].map((memory) => memory.allocate(4));
    a?.values.fill(7);
    expect([...(b?.values ?? [])]).toEqual([0, 0, 0, 0]);
  });
});
