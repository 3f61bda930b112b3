import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendPnl } from '../../../src/flows/pnl-log.ts';
import { flowFolder } from './flow-fixtures.ts';

const line = (date: string, paramHash = 'aa') => ({ date, capital: 100, pnl: 1, trades: 2, paramHash });

test('a day is in the log once per strategy, whoever appends it again', () => {
  const path = join(flowFolder(), 'pnl/paper-blue.jsonl');
  expect(appendPnl(path, line('2026-01-05'))).toBe(true);
  expect(appendPnl(path, line('2026-01-05'))).toBe(false);
  expect(appendPnl(path, line('2026-01-05', 'bb'))).toBe(true);
  expect(appendPnl(path, line('2026-01-06'))).toBe(true);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(3);
});

test('a line that a dying process tore is taken away', () => {
  const path = join(flowFolder(), 'log.jsonl');
  appendPnl(path, line('2026-01-05'));
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"date":"2026-01-06","cap`);
  expect(appendPnl(path, line('2026-01-06'))).toBe(true);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.map((text) => JSON.parse(text).date)).toEqual(['2026-01-05', '2026-01-06']);
});
