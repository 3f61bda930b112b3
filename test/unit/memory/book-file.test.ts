import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { BookFile, writeBookFile } from '../../../src/adapters/memory/book-file.ts';
import { bookCodec } from '../../../src/adapters/memory/feature-codecs.ts';
import { Refusals } from '../../../src/adapters/memory/refusals.ts';
import { book } from '../../integration/memory/sample-values.ts';

const root = mkdtempSync(join(tmpdir(), 'dolphin-books-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let files = 0;
const newPath = () => join(root, String(files++), 'ob_cache', 'latest_ob_features.json');

test('books come back as they were, every digit of their time included', async () => {
  const path = newPath();
  const books = new Map([
    ['BTCUSDT', book(123_456_789_012)],
    ['ETHUSDT', { ...book(5), features: { fill_probability: Number.NaN } }],
  ]);
  writeBookFile(path, books);
  expect(await new BookFile(path, new Refusals()).read()).toEqual({ kind: 'ok', books });
  expect(readFileSync(path, 'utf8')).toContain('"timestamp_ns":1774051323456789012');
  expect(readdirSync(join(path, '..'))).toEqual(['latest_ob_features.json']);
});

test('a value that is none is refused by itself, and counted', async () => {
  const path = newPath();
  const good = bookCodec.encode(book());
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `{"assets":{"BTCUSDT":${good},"ETHUSDT":{"timestamp_ns":1},"XRPUSDT":7},"written_by":"another"}`);
  const refusals = new Refusals();
  const reading = await new BookFile(path, refusals).read();
  expect(reading).toEqual({ kind: 'ok', books: new Map([['BTCUSDT', book()]]) });
  expect([...refusals.entries.keys()]).toEqual([`${path}[ETHUSDT]`, `${path}[XRPUSDT]`]);
});

test.each([
  ['half of it', '{"assets":{"BTC', 'not JSON'],
  ['another shape', '[]', 'value: '],
  ['no assets', '{"BTCUSDT":{}}', 'assets: '],
])('a file with %s is malformed, and says so', async (_case, text, why) => {
  const path = newPath();
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  const refusals = new Refusals();
  const reading = await new BookFile(path, refusals).read();
  expect(reading).toMatchObject({ kind: 'malformed', reason: expect.stringContaining(`${path}: ${why}`) });
  expect(refusals.total).toBe(1);
});

test('no file is absent, and nothing to count', async () => {
  const refusals = new Refusals();
  expect(await new BookFile(newPath(), refusals).read()).toEqual({ kind: 'absent' });
  expect(refusals.total).toBe(0);
});

test('a write that fails leaves the file that was there', async () => {
  const path = newPath();
  writeBookFile(path, new Map([['BTCUSDT', book()]]));
  // A folder in the place of the temporary file, as permissions do not stop root.
  mkdirSync(`${path}.${process.pid}.new`);
  expect(() => writeBookFile(path, new Map())).toThrow(/EISDIR/);
  expect(await new BookFile(path, new Refusals()).read()).toMatchObject({ books: new Map([['BTCUSDT', book()]]) });
});

test('who reads while it is written sees the one before or the one after, never a part', async () => {
  const path = newPath();
  const universe = Array.from({ length: 200 }, (_, i) => `A${i}USDT`);
  const write = (nsOfDay: number) => writeBookFile(path, new Map(universe.map((symbol) => [symbol, book(nsOfDay)])));
  write(0);
  const reader = new Worker(
    `const { readFileSync } = require('node:fs');
     const { parentPort, workerData } = require('node:worker_threads');
     let isStopped = false;
     parentPort.on('message', () => { isStopped = true; });
     let reads = 0, broken = 0;
     (function read() {
       try {
         const { assets } = JSON.parse(readFileSync(workerData, 'utf8'));
         if (new Set(Object.values(assets).map((one) => one.timestamp_ns)).size !== 1) broken++;
         if (Object.keys(assets).length !== 200) broken++;
       } catch { broken++; }
       reads++;
       if (reads === 1) parentPort.postMessage('reading');
       if (isStopped) parentPort.postMessage({ reads, broken }); else setImmediate(read);
     })();`,
    { eval: true, workerData: path },
  );
  const next = () => new Promise<unknown>((resolve) => reader.once('message', resolve));
  expect(await next()).toBe('reading');
  for (let i = 1; i <= 60; i++) write(i * 1000);
  const told = next();
  reader.postMessage('stop');
  const { reads, broken } = (await told) as { reads: number; broken: number };
  await reader.terminate();
  expect(reads).toBeGreaterThan(10);
  expect(broken).toBe(0);
  expect(existsSync(`${path}.${process.pid}.new`)).toBe(false);
});
