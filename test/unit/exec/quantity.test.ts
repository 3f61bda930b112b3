import { describe, expect, it } from 'vitest';
import { covers, floorToLot, snapToLot } from '../../../src/exec/quantity.ts';

describe('quantities in lots', () => {
  it.each([
    ['rounds down', 0.0019, 0.001, 0.001],
    ['keeps what is whole but for a binary fraction', 0.1 + 0.2, 0.1, 0.3],
    ['keeps 0.3, which divides to 2.9999999999999996', 0.3, 0.1, 0.3],
    ['is nothing below a lot', 0.0009, 0.001, 0],
    ['leaves any size alone without a lot', 0.123456789, 0, 0.123456789],
    ['serves lots above 1', 1234, 100, 1200],
  ])('floorToLot %s', (_name, qty, lot, expected) => {
    expect(floorToLot(qty, lot)).toBe(expected);
  });

  it('snaps a sum to whole lots', () => {
    expect(snapToLot(0.1 + 0.2, 0.1)).toBe(0.3);
    expect(snapToLot(1 - 0.9, 0.1)).toBe(0.1);
    expect(snapToLot(0.1 + 0.2, 0)).toBe(0.1 + 0.2);
  });

  it('covers but for half a lot, or a billionth', () => {
    expect(covers(0.7 + 0.1 + 0.2, 1, 0.1)).toBe(true);
    expect(covers(0.9, 1, 0.1)).toBe(false);
    expect(covers(1 - 1e-10, 1, 0)).toBe(true);
    expect(covers(1 - 1e-8, 1, 0)).toBe(false);
  });
});
