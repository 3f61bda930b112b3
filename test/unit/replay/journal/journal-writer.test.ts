import { describe, expect, test } from 'vitest';
import { FSYNC_INTERVAL_MS } from '../../../../src/replay/journal/fsync-policy.ts';
import { JournalWriter } from '../../../../src/replay/journal/journal-writer.ts';
import { identityOf, readJournal } from '../../../property/journal/journal-builder.ts';
import { MemoryStore } from '../../../property/journal/memory-store.ts';

const PAYLOAD = new Uint8Array(40);

function writerWith(fsync: 'always' | 'interval' | 'never', segmentBytes = 1 << 20) {
  const store = new MemoryStore();
  return { store, writer: new JournalWriter(store, { identity: identityOf(), fsync, segmentBytes }) };
}

test('a batch is one write', () => {
  const { store, writer } = writerWith('never');
  for (let i = 0; i < 100; i++) writer.add(1, PAYLOAD);
  expect(writer.flush(0)).toEqual({ written: 99, durable: -1, failure: null });
  expect(store.writes).toBe(1);
  expect(writer.pendingBytes).toBe(0);
});

describe('watermarks', () => {
  test('always: durable as soon as written', () => {
    const { writer } = writerWith('always');
    writer.add(1, PAYLOAD);
    expect(writer.flush(0)).toEqual({ written: 0, durable: 0, failure: null });
  });

  test('interval: durable when the oldest write is 50 ms old, one sync for all', () => {
    const { store, writer } = writerWith('interval');
    writer.add(1, PAYLOAD);
    expect(writer.flush(1000)).toEqual({ written: 0, durable: -1, failure: null });
    expect(writer.syncDueAtMs).toBe(1000 + FSYNC_INTERVAL_MS);
    writer.add(1, PAYLOAD);
    expect(writer.flush(1049).durable).toBe(-1);
    expect(writer.flush(1050)).toEqual({ written: 1, durable: 1, failure: null });
    expect(store.syncs).toBe(1);
    expect(writer.syncDueAtMs).toBe(Number.POSITIVE_INFINITY);
    expect(writer.flush(9999).durable).toBe(1);
    expect(store.syncs).toBe(1);
  });

  test('never: not even when a segment ends or the writer closes', () => {
    const { store, writer } = writerWith('never', 1);
    for (let i = 0; i < 3; i++) writer.add(1, PAYLOAD);
    expect(writer.close(0)).toEqual({ written: 2, durable: -1, failure: null });
    expect(store.syncs).toBe(0);
    expect(store.files.size).toBe(3);
  });

  test('a segment is durable before the next one begins', () => {
    const { writer } = writerWith('interval', 1);
    for (let i = 0; i < 3; i++) writer.add(1, PAYLOAD);
    expect(writer.flush(0)).toEqual({ written: 2, durable: 1, failure: null });
  });

  test('after a failed sync nothing is called durable again', () => {
    const { store, writer } = writerWith('always');
    const failure = {
      operation: 'sync',
      path: 'm',
      code: 'EIO',
      reason: 'the device failed',
      canRetry: false,
    } as const;
    writer.flush(0);
    const create = store.create.bind(store);
    store.create = (name, bytes) => ({ ...(create(name, bytes) as object), sync: () => failure }) as never;
    const { writer: broken } = {
      writer: new JournalWriter(store, { identity: identityOf('EXECUTION'), fsync: 'always' }),
    };
    broken.add(1, PAYLOAD);
    expect(broken.flush(0)).toEqual({ written: 0, durable: -1, failure });
    store.create = create;
    broken.add(1, PAYLOAD);
    expect(broken.flush(0)).toEqual({ written: 0, durable: -1, failure });
  });
});

test('segments end at record boundaries, below the limit; a longer record has one of its own', () => {
  const { store, writer } = writerWith('never', 2000);
  for (let i = 0; i < 50; i++) writer.add(1, new Uint8Array(i === 25 ? 5000 : 100));
  writer.close(0);
  const { reader } = readJournal(store);
  const sizes = reader.segments.map(({ wholeBytes }) => wholeBytes);
  expect(sizes.filter((bytes) => bytes > 2000)).toHaveLength(1);
  expect(reader.segments.find(({ wholeBytes }) => wholeBytes > 2000)).toMatchObject({ records: 1 });
  expect(reader.segments.map(({ number }) => number)).toEqual(sizes.map((_, i) => i));
});

test('sequences above 2^32 are exact', () => {
  const store = new MemoryStore();
  const position = { segment: 0, nextSequence: 0, chain: 0 };
  const writer = new JournalWriter(store, { identity: identityOf(), fsync: 'never', position });
  writer.addGap(2 ** 52 + 1, 1);
  writer.add(1, PAYLOAD);
  writer.close(0);
  expect(readJournal(store).records.map(({ sequence }) => sequence)).toEqual([0, 2 ** 52 + 1]);
});

test.each([0, -1, 1.5, Number.NaN])('a gap of %d sequences is refused', (missing) => {
  expect(() => writerWith('never').writer.addGap(missing, 1)).toThrow(`1 or more, was ${missing}`);
});

test('the bits of a NaN are kept, from shared memory as well', () => {
  const { store, writer } = writerWith('never');
  const shared = new Uint8Array(new SharedArrayBuffer(16));
  shared.set([1, 0, 0, 0, 0, 0, 0xf8, 0xff, 2, 0, 0, 0, 0, 0, 0xf4, 0x7f]);
  writer.add(1, shared);
  writer.close(0);
  expect(readJournal(store).records[0]?.payload).toEqual(Uint8Array.from(shared));
});
