import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/parquet-days.ts';
import { hasTaskset, type Outcome, REPOSITORY, type RunOptions, runDolphin } from '../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
const ROUTED = ['replay', '--data', PLAIN, '--fill', 'routed'];
const root = temporaryFolder();
let next = 0;
const newFolder = () => join(root, String(next++));

interface Run extends Outcome {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the report holds
  readonly report: any;
}

async function replay(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const json = `${newFolder()}.json`;
  const outcome = await runDolphin([...args, '--json', json], options);
  return { ...outcome, report: existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : null };
}

/** What two runs of the same orders have in common: everything but how long it took and where the journal lies. */
const essence = ({ report }: Run) => {
  const { timing: _, journal: __, source: ___, ...rest } = report;
  return rest;
};
const hashes = ({ report }: Run) => [report.decisionHash, report.orderLogHash, report.stateHash];

let routed: Run;

beforeAll(async () => {
  routed = await replay(ROUTED);
  expect([routed.code, routed.stderr]).toEqual([0, '']);
});

describe('replay --fill routed', () => {
  test('says how the orders fared, and names every metric of execution', () => {
    const { report } = routed;
    expect(report.fill).toBe('routed');
    expect([report.venue, report.seed]).toEqual(['bars', 1]);
    expect(report.orderLogHash).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(report.execution)).toEqual(
      expect.arrayContaining([
        'entries_maker',
        'entries_taker',
        'exits_maker',
        'exits_taker',
        'fallbacks',
        'rejects',
        'partials',
        'slippage',
        'time_to_fill',
      ]),
    );
    expect(report.trades.length).toBeGreaterThan(20);
    expect(routed.stdout).toContain('Orders');
    expect(routed.stdout).toContain(report.orderLogHash);
  });

  test('the same orders on one core and on two, parked and spinning, paced and as fast as possible', async () => {
    if (!hasTaskset()) return;
    const runs = [
      await replay(ROUTED, { cores: '0' }),
      await replay(ROUTED, { cores: '0,1' }),
      await replay([...ROUTED, '--wait', 'spin']),
      await replay([...ROUTED, '--speed', '4000x']),
    ];
    for (const run of runs) {
      expect([run.code, run.stderr]).toEqual([0, '']);
      expect(essence(run)).toEqual(essence(routed));
    }
  });

  test('another seed draws other latencies, the same one the same', async () => {
    const [other, same] = [await replay([...ROUTED, '--seed', '2']), await replay([...ROUTED, '--seed', '1'])];
    expect(other.report.seed).toBe(2);
    expect(other.report.orderLogHash).not.toBe(routed.report.orderLogHash);
    expect(hashes(same)).toEqual(hashes(routed));
  });

  test('its journal replays to the same orders, and two journals of it are equal', async () => {
    const [dir, again] = [newFolder(), newFolder()];
    const recorded = await replay([...ROUTED, '--record', dir]);
    expect([recorded.code, recorded.stderr]).toEqual([0, '']);
    expect(hashes(recorded)).toEqual(hashes(routed));
    const replayed = await replay(['replay', '--journal', dir]);
    expect([replayed.code, replayed.stderr]).toEqual([0, '']);
    expect(hashes(replayed)).toEqual(hashes(routed));
    const verified = await runDolphin(['journal', 'verify', dir]);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    await replay([...ROUTED, '--record', again]);
    expect((await runDolphin(['diff', dir, again])).code).toBe(0);
  });

  test('the analytic bridge adds up to the routed result', () => {
    const { routed: bridge, metrics } = routed.report;
    const { analytic, spread, queue, latency, fees, funding, other, total } = bridge;
    expect(analytic + spread + queue + latency + fees + funding).toBeCloseTo(total, 6);
    expect(other).toBe(0);
    expect(metrics.capital - 25_000).toBeCloseTo(total, 6);
  });

  test('flags of the venue are refused where fills are analytic', async () => {
    for (const flag of [
      ['--venue', 'bars'],
      ['--seed', '3'],
    ]) {
      const { code, stderr } = await runDolphin(['replay', '--data', PLAIN, ...flag]);
      expect([code, stderr]).toEqual([2, `dolphin: ${flag[0]} is for --fill routed: analytic fills ask no venue\n`]);
    }
  });

  test('a venue of books without books is refused before anything starts', async () => {
    const { code, stderr } = await runDolphin([...ROUTED, '--venue', 'book']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^dolphin: .*: ticks\/2026-01-05\/BTCUSDT_trades\.parquet.* are missing, --venue book needs/,
    );
  });
});
