import { expect, test } from 'vitest';
import type { Reading } from '../../../src/adapters/memory/refusals.ts';
import type { StampedCapital } from '../../../src/model/memory-values.ts';
import { continuityProblem, type StateBasis } from '../../../src/workers/memory/continuity.ts';

const standing = (
  paramHash: string | null = 'abc',
  strategy: string | null = 'champion',
): Reading<StampedCapital> & { kind: 'ok' } => ({
  kind: 'ok',
  value: {
    capital: 26_000,
    date: '2026-03-20',
    pnl: 1,
    strategy,
    paramHash,
    isStale: false,
    stamp: { owner: '', epoch: 0, seq: 0 },
  },
});
const began = (capital: number, date: string): StateBasis => ({ kind: 'state', state: { capital, date } });

test.each<[string, Exclude<Reading<StampedCapital>, { kind: 'unreachable' }>, StateBasis, RegExp | null]>([
  ['an empty memory is anybody\u2019s', { kind: 'absent' }, { kind: 'unknown' }, null],
  ['the state that it began with', standing(), began(26_000, '2026-03-20'), null],
  ['one of another writer without a hash', standing(null), began(26_000, '2026-03-20'), null],
  ['another capital', standing(), began(25_000, '2026-03-20'), /holds a capital of 26000 \(2026-03-20\)/],
  ['another date', standing(), began(26_000, '2026-03-19'), /with which this run did not begin/],
  ['a state that came since', standing(), { kind: 'state', state: null }, /did not begin/],
  ['a memory that could not be asked', standing(), { kind: 'unknown' }, /did not begin/],
  ['its own earlier life', standing(), { kind: 'resumed' }, null],
  ['another strategy, resumed', standing('def'), { kind: 'resumed' }, /made by strategy def, this one is abc/],
  [
    'another strategy of the same hash',
    standing('abc', 'green'),
    { kind: 'resumed' },
    /by strategy green, this one is champion/,
  ],
  ['one without a name, as spec 1.0 has it', standing('abc', null), { kind: 'resumed' }, null],
  ['another strategy, adopted', standing('def'), { kind: 'adopted' }, null],
  ['a malformed one', { kind: 'malformed', reason: 'capital: x' }, { kind: 'unknown' }, /is malformed, capital: x/],
  ['a malformed one, adopted', { kind: 'malformed', reason: 'capital: x' }, { kind: 'adopted' }, null],
])('%s', (_situation, reading, basis, problem) => {
  const found = continuityProblem(reading, basis, { strategy: 'champion', paramHash: 'abc' });
  if (problem === null) expect(found).toBeNull();
  else expect(found).toMatch(problem);
});
