import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/parquet-days.ts';
import { hasTaskset, type Outcome, REPOSITORY, type RunOptions, runDolphin } from '../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
const EXPECTED = JSON.parse(readFileSync(join(REPOSITORY, 'test/golden/plain/champion.json'), 'utf8'));
const DATA = ['replay', '--data', PLAIN];
/** Two days of 2,600 bars of 5 s take 13 s at this speed. */
const PACED = ['--speed', '2000x'];
const root = temporaryFolder();
let next = 0;
const newFolder = () => join(root, String(next++));

interface Run extends Outcome {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the report holds
  readonly report: any;
}

/** Runs a replay with its report in a file of its own; the report is null where none was written. */
async function replay(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const json = `${newFolder()}.json`;
  const outcome = await runDolphin([...args, '--json', json], options);
  return { ...outcome, report: existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : null };
}

/** A recorded run in a folder of its own; `{dir}` in the arguments is that folder. */
async function record(args: readonly string[] = [], options: RunOptions = {}): Promise<Run & { dir: string }> {
  const dir = newFolder();
  return { ...(await replay([...DATA, '--record', dir, ...args], options)), dir };
}

/** Sends a signal once the engine's journal has grown beyond this many bytes. */
function signalAt(dir: string, bytes: number, signal: NodeJS.Signals): RunOptions {
  return {
    onStart: (child) => {
      const timer = setInterval(() => {
        if (child.exitCode !== null || child.signalCode !== null) clearInterval(timer);
        else if (engineBytes(dir) > bytes) {
          clearInterval(timer);
          process.kill(-(child.pid as number), signal); // its whole session: a starter passes no SIGKILL on
        }
      }, 5);
    },
  };
}

function engineBytes(dir: string): number {
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => name.startsWith('engine')) : [];
  return names.reduce((sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

let plain: Run;
let recorded: Run & { dir: string };
const hashes = ({ report }: Run) => [report.decisionHash, report.stateHash, report.complete];

beforeAll(async () => {
  plain = await replay(DATA);
  recorded = await record();
});

describe('a recorded run', () => {
  test('decides as one that is not, and its journal is proved whole', () => {
    expect(plain.report.decisionHash).toBe(EXPECTED.decisionHash);
    expect(hashes(recorded)).toEqual(hashes(plain));
    expect(recorded.report.journal).toMatchObject({
      dir: recorded.dir,
      fsync: 'interval',
      isResumed: false,
      shadow: { steps: 5202, agreeing: 5202, unverified: 0, mismatch: null, failures: [] },
    });
    expect(recorded.stdout).toContain('parity   5,202 of 5,202 steps replay to the same decisions\n');
    expect(recorded.code).toBe(0);
  });

  test('measures every stage up to the order, in the report and in the summary', () => {
    const stages = recorded.report.timing.stages.map(({ stage }: { stage: string }) => stage);
    expect(stages.toSorted()).toEqual(['commit', 'handover', 'intent', 'journal', 'ring', 'step', 'total']);
    expect(recorded.stdout).toMatch(/\n {2}stage +values +p50 +p99 +p99\.9 +max\n {2}ring +5,201 /);
    expect(Math.max(...recorded.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(recorded.report.timing.lostWakes).toBe(0);
  });

  test('leaves a journal that the tools of journals take for whole', async () => {
    const { code, stdout } = await runDolphin(['journal', 'verify', recorded.dir]);
    const { engine, execution } = recorded.report.journal.records;
    expect(stdout).toContain(`${engine.toLocaleString('en-US')} records`);
    expect(execution).toBe(59);
    expect(code).toBe(0);
  });
});

describe('the same decisions and the same state', () => {
  test('from the journal in place of the data', async () => {
    const again = await replay(['replay', '--journal', recorded.dir]);
    expect(hashes(again)).toEqual(hashes(plain));
    expect(again.report.trades).toEqual(plain.report.trades);
    expect(again.report.source.journal).toBe(recorded.dir);
    expect(again.code).toBe(0);
  });

  test('at another pace, with other threads, cores, syncs and segments', async () => {
    const ways: [readonly string[], RunOptions?][] = [
      [['--wait', 'spin']],
      [['--fsync', 'always', '--segment-mib', '0.2']],
      [['--fsync', 'never']],
      ...(hasTaskset()
        ? ([
            [[], { cores: '0' }],
            [[], { cores: '0,1' }],
          ] as [readonly string[], RunOptions][])
        : []),
    ];
    for (const [args, options] of ways) {
      const run = await record(args, options);
      expect(hashes(run), `${args} ${JSON.stringify(options)}`).toEqual(hashes(plain));
      expect(run.report.journal.shadow).toEqual(recorded.report.journal.shadow);
    }
  });

  test('whatever the optimising compiler does', () => {
    const json = `${newFolder()}.json`;
    const args = ['--no-opt', 'src/main/index.ts', ...DATA, '--record', newFolder(), '--json', json];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: REPOSITORY, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const report = JSON.parse(readFileSync(json, 'utf8'));
    expect([report.decisionHash, report.stateHash]).toEqual([plain.report.decisionHash, plain.report.stateHash]);
    expect(report.journal.shadow.agreeing).toBe(5202);
  });
});

describe('a run that was interrupted goes on with --resume', () => {
  test('after Ctrl-C: the part is reported, then the whole is the same', async () => {
    const dir = newFolder();
    const stopped = await replay([...DATA, '--record', dir, ...PACED], signalAt(dir, 400_000, 'SIGINT'));
    expect([stopped.code, stopped.report.complete]).toEqual([130, false]);
    expect(stopped.report.journal.shadow).toMatchObject({ mismatch: null, failures: [] });
    const part = await replay(['replay', '--journal', dir]);
    expect(hashes(part)).toEqual(hashes(stopped));
    const resumed = await replay([...DATA, '--record', dir, '--resume']);
    expect(resumed.stderr).not.toContain('dolphin: ');
    expect(hashes(resumed)).toEqual(hashes(plain));
    expect(resumed.report.journal).toMatchObject({ isResumed: true, shadow: { mismatch: null, failures: [] } });
    expect(resumed.stdout).toContain('  resumed  the run went on behind an interruption\n');
    expect(hashes(await replay(['replay', '--journal', dir]))).toEqual(hashes(plain));
  });

  test('after kill -9', async () => {
    const dir = newFolder();
    const small = ['--segment-mib', '0.2'];
    const killed = await replay([...DATA, '--record', dir, ...small, ...PACED], signalAt(dir, 900_000, 'SIGKILL'));
    expect([killed.code, killed.report]).toEqual([null, null]);
    const resumed = await replay([...DATA, '--record', dir, '--resume', ...small]);
    expect(hashes(resumed)).toEqual(hashes(plain));
    expect(resumed.report.trades).toEqual(plain.report.trades);
    expect(resumed.report.journal.shadow).toMatchObject({ mismatch: null, failures: [], unverified: 0 });
    expect(hashes(await replay(['replay', '--journal', dir]))).toEqual(hashes(plain));
    expect((await runDolphin(['journal', 'verify', dir])).code).toBe(0);
  });
});

describe('one line and exit code 2 for', () => {
  const interrupted = () => {
    const dir = newFolder();
    cpSync(recorded.dir, dir, { recursive: true });
    return dir;
  };

  test.each<[string, () => readonly string[], RegExp]>([
    [
      '--resume without --record',
      () => [...DATA, '--resume'],
      /--resume goes on with a journal: --record DIR names it/,
    ],
    [
      '--journal beside --data',
      () => [...DATA, '--journal', recorded.dir],
      /needs --data DIR or --journal DIR, one of/,
    ],
    ['neither of them', () => ['replay'], /needs --data DIR or --journal DIR, one of them/],
    [
      '--journal with --record',
      () => ['replay', '--journal', recorded.dir, '--record', newFolder()],
      /--journal replays a journal and keeps none/,
    ],
    [
      '--journal with --set',
      () => ['replay', '--journal', recorded.dir, '--set', 'stop_pct=1'],
      /--set is for --data: a journal has its own strategy and days/,
    ],
    [
      '--journal with --from',
      () => ['replay', '--journal', recorded.dir, '--from', '2026-01-05'],
      /--from is for --data/,
    ],
    [
      '--journal of an empty folder',
      () => ['replay', '--journal', root],
      /--journal: folder must have the engine's st/,
    ],
    [
      '--record into a folder with a journal',
      () => [...DATA, '--record', recorded.dir],
      /--record: folder must have no journal yet, .* has one; --resume goes on with it/,
    ],
    [
      '--resume of a folder without one',
      () => [...DATA, '--record', newFolder(), '--resume'],
      /--resume: folder must have the journal of an interrupted run, .* has none/,
    ],
    [
      '--resume of a run that came to its end',
      () => [...DATA, '--record', recorded.dir, '--resume'],
      /--resume: journal must be of an interrupted run, the one in .* came to its end/,
    ],
    ['--record where nothing can be made', () => [...DATA, '--record', '/dev/null/journal'], /journal/],
    ['a segment of no size', () => [...DATA, '--record', newFolder(), '--segment-mib', '0'], /MiB above 0/],
    ['another way to sync', () => [...DATA, '--record', newFolder(), '--fsync', 'often'], /always, interval, never/],
  ])('%s', async (_, args, message) => {
    const { code, stderr, stdout } = await runDolphin(args());
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .filter((line) => !line.startsWith('(see dolphin')).length,
    ).toBe(1);
  });

  test('a journal that is damaged: exit code 4, and nothing is changed', async () => {
    const dir = interrupted();
    const path = join(dir, 'engine-000000.dj');
    const bytes = readFileSync(path);
    bytes[100_000]! ^= 1;
    writeFileSync(path, bytes);
    for (const args of [
      ['replay', '--journal', dir],
      [...DATA, '--record', dir, '--resume'],
    ]) {
      const { code, stderr } = await runDolphin(args);
      expect(stderr).toMatch(/^dolphin: journal is corrupt: engine-000000\.dj, record \d+.*\n$/);
      expect(code).toBe(4);
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
  });

  test('--resume with another strategy: exit code 4, and it still goes on with its own', async () => {
    const dir = newFolder();
    await replay([...DATA, '--record', dir, ...PACED], signalAt(dir, 300_000, 'SIGKILL'));
    const other = await runDolphin([...DATA, '--record', dir, '--resume', '--set', 'stop_pct=0.5']);
    expect([other.code, other.stderr]).toEqual([4, expect.stringMatching(/config/)]);
    expect(hashes(await replay([...DATA, '--record', dir, '--resume']))).toEqual(hashes(plain));
  });
});
