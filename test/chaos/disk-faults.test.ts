import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDolphin } from '../support/run-dolphin.ts';
import { type LifeStreams, lifeStreams } from './life-streams.ts';
import { isUnderWay, makeDays, STRATEGY_FLAGS } from './recorded-run.ts';

const TIMEOUT_MS = 120_000;
/** Two days in about three seconds. */
const PACE = ['--speed', '60000x'];
const root = mkdtempSync(join(tmpdir(), 'dolphin-disk-faults-'));
const data = join(root, 'data');
const disk = join(root, 'disk');
const isMounted = run('mkdir', disk) && run('mount', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk);
if (!isMounted) console.warn('SKIPPED: full and read-only disks need the right to mount a tmpfs (run as root)');

let whole: LifeStreams;
let stateHash: string;

beforeAll(async () => {
  await makeDays(data);
  const { code, stdout } = await record(join(root, 'whole'));
  expect(code).toBe(0);
  stateHash = stateHashIn(stdout);
  whole = lifeStreams(join(root, 'whole'));
}, TIMEOUT_MS);

afterAll(() => {
  if (isMounted) run('umount', disk);
  rmSync(root, { recursive: true, force: true });
});

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

function remount(options: string): void {
  if (!run('mount', '-o', `remount,${options}`, disk)) throw new Error(`cannot remount ${disk} ${options}`);
}

const record = (dir: string, ...more: string[]) =>
  runDolphin(['replay', '--data', data, ...STRATEGY_FLAGS, '--record', dir, '--segment-mib', '1', ...more]);

function stateHashIn(stdout: string): string {
  return /^state hash +([0-9a-f]{64})$/m.exec(stdout)?.[1] ?? 'none';
}

/** Goes on to the end, which must be that of a run without a fault. */
async function expectResumed(dir: string): Promise<void> {
  const { code, stdout, stderr } = await record(dir, '--resume');
  expect([code, stderr]).toEqual([0, '']);
  expect(stateHashIn(stdout)).toBe(stateHash);
  const streams = lifeStreams(dir);
  expect(streams.engine).toEqual(whole.engine);
  expect(streams.taken).toEqual(whole.taken);
}

describe.skipIf(!isMounted)('a disk that refuses ends the run with one message; then it can be gone on with', () => {
  test.each(['always', 'interval', 'never'])(
    'full, fsync %s',
    async (fsync) => {
      const dir = join(disk, `full-${fsync}`);
      remount('size=1200k');
      const { code, stderr } = await record(dir, '--fsync', fsync);
      // Beside it the shadow may say that it has no room to compress.
      expect(stderr.replaceAll(/^dolphin: shadow: .* not compressed: .*\n/gm, '')).toMatch(
        /^dolphin: journal worker failed: cannot (write|create) .*: no space left on the device \(ENOSPC\); the journal in .* is whole up to record \d+, the run can go on from there with --resume\n$/,
      );
      expect(code).toBe(1);
      remount('size=64m');
      await expectResumed(dir);
      rmSync(dir, { recursive: true });
    },
    TIMEOUT_MS,
  );

  test('read-only, from the start: exit 2', async () => {
    remount('ro');
    try {
      const { code, stderr } = await record(join(disk, 'read-only'));
      expect(stderr).toMatch(/^dolphin: .*(EROFS|read-only)/);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(2);
    } finally {
      remount('rw');
    }
  });

  test('read-only, when a run is to go on: nothing is changed', async () => {
    const dir = join(disk, 'was-writable');
    remount('size=1200k');
    expect((await record(dir)).code).toBe(1);
    const contents = () => readdirSync(dir).map((name) => readFileSync(join(dir, name), 'hex'));
    const before = contents();
    remount('size=64m,ro');
    try {
      const { code, stderr } = await record(dir, '--resume');
      expect(stderr).toMatch(/^dolphin: .*read-only/);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect([1, 2]).toContain(code);
      expect(contents()).toEqual(before);
    } finally {
      remount('rw');
    }
    await expectResumed(dir);
  });
});

describe('the folder of the journal', () => {
  test(
    'deleted under the run: one message, exit 1; a new journal can be begun there',
    async () => {
      const dir = join(root, 'deleted');
      const { code, stderr } = await runDolphin(
        ['replay', '--data', data, ...STRATEGY_FLAGS, '--record', dir, '--segment-mib', '1', ...PACE],
        {
          onStart: (child) => {
            const watch = setInterval(() => {
              if (!isUnderWay(dir)) return;
              clearInterval(watch);
              rmSync(dir, { recursive: true });
            }, 5);
            child.once('exit', () => clearInterval(watch));
          },
        },
      );
      expect(stderr).toMatch(
        /^dolphin: journal worker failed: cannot create .*engine-000001\.dj: the folder does not exist/,
      );
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(1);
      const resumed = await record(dir, '--resume');
      expect(resumed.code).toBe(2);
      expect(resumed.stderr).toMatch(/^dolphin: --resume: folder must have the journal of an interrupted run/);
      const anew = await record(dir);
      expect([anew.code, stateHashIn(anew.stdout)]).toEqual([0, stateHash]);
    },
    TIMEOUT_MS,
  );

  test('that is a file: exit 2', async () => {
    const { code, stderr } = await record(join(data, 'SYNTHETIC'));
    expect(stderr).toMatch(/^dolphin: cannot make the journal's folder .*SYNTHETIC/);
    expect(code).toBe(2);
  });
});
