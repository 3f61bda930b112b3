import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedStore } from '../../../src/adapters/embedded/embedded-store.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { REPOSITORY } from '../../support/run-dolphin.ts';
import { state } from './sample-values.ts';
import { until } from './until.ts';

interface Engine {
  readonly process: ChildProcess;
  readonly lines: readonly Record<string, unknown>[];
}

const NODE = join(REPOSITORY, 'node_modules/.bin/node');
let folder: string;
let path: string;
const engines: Engine[] = [];
const memories: SystemMemory[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-embedded-'));
  path = join(folder, 'state', 'memory.db');
});
afterEach(async () => {
  for (const { process: child } of engines.splice(0)) child.kill('SIGKILL');
  await Promise.all(memories.splice(0).map((memory) => memory.close()));
  rmSync(folder, { recursive: true });
});

function startEngine(ttlMs: number): Engine {
  const child = spawn(NODE, [join(REPOSITORY, 'test/integration/memory/embedded-engine.ts'), path, String(ttlMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((line) => JSON.parse(line)));
  });
  const engine = { process: child, lines };
  engines.push(engine);
  return engine;
}

function openSystem(): SystemMemory {
  const memory = new SystemMemory(openMemory({ kind: 'embedded', path }, {}), 'blue');
  memories.push(memory);
  return memory;
}

const said = (engine: Engine, word: string) => until(word, () => engine.lines.some((line) => word in line), 20_000);

test('a second engine on the same state is refused and told who holds it; after a kill it may at once', async () => {
  const first = startEngine(60_000);
  await said(first, 'claimed');
  const second = startEngine(60_000);
  await said(second, 'held');
  expect(second.lines[0]?.['held']).toMatch(
    new RegExp(`^DOLPHIN_STATE_BLUE/latest_nautilus is held by process ${first.process.pid} on .+ since 20`),
  );
  first.process.kill('SIGKILL');
  await until('its end', () => first.process.signalCode !== null);
  const third = startEngine(60_000);
  await said(third, 'claimed');
  expect(third.lines[0]?.['claimed']).toBeGreaterThan(first.lines[0]?.['claimed'] as number);
});

test('an engine that was frozen while another took its state stops writing when it wakes', async () => {
  const frozen = startEngine(300);
  await said(frozen, 'claimed');
  frozen.process.kill('SIGSTOP');
  const memory = openSystem();
  const lost: number[] = [];
  let ownership: Awaited<ReturnType<typeof memory.nautilus.claim>> | undefined;
  await until('the claim of the frozen one expires', async () => {
    ownership = await memory.nautilus.claim(60_000, ({ epoch }) => lost.push(epoch));
    return ownership.kind === 'ok';
  });
  if (ownership?.kind !== 'ok') throw new Error('no claim');
  expect(await memory.nautilus.writeState(ownership.ownership, state(777))).toEqual({ kind: 'ok' });
  frozen.process.kill('SIGCONT');
  await said(frozen, 'lostTo');
  await said(frozen, 'refused');
  expect(frozen.lines.filter((line) => 'lostTo' in line)).toEqual([{ lostTo: ownership.ownership.lease.epoch }]);
  const read = await memory.nautilus.readState();
  expect(read.kind === 'ok' && read.value.capital).toBe(777);
  expect(lost).toEqual([]);
});

test('a listener that writes nothing hears what another process writes', async () => {
  const engine = startEngine(60_000);
  await said(engine, 'claimed');
  const store = EmbeddedStore.open(path);
  const heard: number[] = [];
  store.listen('DOLPHIN_STATE_BLUE', 'latest_nautilus', (_key, text) => heard.push(JSON.parse(text).seq));
  await until('five of its writes', () => heard.length >= 5);
  expect(heard).toEqual([...heard].sort((a, b) => a - b));
  await store.close();
});

test('a write that another process keeps out ends by its deadline', async () => {
  const memory = EmbeddedStore.open(path);
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const startMs = performance.now();
  expect(await memory.put('M', 'k', '1')).toEqual({
    kind: 'unreachable',
    reason: 'the memory file is locked by another process',
  });
  expect(performance.now() - startMs).toBeLessThan(1000);
  expect(await memory.get('M', 'k')).toEqual({ kind: 'ok', text: null });
  other.exec('ROLLBACK');
  other.close();
  expect(await memory.put('M', 'k', '1')).toEqual({ kind: 'ok' });
  await memory.close();
});

test('a file that is none of ours is refused and left as it is', () => {
  const foreign = join(folder, 'foreign.db');
  const other = new Database(foreign);
  other.exec('CREATE TABLE theirs (x)');
  other.close();
  expect(() => EmbeddedStore.open(foreign)).toThrow(`memory file ${foreign} is an SQLite file of another program`);
  const text = join(folder, 'text.db');
  writeFileSync(text, 'not a database '.repeat(100));
  expect(() => EmbeddedStore.open(text)).toThrow(`memory file ${text} cannot be opened: file is not a database`);
  expect(() => EmbeddedStore.open(folder)).toThrow(`memory file ${folder} cannot be opened`);
});

test('the file is for its owner only', async () => {
  const memory = EmbeddedStore.open(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await memory.close();
});
