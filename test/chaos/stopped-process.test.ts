import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { runDolphin } from '../support/run-dolphin.ts';
import { lifeStreams } from './life-streams.ts';
import { isUnderWay, makeDays, STRATEGY_FLAGS } from './recorded-run.ts';

const TIMEOUT_MS = 120_000;
const STOPPED_MS = 2000;
/** A paced run tells of metrics beyond their thresholds as it goes. */
const ALERT_LINE = /^dolphin: (?:alarm|clear): .*\n/gm;
const root = mkdtempSync(join(tmpdir(), 'dolphin-stopped-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A run of about three seconds. */
const record = (dir: string, onStart = (_pid: number) => {}) =>
  runDolphin(
    [
      'replay',
      '--data',
      join(root, 'data'),
      ...STRATEGY_FLAGS,
      '--record',
      join(root, dir),
      '--speed',
      '60000x',
      '--json',
      '-',
    ],
    { onStart: (child) => onStart(child.pid as number) },
  );

test(
  'a process that is stopped for two seconds in the middle loses nothing, and nobody takes it for hung',
  async () => {
    await makeDays(join(root, 'data'));
    const whole = await record('whole');
    let stoppedAt = 0;
    const stopped = await record('stopped', async (pid) => {
      while (!isUnderWay(join(root, 'stopped'))) await sleep(5);
      process.kill(pid, 'SIGSTOP');
      stoppedAt = performance.now();
      await sleep(STOPPED_MS);
      process.kill(pid, 'SIGCONT');
    });
    const errors = [whole, stopped].map(({ stderr }) => stderr.replaceAll(ALERT_LINE, ''));
    expect([whole.code, stopped.code, ...errors]).toEqual([0, 0, '', '']);
    expect(performance.now() - stoppedAt).toBeGreaterThan(STOPPED_MS + 500); // there was more to do behind it
    const [one, other] = [JSON.parse(whole.stdout), JSON.parse(stopped.stdout)];
    expect(other.stateHash).toBe(one.stateHash);
    expect(other.decisionHash).toBe(one.decisionHash);
    expect(lifeStreams(join(root, 'stopped'))).toEqual(lifeStreams(join(root, 'whole')));
  },
  TIMEOUT_MS,
);
