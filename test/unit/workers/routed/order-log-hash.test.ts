import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  TAPE_ADVANCE,
  TAPE_CANCEL,
  TAPE_IRREGULAR,
  TAPE_SUBMIT,
  TAPE_TOUCH,
  TAPE_VALUES_MAX,
  type TapeKind,
} from '../../../../src/model/execution-tape.ts';
import { OrderLogHash } from '../../../../src/workers/routed/order-log-hash.ts';
import { teeTape } from '../../../../src/workers/routed/tee-tape.ts';

function padded(...values: number[]): Float64Array {
  const all = new Float64Array(TAPE_VALUES_MAX).fill(77);
  all.set(values);
  return all;
}

describe('the order log hash', () => {
  it('is SHA-256 over kind and values as little-endian doubles, and over nothing beyond them', () => {
    const hash = new OrderLogHash();
    hash.write(TAPE_CANCEL, padded(3, 0, 20_000, 1.5e9));
    const expected = createHash('sha256').update(new Uint8Array(Float64Array.of(8, 3, 0, 20_000, 1.5e9).buffer));
    expect(hash.digest()).toBe(expected.digest('hex'));
  });

  it('takes every NaN for the same one', () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n]).buffer);
    const order = padded(0, 0, 0, 1, 2, 0, 100, 1, 0, 20_000, 0);
    const [one, other] = [Number.NaN, odd[0]!].map((nan) => {
      const hash = new OrderLogHash();
      order[5] = nan;
      hash.write(TAPE_SUBMIT, order);
      return hash.digest();
    });
    expect(one).toBe(other);
    const bytes = Float64Array.of(7, ...order.slice(0, 11));
    new BigUint64Array(bytes.buffer)[6] = 0x7ff8_0000_0000_0000n;
    expect(one).toBe(createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex'));
  });

  it('leaves out inputs, answers and irregularities', () => {
    const hash = new OrderLogHash();
    for (const kind of [TAPE_ADVANCE, TAPE_TOUCH, TAPE_IRREGULAR] as const) hash.write(kind, padded(1, 2, 3, 4));
    expect(hash.digest()).toBe(createHash('sha256').digest('hex'));
  });

  it('takes more records than its buffer holds, and can be asked in between', () => {
    const [one, asked] = [new OrderLogHash(), new OrderLogHash()];
    for (let i = 0; i < 5_000; i++) {
      one.write(TAPE_CANCEL, padded(i, 0, 20_000, i));
      asked.write(TAPE_CANCEL, padded(i, 0, 20_000, i));
      if (i % 1_000 === 0) asked.digest();
    }
    expect(asked.digest()).toBe(one.digest());
  });
});

describe('a tape for several readers', () => {
  it('goes to all of them in order, and no further than one that throws', () => {
    const taken: string[] = [];
    const reader = (name: string) => ({ write: (kind: TapeKind) => void taken.push(`${name}${kind}`) });
    const torn = {
      write: () => {
        throw new Error('disk full');
      },
    };
    teeTape(reader('a'), reader('b')).write(TAPE_CANCEL, padded());
    expect(() => teeTape(reader('a'), torn, reader('b')).write(TAPE_SUBMIT, padded())).toThrow('disk full');
    expect(taken).toEqual(['a8', 'b8', 'a7']);
  });
});
