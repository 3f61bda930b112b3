import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { writeBookFile } from '../../../src/adapters/memory/book-file.ts';
import { shardMap, shardOf } from '../../../src/adapters/memory/maps.ts';
import type { KeysOutcome, MemoryPort } from '../../../src/adapters/memory/memory-port.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { ProcessStore } from '../../../src/adapters/memory/process-store.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { freePort, Member, membersMissing, NEWEST } from './hazelcast-member.ts';
import { book } from './sample-values.ts';
import { until } from './until.ts';

const root = mkdtempSync(join(tmpdir(), 'dolphin-fallback-'));
const FILE = join(root, 'ob_cache', 'latest_ob_features.json');
const NO_FILE = join(root, 'nothing.json');
const OF_FILE = new Map([['ETHUSDT', book(7)]]);
/** Key sets, one round of values, and the file: each is bounded by the store's deadline of 250 ms. */
const BOUND_MS = 1500;
writeBookFile(FILE, OF_FILE);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const memories: SystemMemory[] = [];
afterEach(async () => {
  await Promise.all(memories.splice(0).map((memory) => memory.close()));
});

function systemOn(port: MemoryPort): SystemMemory {
  const memory = new SystemMemory(port, 'blue');
  memories.push(memory);
  return memory;
}

/** A store of which some maps are silent. */
class PartlySilent extends ProcessStore {
  readonly silent = new Set<string>();

  override keys(map: string): Promise<KeysOutcome> {
    return this.silent.has(map) ? Promise.resolve({ kind: 'unreachable', reason: 'silent' }) : super.keys(map);
  }
}

describe('books of all assets', () => {
  test('are those of the shards while these answer, also when they hold none', async () => {
    const memory = systemOn(new ProcessStore());
    expect(await memory.booksOrFile(FILE).read()).toEqual({ kind: 'shards', books: new Map(), silentShards: 0 });
    const symbols = Array.from({ length: 70 }, (_, i) => `A${i}USDT`);
    await Promise.all(symbols.map((symbol, i) => memory.books.write(symbol, book(i))));
    const reading = await memory.booksOrFile(FILE).read();
    expect(reading).toMatchObject({ kind: 'shards', silentShards: 0 });
    expect(reading.kind === 'shards' && new Map([...reading.books].sort())).toEqual(
      new Map(symbols.map((symbol, i) => [symbol, book(i)] as const).sort()),
    );
  });

  test('are those of the shards that answer while one does', async () => {
    const port = new PartlySilent();
    const memory = systemOn(port);
    await memory.books.write('BTCUSDT', book(1));
    for (let shard = 0; shard < 10; shard++) if (shard !== shardOf('BTCUSDT')) port.silent.add(shardMap(shard));
    const only = { kind: 'shards', books: new Map([['BTCUSDT', book(1)]]), silentShards: 9 };
    expect(await memory.booksOrFile(FILE).read()).toEqual(only);
    port.silent.add(shardMap(shardOf('BTCUSDT')));
    expect(await memory.booksOrFile(FILE).read()).toEqual({ kind: 'file', books: OF_FILE });
  });

  test('are those of the file with no member at all; without a file the reason is told', async () => {
    const members = [`127.0.0.1:${await freePort()}`];
    const memory = systemOn(openMemory({ kind: 'hazelcast', clusterName: 'none', members, tls: null }, {}));
    expect(await memory.booksOrFile(FILE).read()).toEqual({ kind: 'file', books: OF_FILE });
    expect(await memory.booksOrFile(NO_FILE).read()).toEqual({
      kind: 'none',
      reason: `no shard answers, and ${NO_FILE} is not there`,
    });
  });
});

describe.skipIf(membersMissing(NEWEST) !== null)('books of a real member', () => {
  test('are those of the file while it is frozen, in bounded time, and of the shards when it is back', async () => {
    const port = await freePort();
    const clusterName = `books-${process.pid}-${port}`;
    const member = await Member.start({ version: NEWEST, cluster: clusterName, port });
    try {
      const members = [`127.0.0.1:${port}`];
      const memory = systemOn(openMemory({ kind: 'hazelcast', clusterName, members, tls: null }, {}));
      expect(await memory.ready(15_000)).toBe(true);
      const source = memory.booksOrFile(FILE);
      await until('the book', async () => (await memory.books.write('BTCUSDT', book(1))).kind === 'ok');
      const ofShards = { kind: 'shards', books: new Map([['BTCUSDT', book(1)]]), silentShards: 0 };
      await until('all shards', async () => {
        const reading = await source.read();
        return reading.kind === 'shards' && reading.silentShards === 0 && reading.books.size === 1;
      });
      expect(await source.read()).toEqual(ofShards);

      member.signal('SIGSTOP');
      // Before the heartbeats have found it out (2 s) each read waits for its deadline, and no longer.
      const startMs = performance.now();
      expect(await source.read()).toEqual({ kind: 'file', books: OF_FILE });
      expect(performance.now() - startMs).toBeLessThan(BOUND_MS);
      await until('its connection to be given up', () => !memory.status().connected);
      expect(await source.read()).toEqual({ kind: 'file', books: OF_FILE });

      member.signal('SIGCONT');
      await until('the shards', async () => (await source.read()).kind === 'shards', 15_000);
    } finally {
      await member.kill();
    }
  });
});
