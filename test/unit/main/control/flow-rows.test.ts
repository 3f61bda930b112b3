import { expect, test } from 'vitest';
import { capitalRows, flowRows } from '../../../../src/main/control/flow-rows.ts';
import type { FlowStatus, FlowsStatus } from '../../../../src/main/control/flows-status.ts';

const PAPER: FlowStatus = {
  name: 'dolphin-paper-blue',
  flow: 'paper',
  deployment: 'blue',
  memory: 'embedded:/srv/memory.db',
  newest: { id: 7, date: '2025-05-26', state: 'completed', reason: null },
  next: '2026-11-22T00:05:00.000Z',
  capital: { usdt: 25_123.456, date: '2025-05-26', source: 'memory' },
};
const SUPERVISOR: FlowStatus = {
  ...PAPER,
  name: 'dolphin-nautilus-blue',
  flow: 'supervisor',
  newest: { id: 8, date: '2025-05-26', state: 'failed', reason: 'no day file\u001b[2J' },
  capital: { usdt: 24_000, date: null, source: 'run table' },
};
const ACB: FlowStatus = { ...PAPER, name: 'dolphin-acb-blue', flow: 'acb', newest: null, capital: null };
const BY_HAND: FlowStatus = { ...PAPER, name: 'paper green', deployment: 'green', next: null };

const of = (...flows: FlowStatus[]): FlowsStatus => ({ folder: 'runs/flows', problem: null, flows });

test('a row per flow: newest state, its date, when it is due; what failed stands out', () => {
  expect(flowRows(of(ACB, PAPER, SUPERVISOR, BY_HAND))).toEqual([
    { label: 'flows', words: 'acb blue: no run yet, next due 00:05 UTC', isWarning: false },
    { label: '', words: 'paper blue: completed 2025-05-26, next due 00:05 UTC', isWarning: false },
    {
      label: '',
      words: 'supervisor blue: failed 2025-05-26 (no day file?[2J), next due 00:05 UTC',
      isWarning: true,
    },
    { label: '', words: 'paper green: completed 2025-05-26, not registered', isWarning: false },
  ]);
});

test('capital of the flows that trade, and where it was read', () => {
  expect(capitalRows(of(ACB, PAPER, SUPERVISOR)).map(({ label, words }) => [label, words])).toEqual([
    ['capital', '25,123.46 USDT after 2025-05-26, paper blue'],
    ['', '24,000.00 USDT by the run table, supervisor blue'],
  ]);
});

test('a folder of which nothing can be said', () => {
  const problem = 'run table x/flows.db is an SQLite file of another program';
  expect(flowRows({ folder: 'x', problem, flows: [] })).toEqual([{ label: 'flows', words: problem, isWarning: true }]);
  expect(flowRows(of())).toEqual([
    { label: 'flows', words: 'none registered and none run in runs/flows', isWarning: false },
  ]);
});
