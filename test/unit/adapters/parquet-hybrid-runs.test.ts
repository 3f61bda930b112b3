import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readHybridInto } from '../../../src/adapters/parquet/hybrid-runs.ts';

function viewOf(bytes: readonly number[]): DataView {
  return new DataView(Uint8Array.from(bytes).buffer);
}

function decode(bytes: readonly number[], count: number, bitWidth: number, start = 0): number[] {
  const out = new Int32Array(count);
  readHybridInto(out, viewOf(bytes), start, bitWidth);
  return [...out];
}

test('the example of the format: 0 to 7 in three bits', () => {
  // parquet-format Encodings.md: 10001000 11000110 11111010; header = 1 group << 1 | 1
  expect(decode([3, 0b10001000, 0b11000110, 0b11111010], 8, 3)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a run of one value, then packed ones, cut where the output is full', () => {
  // header 10 << 1 = 20: ten times 300 in two bytes; then one group of eight 9-bit values, of which two are wanted
  const packed = [1, 300].map((value, i) => BigInt(value) << BigInt(9 * i)).reduce((a, b) => a | b);
  const bytes = Array.from({ length: 9 }, (_, i) => Number((packed >> BigInt(8 * i)) & 255n));
  expect(decode([20, 300 & 255, 300 >> 8, 3, ...bytes], 12, 9)).toEqual([...Array(10).fill(300), 1, 300]);
});

test('a run that claims more than fits stops at the end of the output', () => {
  expect(decode([0xfe, 0xff, 0xff, 0xff, 0x0f, 1], 3, 1)).toEqual([1, 1, 1]);
});

test.each([
  ['no bytes', [], 3],
  ['a header without its value', [20], 9],
  ['a packed group that is cut off', [3, 0, 0], 3],
  ['an empty run', [0, 0, 0, 0], 1],
  ['indexes too wide', [3, 0, 0, 0, 0], 26],
])('%s is an error', (_, bytes, bitWidth) => {
  expect(() => decode(bytes, 8, bitWidth)).toThrow();
});

test('packed values of every width come back', () => {
  const cases = fc.integer({ min: 1, max: 25 }).chain((bitWidth) =>
    fc.record({
      bitWidth: fc.constant(bitWidth),
      values: fc.array(fc.integer({ min: 0, max: 2 ** bitWidth - 1 }), { minLength: 1, maxLength: 60 }),
      start: fc.integer({ min: 0, max: 5 }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ bitWidth, values, start }) => {
      const groups = Math.ceil(values.length / 8);
      const packed = values.reduce((sum, value, i) => sum | (BigInt(value) << BigInt(bitWidth * i)), 0n);
      const body = Array.from({ length: groups * bitWidth }, (_, i) => Number((packed >> BigInt(8 * i)) & 255n));
      const bytes = [...Array<number>(start).fill(255), (groups << 1) | 1, ...body];
      expect(decode(bytes, values.length, bitWidth, start)).toEqual(values);
    }),
  );
});
