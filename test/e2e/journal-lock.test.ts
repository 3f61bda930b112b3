import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOCK_NAME } from '../../src/adapters/journal/journal-lock.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';
import { RunningReplay } from '../support/running-replay.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
/** Two days of 2600 bars of 5 s take two minutes: it does not end by itself before it is told to. */
const SLOW = '200x';
const HELD = /^dolphin: (.*): the journal is being written by process (\d+) on .+ since \d{4}-.+Z; stop it first\n$/;

const journalIn = () => join(temporaryFolder(), 'journal');
const goOn = (dir: string, ...more: string[]) =>
  runDolphin(['replay', '--data', PLAIN, '--record', dir, '--resume', ...more]);

/** A run that records, past its first bars. */
async function recording(dir: string, ...more: string[]): Promise<RunningReplay> {
  const run = new RunningReplay(SLOW, ['--record', dir, ...more]);
  await run.atBar(5);
  return run;
}

function hashesIn(json: string): unknown {
  const { stateHash, decisionHash } = JSON.parse(readFileSync(json, 'utf8'));
  return { stateHash, decisionHash };
}

async function expectWhole(dir: string): Promise<void> {
  const [data, journal] = [join(temporaryFolder(), 'data.json'), join(temporaryFolder(), 'journal.json')];
  expect((await runDolphin(['replay', '--data', PLAIN, '--json', data])).code).toBe(0);
  expect((await runDolphin(['replay', '--journal', dir, '--json', journal])).code).toBe(0);
  expect(hashesIn(journal)).toEqual(hashesIn(data));
}

describe('a journal has one writer', () => {
  test('while a run keeps it no other run or repair does; whoever reads or prunes is not hindered', async () => {
    const dir = journalIn();
    const first = await recording(dir);
    const { pid } = JSON.parse(readFileSync(join(dir, LOCK_NAME), 'utf8'));
    const writers = {
      '--record': ['replay', '--data', PLAIN, '--record', dir, '--resume'],
      'journal repair --yes': ['journal', 'repair', dir, '--yes'],
    };
    for (const [asked, args] of Object.entries(writers)) {
      const { code, stdout, stderr } = await runDolphin(args);
      expect([code, stdout, HELD.exec(stderr)?.slice(1)]).toEqual([2, '', [`${asked} ${dir}`, String(pid)]]);
    }
    const readers = [
      ['journal', 'ls', dir],
      ['journal', 'verify', dir],
      ['journal', 'export', dir, '--to', '3'],
      ['journal', 'repair', dir],
      ['journal', 'repair', dir, '--out', join(temporaryFolder(), 'copy')],
      ['journal', 'prune', dir, '--keep', '1'],
      ['replay', '--journal', dir],
    ];
    for (const args of readers) expect([args, (await runDolphin(args)).code]).toEqual([args, 0]);
    // It grows between the two readings of it.
    expect([0, 1]).toContain((await runDolphin(['diff', dir, dir])).code);

    first.kill('SIGTERM');
    expect((await first.outcome).code).toBe(143);
    expect(existsSync(join(dir, LOCK_NAME))).toBe(false);
    const { code, stderr } = await goOn(dir);
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(dir).filter((name) => name.startsWith(LOCK_NAME))).toEqual([]);
    await expectWhole(dir);
  });

  test('of two that go on with it at once one does, and the journal is whole', async () => {
    const dir = journalIn();
    const killed = await recording(dir);
    process.kill(JSON.parse(readFileSync(join(dir, LOCK_NAME), 'utf8')).pid, 'SIGKILL');
    await killed.outcome;
    expect(existsSync(join(dir, LOCK_NAME))).toBe(true);

    const both = await Promise.all([goOn(dir, '--speed', '4000x'), goOn(dir, '--speed', '4000x')]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 2]);
    expect(both.find(({ code }) => code === 2)?.stderr).toMatch(HELD);
    expect(both.find(({ code }) => code === 0)?.stderr).toBe('');
    expect(existsSync(join(dir, LOCK_NAME))).toBe(false);
    await expectWhole(dir);
  });

  test('a run that fails gives it back', async () => {
    const dir = journalIn();
    const { code, stderr } = await goOn(dir);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^dolphin: --resume: folder must have the journal/)]);
    expect(readdirSync(dir)).toEqual([]);
  });
});
