import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { REPOSITORY, runDolphin } from '../../support/run-dolphin.ts';

const EDGES = join(REPOSITORY, 'test/golden/edges/data');
const ONE_DAY = ['--data', EDGES, '--to', '2026-01-05'] as const;
const root = mkdtempSync(join(tmpdir(), 'dolphin-memory-cli-'));
const path = join(root, 'memory.db');
const cache = join(root, 'ob_cache', 'latest_ob_features.json');
const memory = (command: string, ...args: string[]) =>
  runDolphin(['memory', command, ...args, '--memory', `embedded:${path}`]);
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  const store = openMemory({ kind: 'embedded', path });
  await store.put('DOLPHIN_SAFETY', 'latest', '{"posture":"ZEN","Rm":1}');
  await store.put('DOLPHIN_FEATURES', 'of_another', '{"x":1774051500000000123}');
  await store.put('DOLPHIN_FEATURES_SHARD_00', 'BTCUSDT', '{}');
  await store.put('DOLPHIN_STATE_BLUE', 'latest', '{"capital":25000}');
  await store.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Number of the store's last write. */
function lastChange(): number {
  const database = new Database(path, { readonly: true });
  const change = database.prepare<[], number>('SELECT max(change) FROM entry').pluck().get() as number;
  database.close();
  return change;
}

test('ls and get show every entry and what its readers would make of it, and write nothing', async () => {
  const before = lastChange();
  const ls = await memory('ls', '--json');
  expect(ls).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ls.stdout).map(({ map, key, state, reason }) => [map, key, state, reason])).toEqual([
    ['DOLPHIN_SAFETY', 'latest', 'malformed', expect.stringContaining('posture: ')],
    ['DOLPHIN_FEATURES', 'of_another', 'foreign', null],
    [
      'DOLPHIN_FEATURES_SHARD_00',
      'BTCUSDT',
      'malformed',
      'BTCUSDT belongs to DOLPHIN_FEATURES_SHARD_07 and is not read here',
    ],
    ['DOLPHIN_STATE_BLUE', 'latest', 'valid', null],
  ]);
  const table = await memory('ls', 'DOLPHIN_STATE_BLUE');
  expect(table.stdout).toBe(
    'map                 key     age  bytes  state\nDOLPHIN_STATE_BLUE  latest    -     17  valid\n',
  );
  const get = await memory('get', 'DOLPHIN_FEATURES', 'of_another', '--json');
  expect(get.stdout).toContain('"value":{"x":1774051500000000123}}\n');
  expect(await memory('get', 'DOLPHIN_FEATURES', 'nothing')).toMatchObject({
    code: 1,
    stderr: 'dolphin: DOLPHIN_FEATURES[nothing] is not there\n',
  });
  expect(lastChange()).toBe(before);
});

test('looking makes no store, and an unknown map is named', async () => {
  const absent = join(root, 'absent.db');
  const ls = await runDolphin(['memory', 'ls', '--memory', `embedded:${absent}`]);
  expect(ls).toMatchObject({ code: 2, stderr: `dolphin: --memory embedded: ${absent} is not there\n` });
  expect(existsSync(absent)).toBe(false);
  const unknown = await memory('ls', 'DOLPHIN_NOTHING');
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('memory map must be one of DOLPHIN_SAFETY, ');
  const none = await runDolphin(['memory', 'publish-scan', ...ONE_DAY, '--memory', 'none']);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--memory none keeps nothing') });
});

test('the writers publish days, watch shows them as they come, and both end with Ctrl-C', async () => {
  let watched = '';
  let stopWatch = () => {};
  const watching = runDolphin(['memory', 'watch', 'DOLPHIN_FEATURES', '--json', '--memory', `embedded:${path}`], {
    onStart: (child) => {
      stopWatch = () => void child.kill('SIGINT');
      child.stdout?.on('data', (text: string) => {
        watched += text;
        if (watched.split('latest_eigen_scan').length > 4) stopWatch();
      });
    },
  });
  // At 50 times, a scan each 100 ms: stopped as soon as the watch has ended.
  const scans = runDolphin(
    ['memory', 'publish-scan', ...ONE_DAY, '--speed', '50x', '--json', '--memory', `embedded:${path}`],
    { onStart: (child) => void watching.finally(() => child.kill('SIGINT')) },
  );
  const [watch, publish] = await Promise.all([watching, scans]);
  expect(watch).toMatchObject({ code: 130, stderr: '' });
  const seen = lines(watch.stdout).filter(({ key }) => key === 'latest_eigen_scan');
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.every(({ state, age_ms }) => state === 'valid' && age_ms > 0)).toBe(true);
  const numbers = seen.map(({ value }) => value.scan_number);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(publish).toMatchObject({ code: 130, stderr: '' });
  expect(JSON.parse(publish.stdout)).toMatchObject({ complete: false, older: 0, pending: 0 });
}, 60_000);

test('publish-safety replaces a malformed value; publish-books fills shards and file', async () => {
  const safety = await memory('publish-safety', ...ONE_DAY, '--json');
  expect(safety).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(safety.stdout)).toMatchObject({ subject: 'DOLPHIN_SAFETY', complete: true, older: 0, pending: 0 });
  const get = await memory('get', 'DOLPHIN_SAFETY', 'latest', '--json');
  const [{ state, value }] = lines(get.stdout);
  expect(state).toBe('valid');
  expect(value).toMatchObject({ sensors: { memory: 1, feed: 1 }, ts: expect.stringMatching(/^2026-01-05T/) });

  const books = await memory('publish-books', ...ONE_DAY, '--cache', cache);
  expect(books).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^order books: \d+ values offered: /),
  });
  const { assets } = JSON.parse(readFileSync(cache, 'utf8'));
  const shard = await memory('get', 'DOLPHIN_FEATURES_SHARD_07', 'BTCUSDT', '--json');
  expect(lines(shard.stdout)[0].value).toEqual(assets.BTCUSDT);
  const plain = await memory('publish-books', '--data', join(REPOSITORY, 'test/golden/plain/data'));
  expect(plain).toMatchObject({ code: 2, stderr: expect.stringContaining('none of its days has an order book') });
});
