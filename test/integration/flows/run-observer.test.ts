import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunObserver } from '../../../src/adapters/run-table/run-observer.ts';
import { RunTable } from '../../../src/adapters/run-table/run-table.ts';
import { flowFolder } from './flow-fixtures.ts';

const RUN = {
  flow: 'paper',
  deployment: 'blue',
  memory: 'none',
  date: '2026-01-05',
  trigger: 'manual',
  isDryRun: false,
} as const;

/** A table that writes down what its observer is told, and what another reader finds in the file at that moment. */
function observedTable() {
  const path = join(flowFolder(), 'flows.db');
  const reader = new RunTable(path);
  const told: unknown[] = [];
  const observer: RunObserver = {
    onRun: (run) => {
      expect(reader.run(run.id)).toEqual(run);
      told.push([run.id, run.state, run.reason]);
    },
    onTask: (taskId, task) => {
      expect(reader.tasks(task.runId)).toContainEqual(task);
      told.push([taskId, task.name, task.attempt, task.state, task.error]);
    },
    onLog: (line) => {
      expect(reader.logs(line.runId)).toContainEqual(line);
      told.push([line.level, line.text]);
    },
  };
  return { table: new RunTable(path, observer), told };
}

test('an observer is told of each state, attempt and line behind its write, in order', () => {
  const { table, told } = observedTable();
  const id = table.schedule(RUN);
  table.start(id);
  table.setParamHash(id, 'h'); // no state
  const first = table.startTask(id, 'load', 1);
  table.endTask(first, 'failed', 1, 'no file');
  table.log(id, 'warning', 'once more');
  table.setState(id, 'retrying', 'no file');
  table.setState(id, 'running', null);
  const second = table.startTask(id, 'load', 2);
  table.endTask(second, 'completed', 1, null);
  table.complete(id, null);
  const other = table.schedule(RUN);
  table.end(other, 'skipped', 'in the capital');
  expect(told).toEqual([
    [id, 'scheduled', null],
    [id, 'running', null],
    [first, 'load', 1, 'running', null],
    [first, 'load', 1, 'failed', 'no file'],
    ['warning', 'once more'],
    [id, 'retrying', 'no file'],
    [id, 'running', null],
    [second, 'load', 2, 'running', null],
    [second, 'load', 2, 'completed', null],
    [id, 'completed', null],
    [other, 'scheduled', null],
    [other, 'skipped', 'in the capital'],
  ]);
});
