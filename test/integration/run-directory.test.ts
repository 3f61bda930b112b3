import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ControlServer } from '../../src/adapters/control-socket/control-server.ts';
import { findRunAt, findRuns } from '../../src/adapters/control-socket/find-runs.ts';
import { RunDirectory } from '../../src/adapters/control-socket/run-directory.ts';
import type { RunNotice } from '../../src/adapters/control-socket/run-files.ts';
import { defaultRunsFolder } from '../../src/adapters/control-socket/trusted-folder.ts';
import { idOf, runNamed, runsNamed } from '../../src/main/control/pick-run.ts';
import { InputError } from '../../src/model/input-error.ts';
import { temporaryFolder } from '../support/parquet-days.ts';

/** No process has this number: Linux gives none beyond 2^22. */
const DEAD_PID = 2 ** 22 + 1;
const FOREIGN_UID = 54_321;

let runtime: string;
beforeEach(() => {
  runtime = temporaryFolder();
  vi.stubEnv('XDG_RUNTIME_DIR', runtime);
});
const servers: ControlServer[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const notice = (runId: string, pid = process.pid): RunNotice => ({
  runId,
  pid,
  command: 'replay',
  subject: 'champion, 2026-01-05 of data',
  startedAt: '2026-11-21T14:52:12.000Z',
});

/** A run that listens, in the folder of all runs. */
async function running(runId: string): Promise<RunDirectory> {
  const directory = RunDirectory.createDefault(notice(runId));
  servers.push(await ControlServer.listen(directory.socketPath, async (line) => line, ''));
  return directory;
}

/** What a killed process leaves: its socket file, to which nobody listens. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.alive`);
  await once(server, 'listening');
  renameSync(`${path}.alive`, path); // a server that closes removes its own path
  server.close();
  await once(server, 'close');
}

describe('the directory of a run', () => {
  test('lies in the folder of this user and is closed to others', async () => {
    const directory = RunDirectory.createDefault(notice('replay-1'));
    expect(directory.path).toBe(join(runtime, 'dolphin/replay-1'));
    for (const path of [defaultRunsFolder(), directory.path]) {
      expect((statSync(path).mode & 0o777).toString(8), path).toBe('700');
    }
    expect((statSync(join(directory.path, 'run.json')).mode & 0o777).toString(8)).toBe('600');
    directory.remove();
    directory.remove();
    expect(readdirSync(join(runtime, 'dolphin'))).toEqual([]);
  });

  test('lies in the folder for temporary files where no runtime folder is set', () => {
    vi.stubEnv('XDG_RUNTIME_DIR', 'not/absolute');
    vi.stubEnv('TMPDIR', '/tmp/somewhere');
    expect(defaultRunsFolder()).toBe(`/tmp/somewhere/dolphin-${process.getuid?.()}`);
  });

  test('that the user names stays when it was there, with what else is in it', async () => {
    const dir = join(runtime, 'mine');
    mkdirSync(dir);
    writeFileSync(join(dir, 'report.json'), '{}');
    const directory = await RunDirectory.createAt(dir, notice('replay-1'));
    directory.remove();
    expect(readdirSync(dir)).toEqual(['report.json']);
  });

  test('that the user names and that was not there goes again', async () => {
    const dir = join(runtime, 'new');
    (await RunDirectory.createAt(dir, notice('replay-1'))).remove();
    expect(existsSync(dir)).toBe(false);
  });

  test('with a run in it is refused', async () => {
    const { path } = await running('replay-1');
    const created = RunDirectory.createAt(path, notice('replay-2'));
    await expect(created).rejects.toThrow(
      new InputError(`--run-dir ${path}: must be without a run, replay-1 is in it`),
    );
  });

  test('with what a killed run left is cleaned and taken', async () => {
    const dir = join(runtime, 'mine');
    mkdirSync(dir);
    await leaveSocket(join(dir, 'control.sock'));
    const directory = await RunDirectory.createAt(dir, notice('replay-2'));
    expect(existsSync(directory.socketPath)).toBe(false);
  });

  test('whose socket would have too long a path is refused, with the length', async () => {
    const dir = `/tmp/${'d'.repeat(90)}`; // 5 + 90 + 13 = 108
    const created = RunDirectory.createAt(dir, notice('replay-1'));
    await expect(created).rejects.toThrow(
      /must have at most 10[37] bytes, has 108: \/tmp\/d+\/control\.sock; name a shorter one/,
    );
  });

  test('at the longest path there is can be listened in', async () => {
    const limit = process.platform === 'linux' ? 107 : 103;
    const dir = join(runtime, 'd'.repeat(limit - Buffer.byteLength(join(runtime, '/control.sock')) - 1));
    const { socketPath } = await RunDirectory.createAt(dir, notice('replay-1'));
    expect(Buffer.byteLength(socketPath)).toBe(limit);
    servers.push(await ControlServer.listen(socketPath, async (line) => line, ''));
    expect((await findRunAt(dir))?.notice?.runId).toBe('replay-1');
  });
});

describe('a folder is not trusted', () => {
  const created = () => RunDirectory.createAt(join(runtime, 'shared'), notice('replay-1'));

  test.each(['770', '707', '777'])('with mode %s', async (mode) => {
    mkdirSync(join(runtime, 'shared'));
    chmodSync(join(runtime, 'shared'), Number.parseInt(mode, 8));
    await expect(created()).rejects.toThrow(`must not be writable by group or others, has mode ${mode}`);
    await expect(findRunAt(join(runtime, 'shared'))).rejects.toThrow(InputError);
  });

  test('when it belongs to somebody else', async () => {
    mkdirSync(join(runtime, 'shared'));
    const own = process.getuid?.();
    vi.spyOn(process, 'getuid').mockReturnValue(FOREIGN_UID);
    await expect(created()).rejects.toThrow(`must belong to this user (${FOREIGN_UID}), belongs to user ${own}`);
    mkdirSync(join(runtime, 'dolphin'));
    await expect(findRuns()).rejects.toThrow('it is not trusted');
  });

  test('when it is a link', async () => {
    mkdirSync(join(runtime, 'elsewhere'));
    symlinkSync(join(runtime, 'elsewhere'), join(runtime, 'shared'));
    await expect(created()).rejects.toThrow('must be a directory, and no link to one');
  });
});

describe('finding runs', () => {
  test('where none ever was', async () => {
    expect(await findRuns()).toEqual([]);
  });

  test('lists those that listen, by id, and clears what killed ones left', async () => {
    await running('replay-2');
    await running('replay-1');
    const killed = RunDirectory.createDefault(notice('replay-killed', DEAD_PID));
    await leaveSocket(killed.socketPath);
    RunDirectory.createDefault(notice('replay-dead', DEAD_PID)); // killed before it listened
    expect((await findRuns()).map(idOf)).toEqual(['replay-1', 'replay-2']);
    expect(readdirSync(defaultRunsFolder()).sort()).toEqual(['replay-1', 'replay-2']);
  });

  test('leaves a run alone that is just being made, and clears an empty directory that is old', async () => {
    RunDirectory.createDefault(notice('replay-young'));
    mkdirSync(join(defaultRunsFolder(), 'replay-empty'));
    mkdirSync(join(defaultRunsFolder(), 'replay-old'));
    utimesSync(join(defaultRunsFolder(), 'replay-old'), 1000, 1000);
    expect(await findRuns()).toEqual([]);
    expect(readdirSync(defaultRunsFolder()).sort()).toEqual(['replay-empty', 'replay-young']);
  });

  test('by beginning of the id, by process, by path', async () => {
    const one = await running('replay-101500-1');
    await running('replay-101600-2');
    expect((await runsNamed('replay-1016')).map(idOf)).toEqual(['replay-101600-2']);
    expect((await runsNamed(String(process.pid))).map(idOf)).toEqual(['replay-101500-1', 'replay-101600-2']);
    expect(idOf(await runNamed(one.path))).toBe('replay-101500-1');
  });

  test('a name that nothing has, or more than one, is refused with what runs', async () => {
    await expect(runNamed(undefined)).rejects.toThrow(new InputError('no run is running'));
    await expect(runNamed('x')).rejects.toThrow(new InputError('no run is named "x"; no run is running'));
    await running('replay-1');
    await running('replay-2');
    const running2 = 'running are replay-1, replay-2';
    await expect(runNamed(undefined)).rejects.toThrow(new InputError(`say which run; ${running2}`));
    await expect(runNamed('paper')).rejects.toThrow(new InputError(`no run is named "paper"; ${running2}`));
    await expect(runNamed('./nowhere')).rejects.toThrow('./nowhere: there is no such directory');
    await expect(runNamed(runtime)).rejects.toThrow(`no run listens in ${runtime}`);
  });
});
