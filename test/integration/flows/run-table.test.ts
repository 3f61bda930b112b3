import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { RunTable } from '../../../src/adapters/run-table/run-table.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { flowFolder } from './flow-fixtures.ts';

const TRACK = { flow: 'paper', deployment: 'blue', memory: 'none' } as const;
const run = (date: string) => ({ ...TRACK, date, trigger: 'manual', isDryRun: false }) as const;
const result = (capital: number, isPublished = true) => ({
  ...{ capitalBefore: 100, capital, pnl: capital - 100, trades: 2 },
  ...{ paramHash: 'aa', pnlJson: '{}', isPublished },
});

function completed(table: RunTable, date: string, capital: number, isPublished = true): number {
  const id = table.schedule(run(date));
  table.start(id);
  table.complete(id, result(capital, isPublished));
  return id;
}

test('a run goes through its states, with attempts and log', () => {
  const table = new RunTable(join(flowFolder(), 'flows.db'));
  const id = table.schedule(run('2026-01-05'));
  expect(table.run(id)?.state).toBe('scheduled');
  table.start(id);
  const attempt = table.startTask(id, 'write', 1);
  table.endTask(attempt, 'failed', 12.4, 'no answer');
  table.setState(id, 'retrying', 'no answer');
  expect(table.run(id)).toMatchObject({ state: 'retrying', reason: 'no answer' });
  table.log(id, 'warning', 'again');
  table.complete(id, result(120));
  expect(table.run(id)).toMatchObject({ state: 'completed', reason: null, result: result(120) });
  expect(table.tasks(id)).toMatchObject([{ name: 'write', attempt: 1, state: 'failed', durationMs: 12 }]);
  expect(table.logs(id)).toMatchObject([{ level: 'warning', text: 'again' }]);
});

test('history is asked by track: last completed day, last settled date, what the memory lacks', () => {
  const path = join(flowFolder(), 'flows.db');
  const table = new RunTable(path);
  completed(table, '2026-01-06', 130);
  const first = completed(table, '2026-01-05', 120, false);
  table.end(table.schedule(run('2026-01-09')), 'failed', 'no file');
  table.end(table.schedule(run('2026-01-08')), 'skipped', 'missed');
  completed(table, '2026-01-07', 1, true);
  table.close();

  const again = new RunTable(path);
  expect(again.lastCompleted(TRACK)).toMatchObject({ date: '2026-01-07', result: { capital: 1 } });
  expect(again.lastSettledDate(TRACK)).toBe('2026-01-08');
  expect(again.firstCompletedAfter(TRACK, '2026-01-04')).toMatchObject({ id: first });
  expect(again.firstCompletedAfter(TRACK, '2026-01-05')).toMatchObject({ date: '2026-01-06' });
  expect(again.firstCompletedAfter(TRACK, '2026-01-07')).toBeNull();
  expect(again.unpublished(TRACK).map(({ id }) => id)).toEqual([first]);
  again.setPublished(first);
  expect(again.unpublished(TRACK)).toEqual([]);
  const other = { ...TRACK, memory: 'embedded:/elsewhere' };
  expect([again.lastCompleted(other), again.lastSettledDate(other)]).toEqual([null, null]);
});

test('a strategy completes a day once', () => {
  const table = new RunTable(join(flowFolder(), 'flows.db'));
  completed(table, '2026-01-05', 120);
  expect(() => completed(table, '2026-01-05', 120)).toThrow(/UNIQUE/);
});

test('runs of a process that is gone have crashed; those of a living one go on', () => {
  const path = join(flowFolder(), 'flows.db');
  const table = new RunTable(path);
  const [dead, alive] = [table.schedule(run('2026-01-05')), table.schedule(run('2026-01-06'))];
  table.start(dead);
  table.start(alive);
  const raw = new Database(path);
  raw.prepare('UPDATE run SET pid = ? WHERE id = ?').run(2 ** 22 + 1, dead); // above any pid_max
  raw.close();
  expect(table.markCrashed()).toBe(1);
  expect([table.run(dead)?.state, table.run(alive)?.state]).toEqual(['crashed', 'running']);
});

test("another program's file is refused and left alone", () => {
  const path = join(flowFolder(), 'flows.db');
  writeFileSync(path, 'no database at all, but long enough to look like one'.repeat(40));
  expect(() => new RunTable(path)).toThrow(InputError);
  const other = join(flowFolder(), 'other.db');
  new Database(other).exec('CREATE TABLE mine (x)').close();
  expect(() => new RunTable(other)).toThrow(/another program/);
});
