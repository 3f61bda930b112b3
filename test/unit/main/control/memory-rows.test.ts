import { expect, test } from 'vitest';
import { memoryRows } from '../../../../src/main/control/memory-rows.ts';
import type { MemoryReport } from '../../../../src/workers/memory/memory-options.ts';

const NOW_MS = 1_774_051_500_000;
const REPORT: MemoryReport = {
  store: {
    kind: 'hazelcast',
    where: 'dolphin at 127.0.0.1:5701',
    connected: false,
    connections: 3,
    safety: 'map',
    inFlight: 12,
    failures: 40,
    lastFailure: 'no member is connected',
    refusal: null,
    notes: ['DOLPHIN_SAFETY is a map.'],
    pendingWrites: 2,
    refused: 1,
  },
  claim: 'lost',
  writtenMs: NOW_MS - 61_000,
  unwritten: 2,
  capital: 25_123.456,
  storedDate: '2026-03-20',
  posture: { name: 'TURTLE', rm: 0.6, tsMs: NOW_MS - 5000 },
  acb: { boost: 1.2, beta: 0.8, tsMs: null },
  scanMs: NOW_MS - 400,
};

test('a memory in trouble, at a glance', () => {
  expect(memoryRows(REPORT, NOW_MS)).toEqual([
    ['store', 'hazelcast dolphin at 127.0.0.1:5701: NOT CONNECTED, connection 3, 12 in flight'],
    ['state', 'LOST to another engine: no entries, nothing is written, stored up to 2026-03-20, 2 to be written'],
    ['capital', '25,123.46 USDT'],
    ['last write', expect.stringMatching(/^1(?: min|m|:)? ?.* ago$/)],
    ['posture', expect.stringMatching(/^TURTLE, Rm 0\.6, 5.* old$/)],
    ['ACB', 'boost 1.2, beta 0.8'],
    ['last scan', expect.stringMatching(/ old$/)],
    ['failures', '40, last: no member is connected'],
    ['refused', '1 malformed values'],
    ['note', 'DOLPHIN_SAFETY is a map.'],
  ]);
});

test('nothing in a run without a memory, and words for what is not there yet', () => {
  expect(memoryRows(null, NOW_MS)).toEqual([]);
  const store = { ...REPORT.store, connected: true, connections: 1, failures: 0, refused: 0, notes: [] };
  const fresh: MemoryReport = {
    ...REPORT,
    store,
    claim: 'claimed',
    writtenMs: null,
    unwritten: 0,
    capital: null,
    storedDate: null,
    posture: null,
    acb: null,
    scanMs: null,
  };
  expect(memoryRows(fresh, NOW_MS).map(([, words]) => words)).toEqual([
    'hazelcast dolphin at 127.0.0.1:5701: connected, 12 in flight',
    'claimed by this run, nothing stored yet',
    'no result yet',
    'none yet',
    'none',
    'none',
    'none',
  ]);
});
