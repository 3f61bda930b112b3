import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';
import { hasTerminal, runInTerminal, type TerminalSession } from '../support/terminal.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
/** Two days of 2,600 bars of 5 s at this speed take 130 s: the replay does not end by itself before the stop. */
const SLOW = ['--speed', '200x'];

/** Acts once, when the progress line shows at least this much. */
function onceAt(percent: number, act: (session: TerminalSession) => void): (session: TerminalSession) => void {
  let hasActed = false;
  return (session) => {
    const shown = session
      .screen()
      .match(/replaying (\d+) %/g)
      ?.at(-1);
    if (hasActed || shown === undefined || Number.parseInt(shown.slice('replaying '.length), 10) < percent) return;
    hasActed = true;
    act(session);
  };
}

function stoppedReport(path: string) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  expect(report.complete).toBe(false);
  expect(report.days).toHaveLength(1);
  expect(report.days[0].bars).toBeGreaterThan(0);
  expect(report.days[0].bars).toBeLessThan(2600);
  expect(report.timing.bars).toBe(report.days[0].bars);
  return report;
}

describe.skipIf(!hasTerminal())('a replay that is stopped in the middle reports what was done so far', () => {
  test('Ctrl-C: exit 130', async () => {
    const json = join(temporaryFolder(), 'report.json');
    const typeControlC = onceAt(1, (session) => session.type('\x03'));
    const { code, screen } = await runInTerminal(['replay', '--data', PLAIN, ...SLOW, '--json', json], typeControlC);
    expect(code).toBe(130);
    expect(screen).toContain('stopped');
    stoppedReport(json);
  });

  test('SIGTERM: exit 143', async () => {
    const json = join(temporaryFolder(), 'report.json');
    const terminate = onceAt(1, (session) => process.kill(session.pid(), 'SIGTERM'));
    const { code } = await runInTerminal(['replay', '--data', PLAIN, ...SLOW, '--json', json], terminate);
    expect(code).toBe(143);
    stoppedReport(json);
  });

  test('the bars before the stop were decided as in a whole run: no position is closed by the stop', async () => {
    const json = join(temporaryFolder(), 'report.json');
    const stopLater = onceAt(20, (session) => session.type('\x03'));
    await runInTerminal(['replay', '--data', PLAIN, '--speed', '4000x', '--json', json], stopLater);
    const expected = JSON.parse(readFileSync(join(REPOSITORY, 'test/golden/plain/champion.json'), 'utf8'));
    const { trades } = stoppedReport(json);
    const decisions = (list: { entryBar: number; exitBar: number; asset: string }[]) =>
      list.map(({ entryBar, exitBar, asset }) => ({ entryBar, exitBar, asset }));
    expect(trades.length).toBeGreaterThan(0);
    expect(decisions(trades)).toEqual(decisions(expected.trades).slice(0, trades.length));
  });
});

test('a full disk at the end is one clear error, exit 1', async () => {
  const outcome = await runDolphin(['replay', '--data', PLAIN, '--json', '/dev/full']);
  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toContain('/dev/full');
  expect(outcome.stderr).toContain('ENOSPC');
});

/** A file system of one page, where this user may make one. */
function tinyFileSystem(): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'dolphin-tiny-'));
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', dir]);
  if (mount.status === 0) return dir;
  console.warn('SKIPPED: needs the right to mount a tmpfs, to fill a disk');
  return null;
}

test('a disk that fills up while the report is written leaves nothing behind', async ({ skip }) => {
  const dir = tinyFileSystem();
  if (dir === null) return skip();
  try {
    const outcome = await runDolphin(['replay', '--data', PLAIN, '--json', join(dir, 'report.json')]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('no space left on the device');
    expect(readdirSync(dir)).toEqual([]);
  } finally {
    spawnSync('umount', [dir]);
    rmSync(dir, { recursive: true });
  }
});
