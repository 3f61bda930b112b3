import { describe, expect, it } from 'vitest';
import {
  CLIENT_ORDER_PREFIX_MAX,
  CLIENT_ORDER_SEQ_MAX,
  ClientOrderIds,
  RUN_EPOCH_MAX,
} from '../../../src/exec/client-order-id.ts';

const BINANCE_RULE = /^[.A-Z:/a-z0-9_-]{1,36}$/;

describe('client order ids', () => {
  it('write epoch and sequence in base 36, six and eight digits', () => {
    // 1296 = 1 * 36^2; 35 = z.
    expect(new ClientOrderIds('dol-', 1296).format(35)).toBe('dol-0001000000000z');
  });

  it('keep the rule of the venue at their longest', () => {
    const id = new ClientOrderIds('x'.repeat(CLIENT_ORDER_PREFIX_MAX), RUN_EPOCH_MAX).format(CLIENT_ORDER_SEQ_MAX);
    expect(id).toMatch(BINANCE_RULE);
    expect(id).toHaveLength(36);
  });

  it('are taken apart as they were made, of another run too', () => {
    const out = { runEpoch: -1, clientOrderSeq: -1 };
    const ids = new ClientOrderIds('x-15PC4ZJy', 12);
    expect(ids.parseInto(out, new ClientOrderIds('x-15PC4ZJy', 11).format(987_654_321))).toBe(true);
    expect(out).toEqual({ runEpoch: 11, clientOrderSeq: 987_654_321 });
  });

  it.each(['autoclose-123', 'dol-1', 'dol-0001000000000Z', 'dol-0001000000000zz', 'x', ''])(
    'know %s as foreign',
    (id) => {
      const out = { runEpoch: -1, clientOrderSeq: -1 };
      expect(new ClientOrderIds('dol-', 1296).parseInto(out, id)).toBe(false);
      expect(out.runEpoch).toBe(-1);
    },
  );

  it('differ for all sequences and epochs', () => {
    const all = new Set<string>();
    for (const epoch of [0, 1, 35, 36, RUN_EPOCH_MAX]) {
      const ids = new ClientOrderIds('p', epoch);
      for (const seq of [0, 1, 35, 36, 1295, 1296, CLIENT_ORDER_SEQ_MAX]) all.add(ids.format(seq));
    }
    expect(all.size).toBe(35);
  });

  it.each([
    ['an empty prefix', '', 0, /client order prefix must be 1 to 22/],
    ['a prefix too long', 'x'.repeat(23), 0, /client order prefix/],
    ['a prefix with a space', 'a b', 0, /was "a b"/],
    ['an epoch too large', 'a', RUN_EPOCH_MAX + 1, /run epoch must be a whole number from 0/],
    ['a broken epoch', 'a', 1.5, /was 1.5/],
  ])('refuse %s', (_name, prefix, epoch, message) => {
    expect(() => new ClientOrderIds(prefix, epoch)).toThrow(message);
  });

  it('refuse a sequence that would not fit', () => {
    expect(() => new ClientOrderIds('a', 0).format(-1)).toThrow(/client order sequence/);
  });
});
