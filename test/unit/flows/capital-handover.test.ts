import { describe, expect, test } from 'vitest';
import { type HandoverInputs, handOver } from '../../../src/flows/capital-handover.ts';
import type { CapitalState, PnlPart } from '../../../src/model/memory-values.ts';

const HASH = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const state = (date: string, capital: number, changes: Partial<CapitalState> = {}): CapitalState => ({
  date,
  capital,
  pnl: 0,
  strategy: 'champion',
  paramHash: HASH,
  isStale: false,
  ...changes,
});
const result = (changes: Partial<PnlPart> = {}): PnlPart => ({
  date: '2026-01-06',
  pnl: 50,
  trades: 3,
  capital: 150,
  paramHash: HASH,
  isStale: false,
  stamp: { owner: '', epoch: 1, seq: 1 },
  ...changes,
});
const decide = (changes: Partial<HandoverInputs>) =>
  handOver({
    date: '2026-01-06',
    strategy: 'champion',
    paramHash: HASH,
    initialCapital: 25_000,
    state: null,
    written: null,
    history: null,
    memory: 'embedded:/b.db',
    elsewhere: null,
    continuedFrom: null,
    isShared: false,
    adopt: false,
    ...changes,
  });

describe('where the capital of a day comes from', () => {
  test.each<[string, Partial<HandoverInputs>, object]>([
    ['nothing anywhere', {}, { kind: 'run', capital: 25_000, from: 'initial' }],
    ['the state of the day before', { state: state('2026-01-05', 100) }, { kind: 'run', capital: 100, from: 'memory' }],
    [
      'days between are not traded',
      { state: state('2026-01-01', 100) },
      { kind: 'run', capital: 100, from: 'memory', after: '2026-01-01' },
    ],
    ['no memory, no history', { state: 'unreachable' }, { kind: 'run', capital: 25_000, from: 'initial' }],
    [
      'no memory: the history of this machine',
      { state: 'unreachable', history: state('2026-01-05', 90) },
      { kind: 'run', capital: 90, from: 'history' },
    ],
    [
      'a memory that restarted empty: the history',
      { history: state('2026-01-05', 90) },
      { kind: 'run', capital: 90, from: 'history' },
    ],
    [
      'a memory ahead of the history: the memory',
      { state: state('2026-01-05', 100), history: state('2026-01-04', 90) },
      { kind: 'run', capital: 100, from: 'memory' },
    ],
    [
      'a memory behind the history: the history',
      { state: state('2026-01-04', 100), history: state('2026-01-05', 90), continuedFrom: 100 },
      { kind: 'run', capital: 90, from: 'history' },
    ],
  ])('%s', (_situation, changes, expected) => {
    expect(decide(changes)).toMatchObject(expected);
  });
});

describe('a day is in the capital once', () => {
  test.each<[string, Partial<HandoverInputs>]>([
    ['the state ends with it', { state: state('2026-01-06', 100) }],
    ['the state is further', { state: state('2026-01-07', 100) }],
    [
      'the history ends with it, the memory does not answer',
      { state: 'unreachable', history: state('2026-01-06', 100) },
    ],
    ['the history ends with it, the memory is empty', { history: state('2026-01-06', 100) }],
    ['by another strategy, adopted', { state: state('2026-01-06', 100, { paramHash: OTHER }), adopt: true }],
  ])('%s', (_situation, changes) => {
    expect(decide(changes).kind).toBe('done');
  });

  test('a result that fits on the state is not traded again', () => {
    expect(decide({ state: state('2026-01-05', 100), written: result() })).toMatchObject({
      kind: 'finish',
      capitalBefore: 100,
      result: { capital: 150 },
    });
  });

  test.each<[string, Partial<PnlPart>]>([
    ['made on another capital', { capital: 160 }],
    ['by another strategy', { paramHash: OTHER }],
    ['marked DO-NOT-USE', { isStale: true }],
  ])('a result %s is traded again', (_situation, changes) => {
    expect(decide({ state: state('2026-01-05', 100), written: result(changes) }).kind).toBe('run');
  });
});

describe('what only the operator can decide', () => {
  test.each<[string, Partial<HandoverInputs>, string]>([
    ['a state of another strategy', { state: state('2026-01-05', 100, { paramHash: OTHER }) }, 'bbbbbbbbbbbb'],
    [
      'a state of another strategy that has the same hash',
      { state: state('2026-01-05', 100, { strategy: 'green' }) },
      'is of strategy green, this one is champion',
    ],
    [
      'a history of another strategy that has the same hash',
      { history: state('2026-01-05', 100, { strategy: 'green' }) },
      'is of strategy green, this one is champion',
    ],
    [
      'a memory without a state, where another one was used before',
      { elsewhere: { memory: 'embedded:/a.db', state: state('2026-01-05', 90) } },
      'embedded:/b.db has no state, and this machine has completed 2026-01-05 with embedded:/a.db, at 90 USDT',
    ],
    ['a state that is marked', { state: state('2026-01-05', 100, { isStale: true }) }, 'DO-NOT-USE'],
    ['a shared memory without a state', { history: state('2026-01-05', 90), isShared: true }, 'has no state'],
    [
      'a shared memory that is behind',
      { state: state('2026-01-03', 80), history: state('2026-01-05', 90), isShared: true },
      'ends with 2026-01-03',
    ],
    [
      'a history that began from another capital than the state',
      { state: state('2026-01-04', 100), history: state('2026-01-05', 90), continuedFrom: 80 },
      'from 80 USDT',
    ],
  ])('%s is refused, and adopted on request', (_situation, changes, words) => {
    const refused = decide(changes);
    expect(refused.kind).toBe('refuse');
    expect((refused as { reason: string }).reason).toContain(words);
    expect((refused as { reason: string }).reason).toContain('--adopt');
    expect(decide({ ...changes, adopt: true }).kind).toBe('run');
  });

  test('another memory, adopted: its history is begun from', () => {
    const elsewhere = { memory: 'embedded:/a.db', state: state('2026-01-05', 90) };
    const adopted = { kind: 'run', capital: 90, from: 'history', after: '2026-01-05' };
    expect(decide({ elsewhere, adopt: true })).toMatchObject(adopted);
  });

  test('what was done with another memory is no matter to one that has a state', () => {
    const elsewhere = { memory: 'embedded:/a.db', state: state('2026-01-05', 90) };
    expect(decide({ elsewhere, state: state('2026-01-04', 100) })).toMatchObject({ kind: 'run', capital: 100 });
  });

  test('a state without a name is of an older or another writer', () => {
    expect(decide({ state: state('2026-01-05', 100, { strategy: null }) })).toMatchObject({
      kind: 'run',
      capital: 100,
    });
  });

  test('a state without a hash is of a writer that gives none', () => {
    expect(decide({ state: state('2026-01-05', 100, { paramHash: null }) })).toMatchObject({
      kind: 'run',
      capital: 100,
    });
  });
});
