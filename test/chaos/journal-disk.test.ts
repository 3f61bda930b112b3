import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { JournalWriter } from '../../src/replay/journal/journal-writer.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { recoverStream } from '../../src/replay/journal/recover.ts';
import { identityOf, NOW_UNIX_MS, readJournal, writeJournal } from '../property/journal/journal-builder.ts';
import { payloadOf } from './journal-payload.ts';

const mountPoint = mkdtempSync(join(tmpdir(), 'dolphin-tmpfs-'));
const isMounted = run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mountPoint);
if (!isMounted) console.warn('SKIPPED: full and read-only disks need the right to mount a tmpfs (run as root)');

afterAll(() => {
  if (isMounted) run('umount', mountPoint);
  rmSync(mountPoint, { recursive: true });
});

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

describe.skipIf(!isMounted)('a disk that refuses', () => {
  test.each([
    ['in the middle of a segment', 64 << 20],
    ['when a new segment begins', 100_000],
  ])(
    'full disk, %s: the reason, the last good sequence, and the rest once there is room',
    (_situation, segmentBytes) => {
      run('mount', '-o', 'remount,size=1m', mountPoint);
      const dir = mkdtempSync(join(mountPoint, 'journal-'));
      const store = JournalFolder.open(dir);
      const writer = new JournalWriter(store, { identity: identityOf(), fsync: 'always', segmentBytes });
      let result = writer.flush(NOW_UNIX_MS);
      while (result.failure === null) {
        for (let i = 0; i < 20; i++) writer.add(RECORD_KINDS.FRAME, payloadOf(writer.nextSequence));
        result = writer.flush(NOW_UNIX_MS);
      }
      expect(result.failure).toMatchObject({ code: 'ENOSPC', reason: 'no space left on the device', canRetry: true });
      expect(result.durable).toBe(result.written);
      const { reader } = readJournal(store);
      expect(reader.torn).toBeNull();
      expect(reader.nextSequence - 1).toBe(result.written);
      expect(writer.nextSequence - 1).toBeGreaterThan(result.written);

      run('mount', '-o', 'remount,size=4m', mountPoint);
      const after = writer.close(NOW_UNIX_MS);
      expect(after).toMatchObject({
        failure: null,
        written: writer.nextSequence - 1,
        durable: writer.nextSequence - 1,
      });
      const { records } = readJournal(store);
      expect(records).toHaveLength(writer.nextSequence);
      expect(records.every(({ sequence, payload }) => Buffer.from(payload).equals(payloadOf(sequence)))).toBe(true);
      rmSync(dir, { recursive: true });
    },
  );

  test('read-only folder: the first flush says so, recovery changes nothing', () => {
    const dir = mkdtempSync(join(mountPoint, 'journal-'));
    const store = JournalFolder.open(dir);
    writeJournal(store, [{ kind: RECORD_KINDS.FRAME, payload: payloadOf(4) }]);
    const whole = store.read('engine-000000.dj') as Uint8Array;
    store.truncate('engine-000000.dj', whole.length - 8);
    run('mount', '-o', 'remount,ro', mountPoint);
    try {
      const position = { segment: 1, nextSequence: 1, chain: 0 };
      const writer = new JournalWriter(store, { identity: identityOf(), fsync: 'always', position });
      writer.add(RECORD_KINDS.FRAME, payloadOf(1));
      const { written, failure } = writer.flush(NOW_UNIX_MS);
      expect(written).toBe(0);
      expect(failure).toMatchObject({ operation: 'create', code: 'EROFS', reason: 'the file system is read-only' });
      expect(() => recoverStream(store, 'ENGINE', null)).toThrow(/journal not recovered: cannot truncate .*read-only/);
      expect(store.list()).toEqual([{ name: 'engine-000000.dj', bytes: whole.length - 8 }]);
    } finally {
      run('mount', '-o', 'remount,rw', mountPoint);
    }
  });
});
