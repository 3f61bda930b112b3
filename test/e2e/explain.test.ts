import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = join(ROOT, 'test/golden/plain/data');
const run = promisify(execFile);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function dolphin(...args: string[]): Promise<Outcome> {
  try {
    const { stdout, stderr } = await run(process.execPath, [join(ROOT, 'bin/dolphin.mjs'), ...args]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    return { code, stdout, stderr };
  }
}

let dir = '';
let reportPath = '';
let report: Report;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'dolphin-explain-'));
  reportPath = join(dir, 'run.json');
  const { code, stderr } = await dolphin('replay', '--data', DATA, '--json', reportPath);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  report = JSON.parse(readFileSync(reportPath, 'utf8'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** `explain … --json` of a bar that must be explainable. */
async function explained(at: string, ...more: string[]) {
  const { code, stdout, stderr } = await dolphin('explain', reportPath, '--at', at, '--json', ...more);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('dolphin explain', () => {
  test('an entry: all eight gates reached and passed, size and asset as in the report', async () => {
    const trade = report.trades[0]!;
    const { action, gates, candidates, size, sentence } = await explained(`bar:${trade.entryBar}`);
    expect(action).toMatchObject({ kind: 'entry', asset: trade.asset, price: trade.entry, notional: trade.notional });
    expect(size.leverage).toBe(trade.leverage);
    expect(gates.map((gate: { isReached: boolean; isPassed: boolean }) => gate.isReached && gate.isPassed)).toEqual(
      Array(8).fill(true),
    );
    expect(candidates[0]).toMatchObject({ asset: trade.asset, verdict: 'best' });
    expect(candidates).toHaveLength(report.universe.length);
    expect(sentence).toMatch(new RegExp(`^Opened SHORT ${trade.asset}: `));
  });

  test('an exit, by the time of its bar: reason, bars held and change', async () => {
    const trade = report.trades[0]!;
    const { action, notAsked, bar, note, gates } = await explained(trade.exitTs);
    expect(bar).toBe(trade.exitBar);
    expect(note).toBeNull();
    expect(notAsked).toBe('positionOpen');
    expect(action).toMatchObject({ kind: 'exit', reason: trade.reason, barsHeld: trade.exitBar - trade.entryBar });
    expect(action.change).toBeCloseTo(-(trade.exit / trade.entry - 1), 15);
    expect(gates.some((gate: { isReached: boolean }) => gate.isReached)).toBe(false);
  });

  test('an exit of the second day, where histories began anew', async () => {
    const trade = report.trades.find(({ date, reason }) => date === '2026-01-06' && reason !== 'DAY_END')!;
    const { action } = await explained(`bar:${trade.exitBar}`);
    expect(action).toMatchObject({ kind: 'exit', asset: trade.asset, reason: trade.reason, price: trade.exit });
  });

  test('the last bar of a day tells of the close that ended it', async () => {
    const trade = report.trades.find(({ reason }) => reason === 'DAY_END')!;
    const { action, dayEnd } = await explained(`bar:${trade.exitBar}`);
    expect(action.kind).toBe('hold');
    expect(dayEnd).toMatchObject({ asset: trade.asset, price: trade.exit, entryBar: trade.entryBar });
  });

  test('between two bars the nearest earlier one is explained, and said so', async () => {
    const { bar, ts, note } = await explained('2026-01-05 00:31:03.5');
    expect(bar).toBe(372);
    expect(ts).toBe('2026-01-05T00:31:00.000Z');
    expect(note).toMatch(/no bar at 2026-01-05T00:31:03\.500Z; this is the nearest earlier bar/);
  });

  test('at night, after the last bar of the first day, that bar is the nearest earlier one', async () => {
    expect((await explained('2026-01-05T23:00:00Z')).bar).toBe(report.days[0]!.bars - 1);
  });

  test('the text says in one sentence why nothing traded, and why not this asset', async () => {
    const { stdout } = await dolphin('explain', reportPath, '--at', 'bar:5', '--asset', 'ETHUSDT');
    expect(stdout).toContain('Nothing traded: bar 5 of the day lies in the warm-up of 100 bars.');
    expect(stdout.replaceAll('\n', ' ')).toContain('ETHUSDT: the bar stopped at the warm-up gate, for all assets');
    expect(stdout).toMatch(/warm-up +5 +100 +FAIL\n/);
    expect(stdout).toMatch(/signal .*not reached\n/);
  });

  test.each([
    ['a bar behind the last', ['--at', 'bar:5200'], /bar 5200 lies outside the run, which has bar 0 .* to bar 5199/],
    ['a time before the first', ['--at', '2026-01-04 12:00:00'], /2026-01-04T12:00.* lies outside the run/],
    ['a time long after the last', ['--at', '2026-01-07 00:00:00'], /2026-01-07T00:00.* lies outside the run/],
    ['no time at all', ['--at', 'noon'], /--at: must be a time in UTC .* was "noon"/],
    ['an hour that no day has', ['--at', '2026-01-05 24:00:00'], /--at: must be a time in UTC/],
    [
      'an unknown asset',
      ['--at', 'bar:1', '--asset', 'NOPE'],
      /--asset: must be one of the run's 48 assets .* was "NOPE"/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await dolphin('explain', reportPath, ...args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test.each([
    ['days whose signals the scanner makes', 'scanner', ['--set', 'max_hold_bars=30']],
    ['days with order books, factors and postures', 'edges', []],
  ])('%s', async (_, set, settings) => {
    const path = join(dir, `${set}.json`);
    const data = join(ROOT, 'test/golden', set, 'data');
    expect((await dolphin('replay', '--data', data, '--json', path, ...settings)).code).toBe(0);
    const { trades }: Report = JSON.parse(readFileSync(path, 'utf8'));
    const trade = trades.at(-1)!; // behind all days before it
    const { stdout, stderr } = await dolphin('explain', path, '--at', trade.entryTs, '--json');
    expect(stderr).toBe('');
    const { action, size } = JSON.parse(stdout);
    expect(action).toMatchObject({ kind: 'entry', asset: trade.asset, notional: trade.notional });
    expect(size.leverage).toBe(trade.leverage);
  });

  test('refuses a folder that lost a day of the run', async () => {
    const lost = join(dir, 'lost');
    cpSync(DATA, lost, { recursive: true });
    rmSync(join(lost, '2026-01-05.parquet'));
    const { code, stderr } = await dolphin('explain', reportPath, '--at', 'bar:1', '--data', lost);
    expect(stderr).toMatch(/day 0 is 2026-01-06\.parquet, the report says 2026-01-05\.parquet/);
    expect(code).toBe(2);
  });

  test('refuses a day file that is not the one of the report, by its hash', async () => {
    const other = join(dir, 'other.json');
    const sha256 = 'ab'.repeat(32);
    const files = report.source.files.map(({ name }) => ({ name, sha256 }));
    writeFileSync(other, JSON.stringify({ ...report, source: { ...report.source, files } }));
    const { code, stderr } = await dolphin('explain', other, '--at', 'bar:1');
    expect(stderr).toMatch(/2026-01-05\.parquet: is not the file that the report was made from \(sha256 .*abab/);
    expect(code).toBe(2);
  });

  test('refuses a run whose trades cannot be repeated: a table beside the days has changed', async () => {
    const changed = join(dir, 'hibernating');
    cpSync(DATA, changed, { recursive: true });
    writeFileSync(join(changed, 'safety.csv'), 'date,posture,Rm\n2026-01-05,HIBERNATE,0.1\n');
    const { code, stderr } = await dolphin('explain', reportPath, '--at', 'bar:2000', '--data', changed);
    expect(stderr).toMatch(
      /the run cannot be repeated: trade 0 is none, the report says .*safety\.csv may have changed/,
    );
    expect(code).toBe(2);
  });
});
