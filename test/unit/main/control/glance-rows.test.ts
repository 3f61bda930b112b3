import { describe, expect, test } from 'vitest';
import type { EngineRegime } from '../../../../src/main/control/engine-figures.ts';
import { type GlanceRow, glanceRows } from '../../../../src/main/control/glance-rows.ts';
import { glanceLines } from '../../../../src/main/control/glance-text.ts';
import type { RunStatus } from '../../../../src/main/control/run-status.ts';
import { COLOR_STYLE } from '../../../../src/report/terminal-style.ts';
import { displayWidth } from '../../../../src/report/text-table.ts';
import type { MemoryReport } from '../../../../src/workers/memory/memory-options.ts';

const NOW_MS = Date.parse('2026-11-21T14:53:12Z');
const REGIME: EngineRegime = { posture: 'APEX', rm: 0.97, boost: 1.2, beta: 0.8 };
const STORE: MemoryReport['store'] = {
  kind: 'hazelcast',
  where: 'dolphin at 10.0.0.1:5701',
  connected: true,
  connections: 1,
  safety: 'map',
  inFlight: 0,
  failures: 0,
  lastFailure: null,
  refusal: null,
  notes: [],
  pendingWrites: 0,
  refused: 0,
};
const MEMORY: MemoryReport = {
  store: STORE,
  claim: 'claimed',
  writtenMs: null,
  unwritten: 0,
  capital: null,
  storedDate: null,
  posture: { name: 'TURTLE', rm: 0.6, tsMs: null },
  acb: { boost: 1.5, beta: 0.2, tsMs: null },
  scanMs: null,
};
const QUIET: MemoryReport = { ...MEMORY, posture: null, acb: null };

type Glanced = Pick<RunStatus, 'regime' | 'capital' | 'memory' | 'hasMemory' | 'lastScan' | 'storeOutSince'>;

function rowsOf(changes: Partial<Glanced>): GlanceRow[] {
  const plain: Glanced = {
    regime: REGIME,
    capital: 25_123.456,
    memory: null,
    hasMemory: false,
    lastScan: null,
    storeOutSince: null,
  };
  return glanceRows({ ...plain, ...changes } as RunStatus, NOW_MS);
}

function words(label: string, changes: Partial<Glanced>): string | undefined {
  return rowsOf(changes).find((row) => row.label === label)?.words;
}

describe('posture and ACB', () => {
  test.each<[string, EngineRegime | null, MemoryReport | null, string, string]>([
    ['nobody knows them yet', null, QUIET, 'none yet', 'none yet'],
    [
      'the memory alone',
      null,
      MEMORY,
      'none yet (memory: TURTLE, Rm 0.60)',
      'none yet (memory: boost 1.50, beta 0.20)',
    ],
    ['the engine alone', REGIME, null, 'APEX, Rm 0.97', 'boost 1.20, beta 0.80'],
    [
      'both, and they differ',
      REGIME,
      MEMORY,
      'APEX, Rm 0.97 (memory: TURTLE, Rm 0.60)',
      'boost 1.20, beta 0.80 (memory: boost 1.50, beta 0.20)',
    ],
    [
      'both, and they agree',
      REGIME,
      { ...MEMORY, posture: { name: 'APEX', rm: 0.97, tsMs: null }, acb: { boost: 1.2, beta: 0.8, tsMs: null } },
      'APEX, Rm 0.97',
      'boost 1.20, beta 0.80',
    ],
  ])('%s', (_situation, regime, memory, posture, acb) => {
    expect([words('posture', { regime, memory }), words('ACB', { regime, memory })]).toEqual([posture, acb]);
  });
});

test('capital is that of the engine', () => {
  expect(words('capital', { memory: { ...MEMORY, capital: 24_000 } })).toBe('25,123.46 USDT');
});

describe('the last scan', () => {
  const eventTime = '2026-01-05T00:46:45.000Z';
  test.each<[string, RunStatus['lastScan'], string]>([
    ['none', null, 'none yet'],
    [
      'of a paced replay',
      { eventTime, clock: 'event time', ageSeconds: 2 },
      '2.00 s old by event time, 2026-01-05 00:46:45 UTC',
    ],
    [
      'of a replay without a pace, or at its end',
      { eventTime, clock: 'event time', ageSeconds: null },
      '2026-01-05 00:46:45 UTC, event time',
    ],
    [
      'live',
      { eventTime, clock: 'wall clock', ageSeconds: 75 },
      '1 min 15 s old by the wall clock, 2026-01-05 00:46:45 UTC',
    ],
    [
      'live, by a venue whose clock is ahead',
      { eventTime, clock: 'wall clock', ageSeconds: -0.2 },
      '0.00 s old by the wall clock, 2026-01-05 00:46:45 UTC',
    ],
  ])('%s', (_situation, lastScan, expected) => {
    expect(words('last scan', { lastScan })).toBe(expected);
  });
});

describe('the memory', () => {
  const where = 'hazelcast dolphin at 10.0.0.1:5701';
  test.each<[string, Partial<Glanced>, string, boolean]>([
    ['none', {}, 'none', false],
    ['not heard of', { hasMemory: true }, 'not heard of yet', false],
    ['connected', { memory: QUIET }, `${where}: connected, nothing to be written`, false],
    [
      'behind',
      { memory: { ...QUIET, store: { ...STORE, pendingWrites: 3 } } },
      `${where}: connected, 3 values to be written`,
      false,
    ],
    [
      'out of reach',
      {
        memory: { ...QUIET, store: { ...STORE, connected: false, pendingWrites: 1 } },
        storeOutSince: '2026-11-21T14:53:00.000Z',
      },
      `${where}: OUT OF REACH since 14:53:00 UTC (12.0 s), 1 value to be written`,
      true,
    ],
    [
      'refused, which no time mends',
      {
        memory: { ...QUIET, store: { ...STORE, connected: false, refusal: 'the login is wrong\u001b[2J' } },
        storeOutSince: '2026-11-21T14:53:00.000Z',
      },
      `${where}: OUT OF REACH since 14:53:00 UTC (12.0 s), the login is wrong?[2J, nothing to be written`,
      true,
    ],
  ])('%s', (_situation, changes, expected, isWarning) => {
    const [row] = rowsOf(changes).slice(-1);
    expect(row).toEqual({ label: 'memory', words: expected, isWarning });
  });
});

describe('the block', () => {
  const rows: GlanceRow[] = [
    { label: 'a', words: 'short', isWarning: false },
    { label: 'longer', words: 'words that do not fit beside their name in forty columns', isWarning: true },
  ];

  test('wraps words beside their names', () => {
    const lines = glanceLines(rows, 40);
    expect(lines).toEqual([
      'At a glance',
      '  a       short',
      '  longer  words that do not fit beside',
      '          their name in forty columns',
    ]);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(40);
  });

  test('marks what must not be overlooked, and nothing else', () => {
    const [, first, second] = glanceLines(rows, 80, COLOR_STYLE);
    expect([first, second?.startsWith(`  ${COLOR_STYLE.warning('x').split('x')[0]}longer`)]).toEqual([
      '  a       short',
      true,
    ]);
  });

  test('is not there without rows', () => {
    expect(glanceLines([], 80)).toEqual([]);
  });
});
