import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../../../src/adapters/journal/journal-folder.ts';
import { LOCK_NAME, lockJournal } from '../../../../src/adapters/journal/journal-lock.ts';
import { isGone, type LockHolder, newLockHolder } from '../../../../src/adapters/journal/lock-holder.ts';
import { InputError } from '../../../../src/model/input-error.ts';

/** Above Linux's largest process id. */
const NO_PID = 2 ** 22 + 1;
const SINCE = '2026-01-05T12:00:00.000Z';

let dir: string;
let folder: JournalFolder;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dolphin-lock-'));
  folder = JournalFolder.open(dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lock = () => lockJournal(folder, '--record');
const held = (): LockHolder => JSON.parse(readFileSync(join(dir, LOCK_NAME), 'utf8'));
const plant = (changes: Partial<LockHolder>, name = LOCK_NAME) =>
  writeFileSync(join(dir, name), JSON.stringify({ ...newLockHolder(), since: SINCE, ...changes }));

describe('the lock of a journal', () => {
  test('names its holder, bars others, and leaves nothing behind', () => {
    const first = lock();
    expect(held()).toMatchObject({ pid: process.pid, host: newLockHolder().host });
    expect(readdirSync(dir)).toEqual([LOCK_NAME]);
    expect(lock).toThrow(InputError);
    expect(lock).toThrow(
      `--record ${dir}: the journal is being written by process ${process.pid} on ${held().host.split('/')[0]} ` +
        `since ${held().since}; stop it first`,
    );
    expect(readdirSync(dir)).toEqual([LOCK_NAME]);
    first.release();
    expect(readdirSync(dir)).toEqual([]);
    lock().release();
  });

  test.each([
    ['its process is gone', { pid: NO_PID }],
    ['its pid is another process now', { processStart: 'another boot:1' }],
  ])('is taken over when %s', (_, changes) => {
    plant({ token: 'gone', ...changes });
    const taken = lock();
    expect(held()).toMatchObject({ pid: process.pid, processStart: newLockHolder().processStart });
    expect(held().token).not.toBe('gone');
    expect(readdirSync(dir)).toEqual([LOCK_NAME]);
    taken.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  test('is taken over from one that was killed while it took it over', () => {
    plant({ token: 'a', pid: NO_PID });
    plant({ token: 'b', pid: NO_PID }, `${LOCK_NAME}.a`);
    plant({ token: 'c', pid: NO_PID }, `${LOCK_NAME}.c.new`);
    lock();
    expect(held().pid).toBe(process.pid);
    expect(readdirSync(dir)).toEqual([LOCK_NAME]);
  });

  test('is not taken over while another does so', () => {
    plant({ token: 'a', pid: NO_PID });
    plant({ token: 'b' }, `${LOCK_NAME}.a`);
    expect(lock).toThrow(`by process ${process.pid} on`);
    expect(held().token).toBe('a');
  });

  test.each([
    ['no process has its pid here', { pid: NO_PID }],
    ['another process has its pid here', { pid: process.pid, processStart: 'another boot:1' }],
  ])('of another host stays, and the message names the file: %s', (_, changes) => {
    plant({ token: 'far', host: 'elsewhere/4026531836', ...changes });
    expect(lock).toThrow(
      `by process ${changes.pid} on elsewhere since ${SINCE}; stop it first, or remove ${join(dir, LOCK_NAME)} when that host`,
    );
    expect(held().token).toBe('far');
  });

  test.each(['', 'null', '{"pid":1}'])('that names nobody (%j) is no free one', (text) => {
    writeFileSync(join(dir, LOCK_NAME), text);
    expect(lock).toThrow(InputError);
    expect(lock).toThrow(/must name who writes the journal .*; remove it when no run does/);
  });

  test("another's is not given back", () => {
    const first = lock();
    plant({ token: 'other' });
    first.release();
    expect(held().token).toBe('other');
  });

  test('a folder that is gone: taking says so, giving back does not throw', () => {
    const first = lock();
    rmSync(dir, { recursive: true });
    expect(() => first.release()).not.toThrow();
    expect(lock).toThrow(/^--record .*: cannot lock the journal: ENOENT/);
  });
});

test.skipIf(!existsSync('/proc/self/stat'))('a killed process whose parent has not asked for it is gone', async () => {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = await once(parent.stdout.setEncoding('utf8'), 'data');
    const pid = Number(line);
    // The shell would ask for its child; the program that it becomes does not, so that a killed one stays a zombie.
    await expect.poll(() => statFields(parent.pid as number)[0], { timeout: 5000 }).toBe('(sleep)');
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const holder = { ...newLockHolder(), pid, processStart: `${bootId}:${statFields(pid)[20]}` };
    expect(isGone(holder)).toBe(false);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => statFields(pid)[1], { timeout: 5000 }).toBe('Z');
    expect(isGone(holder)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});

/** Of /proc/PID/stat behind the pid: (name), state, ... */
const statFields = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(1);
