import { type ChildProcess, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/parquet-days.ts';
import { type Outcome, REPOSITORY, type RunOptions, runDolphin } from '../support/run-dolphin.ts';
import { RunningReplay } from '../support/running-replay.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
const ROUTED = ['replay', '--data', PLAIN, '--fill', 'routed'];
/** Both days in about six seconds. */
const PACE = ['--speed', '4000x'];
/** The champion decides to enter on this bar, and holds from the next one on. */
const FIRST_ENTRY = 372;
const root = temporaryFolder();
let next = 0;
const newPath = () => join(root, String(next++));

interface Run extends Outcome {
  /** Path of its report. */
  readonly json: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the report holds
  readonly report: any;
}

async function reported(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const json = `${newPath()}.json`;
  const outcome = await runDolphin([...args, '--json', json], options);
  return { ...outcome, json, report: reportAt(json) };
}

const reportAt = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const hashes = ({ report }: Pick<Run, 'report'>) => [report.decisionHash, report.orderLogHash, report.stateHash];

/** Sends a signal as often as asked once the engine's stream has this many bytes. */
function signalAt(dir: string, bytes: number, signal: NodeJS.Signals, times = 1): (child: ChildProcess) => void {
  return (child) => {
    const watch = setInterval(() => {
      const file = statSync(join(dir, 'engine-000000.dj'), { throwIfNoEntry: false });
      if ((file?.size ?? 0) < bytes) return;
      clearInterval(watch);
      for (let i = 0; i < times; i++) child.kill(signal);
    }, 2);
    child.on('exit', () => clearInterval(watch));
  };
}

/** A run that nobody stops, recorded. */
let whole: Run;
const wholeJournal = newPath();
beforeAll(async () => {
  whole = await reported([...ROUTED, '--record', wholeJournal]);
  expect([whole.code, whole.stderr]).toEqual([0, '']);
});

describe('a routed run that is stopped', () => {
  test.each([
    ['SIGINT', 130, 200_000],
    ['SIGTERM', 143, 1_000_000],
    ['SIGINT', 130, 1_800_000],
  ] as const)(
    'by %s (exit %d) leaves no order working, and goes on to the same orders',
    async (signal, code, bytes) => {
      const dir = newPath();
      const flags = [...ROUTED, '--record', dir];
      const stopped = await reported([...flags, ...PACE], { onStart: signalAt(dir, bytes, signal) });
      expect([stopped.code, stopped.stderr, stopped.report.complete]).toEqual([code, '', false]);

      const replayed = await reported(['replay', '--journal', dir]);
      expect([replayed.code, replayed.stderr]).toEqual([0, '']);
      const { execution, fill, venue, seed } = replayed.report;
      expect([fill, venue, seed]).toEqual(['routed', 'bars', 1]);
      expect(hashes(replayed)).toEqual(hashes(stopped));
      expect({ ...execution, warnings: [] }).toEqual({ ...stopped.report.execution, warnings: [] });

      const resumed = await reported([...flags, '--resume']);
      expect([resumed.code, resumed.stderr]).toEqual([0, '']);
      expect(hashes(resumed)).toEqual(hashes(whole));
      expect(resumed.report.trades).toEqual(whole.report.trades);
      expect((await runDolphin(['journal', 'verify', dir])).code).toBe(0);
    },
  );

  test('by a second SIGINT is stopped once more', async () => {
    const dir = newPath();
    const twice = { onStart: signalAt(dir, 200_000, 'SIGINT', 2) };
    const { code } = await runDolphin([...ROUTED, ...PACE, '--record', dir], twice);
    expect(code).toBe(130);
    expect(hashes(await reported([...ROUTED, '--record', dir, '--resume']))).toEqual(hashes(whole));
  });

  test('in the replay of its journal: what the orders did as far as that came', async () => {
    const stopSoon = (child: ChildProcess) => void setTimeout(() => child.kill('SIGINT'), 2500);
    const stopped = await reported(['replay', '--journal', wholeJournal, '--speed', '2000x'], { onStart: stopSoon });
    expect([stopped.code, stopped.stderr]).toEqual([130, '']);
    const { report } = stopped;
    expect([report.complete, report.fill]).toEqual([false, 'routed']);
    expect(report.execution.orders).toBeLessThan(whole.report.execution.orders);
    expect(report.execution.orders).toBeGreaterThanOrEqual(2 * report.trades.length);
  });
});

test('an operator flattens, resumes and halts a routed run; its journal tells the same orders', async () => {
  const [dir, json] = [newPath(), `${newPath()}.json`];
  const replay = new RunningReplay('250x', ['--fill', 'routed', '--record', dir, '--json', json]);
  const order = (word: string) => runDolphin([word, replay.runDir, '--yes']);

  await replay.atBar(FIRST_ENTRY + 5);
  expect(await order('flatten')).toMatchObject({ code: 0 });
  await replay.atBar(520);
  expect(await order('resume')).toMatchObject({ code: 0 });
  await replay.atBar(660);
  expect(await order('halt')).toMatchObject({ code: 0 });
  const haltedAtMost = (await replay.status()).progress.framesStepped;
  await replay.atBar(haltedAtMost + 160);
  expect(await order('stop')).toMatchObject({ code: 0 });
  const { code, stderr } = await replay.outcome;
  expect([code, stderr]).toEqual([130, '']);

  const report = reportAt(json);
  const [first, ...later] = report.trades;
  expect(first).toMatchObject({ entryBar: FIRST_ENTRY + 1, reason: 'RISK' });
  expect(later.length).toBeGreaterThan(0);
  for (const { entryBar } of later) expect(entryBar).toBeLessThanOrEqual(haltedAtMost + 1);
  expect([report.execution.stray_fills, report.routed.other]).toEqual([0, 0]); // flat when it was stopped

  const replayed = await reported(['replay', '--journal', dir]);
  expect([replayed.code, replayed.stderr]).toEqual([0, '']);
  expect(hashes(replayed)).toEqual(hashes({ report }));
  expect((await runDolphin(['journal', 'verify', dir])).code).toBe(0);
  const resumed = await reported([...ROUTED, '--record', dir, '--resume']);
  expect([resumed.code, resumed.report.complete]).toEqual([0, true]);
  expect(resumed.report.trades.slice(0, report.trades.length)).toEqual(report.trades);
});

test('explain refuses a report of routed fills: it steps the engine without execution', async () => {
  const { json } = whole;
  const { code, stdout, stderr } = await runDolphin(['explain', json, '--at', 'bar:3000']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    `dolphin: ${json}: is of routed fills, and only a replay with --fill analytic can be explained; its journal ` +
      '(--record DIR) tells every decision and order\n',
  );
});

test.each([
  ['--fill', 'routed'],
  ['--venue', 'book'],
  ['--seed', '3'],
])('%s is refused for a journal, which has its own fills', async (flag, value) => {
  const { code, stderr } = await runDolphin(['replay', '--journal', root, flag, value]);
  expect([code, stderr]).toEqual([2, `dolphin: ${flag} is for --data: a journal has its own fills\n`]);
});

const disk = join(root, 'disk');
const mounted = spawnSync('mkdir', [disk]).status === 0 && mount('size=600k,nr_inodes=1k');
afterAll(() => void spawnSync('umount', [disk])); // before its folder goes
if (!mounted) console.warn('SKIPPED: a full disk needs the right to mount a tmpfs (run as root)');

function mount(options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0;
}

test.skipIf(!mounted)('a full disk ends both machines soon and with one message; then the run can go on', async () => {
  const flags = [...ROUTED, '--record', join(disk, 'journal')];
  const startMs = performance.now();
  const { code, stderr } = await runDolphin(flags);
  expect(stderr).toMatch(/^dolphin: journal worker failed: cannot write .*ENOSPC.* with --resume\n$/);
  expect(code).toBe(1);
  expect(performance.now() - startMs).toBeLessThan(5000); // the patience of the two machines with each other
  spawnSync('mount', ['-o', 'remount,size=64m', disk]);
  expect(hashes(await reported([...flags, '--resume']))).toEqual(hashes(whole));
});
