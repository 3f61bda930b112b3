import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openDatabaseToRead } from '../../../src/adapters/embedded/database.ts';
import { EmbeddedStore } from '../../../src/adapters/embedded/embedded-store.ts';
import { openRunDatabaseToRead } from '../../../src/adapters/run-table/database.ts';
import type { RunTrack } from '../../../src/adapters/run-table/run-record.ts';
import { RunTable } from '../../../src/adapters/run-table/run-table.ts';
import { type FlowsStatus, readFlows } from '../../../src/main/control/flows-status.ts';
import { flowFolder } from './flow-fixtures.ts';

/** One machine: a run table, and a memory that may not be there. */
class Machine {
  readonly folder = flowFolder();
  readonly memoryPath = join(this.folder, 'memory.db');
  readonly table = new RunTable(join(this.folder, 'flows.db'));

  track(flow: RunTrack['flow']): RunTrack {
    return { flow, deployment: 'blue', memory: `embedded:${this.memoryPath}` };
  }

  register(name: string, flow: RunTrack['flow'], cron: string): void {
    const memory = `embedded:${this.memoryPath}`;
    const optionsJson = JSON.stringify({ data: '/days', config: null, memory, barInterval: null });
    this.table.register({ name, track: this.track(flow), cron, registeredMs: 0, optionsJson });
  }

  run(flow: RunTrack['flow'], date: string, isDryRun = false): number {
    const id = this.table.schedule({ ...this.track(flow), date, trigger: 'schedule', isDryRun });
    this.table.start(id);
    return id;
  }

  complete(flow: RunTrack['flow'], date: string, capital: number): void {
    const figures = { capitalBefore: 25_000, capital, pnl: capital - 25_000, trades: 2 };
    this.table.complete(this.run(flow, date), { ...figures, paramHash: 'aa', pnlJson: '{}', isPublished: true });
  }

  async keep(key: string, capital: number, date: string): Promise<void> {
    const store = EmbeddedStore.open(this.memoryPath);
    await store.put('DOLPHIN_STATE_BLUE', key, JSON.stringify({ capital, date, pnl: null }));
    await store.close();
  }

  get status(): FlowsStatus {
    return readFlows(this.folder) as FlowsStatus;
  }
}

test('a folder without flows is none, and stays as it is', () => {
  const folder = flowFolder();
  expect(readFlows(folder)).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

test('registered flows with their newest run, what is due next, and the capital of their memory', async () => {
  const machine = new Machine();
  machine.register('dolphin-paper-blue', 'paper', '5 0 * * *');
  machine.register('dolphin-nautilus-blue', 'supervisor', '10 0 * * *');
  machine.register('dolphin-acb-blue', 'acb', '1 0 * * *');
  machine.complete('paper', '2026-01-05', 25_100);
  machine.complete('supervisor', '2026-01-05', 25_200);
  machine.table.setState(machine.run('supervisor', '2026-01-06'), 'retrying', 'no day file');
  machine.run('supervisor', '2026-01-04', true); // dry: nothing comes of it
  await machine.keep('latest', 25_150, '2026-01-06');

  const { folder, problem, flows } = machine.status;
  expect([folder, problem]).toEqual([machine.folder, null]);
  const next = expect.stringMatching(/^20\d\d-\d\d-\d\dT00:\d\d:00\.000Z$/);
  const memory = `embedded:${machine.memoryPath}`;
  expect(flows).toEqual([
    {
      ...{ name: 'dolphin-acb-blue', flow: 'acb', deployment: 'blue', memory, next },
      newest: null,
      capital: null,
    },
    {
      ...{ name: 'dolphin-nautilus-blue', flow: 'supervisor', deployment: 'blue', memory, next },
      newest: { id: 3, date: '2026-01-06', state: 'retrying', reason: 'no day file' },
      capital: { usdt: 25_200, date: '2026-01-05', source: 'run table' },
    },
    {
      ...{ name: 'dolphin-paper-blue', flow: 'paper', deployment: 'blue', memory, next },
      newest: { id: 1, date: '2026-01-05', state: 'completed', reason: null },
      capital: { usdt: 25_150, date: '2026-01-06', source: 'memory' },
    },
  ]);
  const dueMs = Date.parse(flows[2]?.next as string) - Date.now();
  expect(dueMs).toBeGreaterThan(0);
  expect(dueMs).toBeLessThanOrEqual(24 * 3_600_000);
});

test('without a registered flow those that were run by hand', () => {
  const machine = new Machine();
  expect(machine.status.flows).toEqual([]);
  machine.complete('paper', '2026-01-05', 25_100);
  expect(machine.status.flows).toMatchObject([
    { name: 'paper blue', next: null, newest: { state: 'completed' }, capital: { usdt: 25_100, source: 'run table' } },
  ]);
});

test('a run whose process is gone has crashed; nobody writes that down', () => {
  const machine = new Machine();
  const id = machine.run('paper', '2026-01-05');
  expect(machine.status.flows[0]?.newest?.state).toBe('running');
  const gone = spawnSync(process.execPath, ['--version']).pid;
  const database = new Database(machine.table.path);
  database.prepare('UPDATE run SET pid = ?').run(gone);
  database.close();
  expect(machine.status.flows[0]?.newest).toMatchObject({ state: 'crashed', reason: expect.stringContaining('ended') });
  expect(machine.table.run(id)?.state).toBe('running');
});

test('is read while others write, and keeps nobody waiting', async () => {
  const machine = new Machine();
  machine.complete('paper', '2026-01-05', 25_100);
  await machine.keep('latest', 25_100, '2026-01-05');
  const writers = [machine.table.path, machine.memoryPath].map((path) => new Database(path, { timeout: 0 }));
  for (const writer of writers) writer.exec('BEGIN IMMEDIATE');
  writers[0]?.exec(`UPDATE run SET state = 'failed'`);
  writers[1]?.exec(`UPDATE entry SET value = '{}'`);
  const [flow] = machine.status.flows;
  expect(flow).toMatchObject({ newest: { state: 'completed' }, capital: { usdt: 25_100, source: 'memory' } });
  for (const writer of writers) writer.exec('COMMIT').close();
  expect(machine.status.flows[0]).toMatchObject({
    newest: { state: 'failed' },
    capital: null, // the memory's state is malformed now, and no run of the table is completed
  });
});

test('is read by connections that cannot write, and make nothing', async () => {
  const machine = new Machine();
  await machine.keep('latest', 25_100, '2026-01-05');
  const opened = [openRunDatabaseToRead(machine.table.path), openDatabaseToRead(machine.memoryPath)];
  for (const database of opened) {
    expect(() => database.exec('CREATE TABLE other (id INTEGER)')).toThrow('readonly');
    database.close();
  }
  const absent = join(machine.folder, 'absent.db');
  for (const open of [openRunDatabaseToRead, openDatabaseToRead]) expect(() => open(absent)).toThrow('cannot be read');
  expect(existsSync(absent)).toBe(false);
});

describe('what cannot be read is said', () => {
  test.each([
    ['no SQLite', 'x'.repeat(200), 'cannot be read: file is not a database'],
    ['an empty file', '', 'has no tables yet'],
  ])('%s', (_situation, text, problem) => {
    const folder = flowFolder();
    writeFileSync(join(folder, 'flows.db'), text);
    expect(readFlows(folder)).toEqual({ folder, problem: expect.stringContaining(problem), flows: [] });
    expect(readdirSync(folder)).toEqual(['flows.db']);
  });

  test("another program's file", () => {
    const folder = flowFolder();
    const database = new Database(join(folder, 'flows.db'));
    database.exec('CREATE TABLE run (id INTEGER)');
    database.close();
    expect(readFlows(folder)?.problem).toContain('is an SQLite file of another program');
  });

  test('a memory that is none leaves the run table to say the capital', () => {
    const machine = new Machine();
    machine.complete('paper', '2026-01-05', 25_100);
    writeFileSync(machine.memoryPath, 'x'.repeat(200));
    expect(machine.status.flows[0]?.capital).toEqual({ usdt: 25_100, date: '2026-01-05', source: 'run table' });
  });
});
