import { expect, test } from 'vitest';
import { restoreCapital } from '../../../src/adapters/memory/restore-capital.ts';
import { state } from '../../integration/memory/sample-values.ts';

const STAMP = { owner: '', epoch: 0, seq: 0 };
const rules = { strategy: 'champion', paramHash: 'abc123', initialCapital: 25_000, adopt: false };
const stored = (capital: number, isStale = false) =>
  ({ kind: 'ok', value: { ...state(capital, '2026-03-20', isStale), stamp: STAMP } }) as const;

test('the capital of the state goes on; without a state it is the initial one', () => {
  expect(restoreCapital(stored(31_000), rules)).toEqual({
    capital: 31_000,
    date: '2026-03-20',
    isKnown: true,
    warnings: [],
  });
  expect(restoreCapital({ kind: 'absent' }, rules)).toEqual({
    capital: 25_000,
    date: null,
    isKnown: true,
    warnings: [],
  });
});

test('a stale state is used and said to be one', () => {
  expect(restoreCapital(stored(31_000, true), rules).warnings.join()).toContain('DO-NOT-USE');
});

test('a state of another strategy is refused, or taken over when told so', () => {
  const other = { ...rules, paramHash: 'def456' };
  expect(() => restoreCapital(stored(31_000), other)).toThrow('was made by strategy abc123, this one is def456');
  const adopted = restoreCapital(stored(31_000), { ...other, adopt: true });
  expect([adopted.capital, adopted.warnings.length]).toEqual([31_000, 1]);
});

test('strategies that share a hash are told apart by their names, where the state has one', () => {
  const green = { ...rules, strategy: 'green' };
  expect(() => restoreCapital(stored(31_000), green)).toThrow('was made by strategy champion, this one is green');
  expect(restoreCapital(stored(31_000), { ...green, adopt: true }).warnings).toHaveLength(1);
  const unnamed = { kind: 'ok', value: { ...stored(31_000).value, strategy: null } } as const;
  expect(restoreCapital(unnamed, green)).toMatchObject({ capital: 31_000, warnings: [] });
});

test('a malformed state never becomes the initial capital in silence', () => {
  const malformed = { kind: 'malformed', reason: 'capital: Invalid input' } as const;
  expect(() => restoreCapital(malformed, rules)).toThrow('the capital state is malformed, capital: Invalid input');
  expect(restoreCapital(malformed, { ...rules, adopt: true })).toMatchObject({ capital: 25_000, isKnown: true });
});

test('an unreachable memory stops nothing, and what was guessed is not known', () => {
  const restored = restoreCapital({ kind: 'unreachable', reason: 'no member is connected' }, rules);
  expect(restored).toMatchObject({ capital: 25_000, isKnown: false });
  expect(restored.warnings).toEqual([
    'The memory cannot be read (no member is connected): starting with 25,000.00 USDT, not written until it can.',
  ]);
});
