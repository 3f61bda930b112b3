import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { planReplay } from '../../src/adapters/day-folder/plan.ts';
import { decodeDay } from '../../src/adapters/parquet/read-day.ts';
import { type ColumnSource, writeParquet } from '../../src/adapters/parquet/write-parquet.ts';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { routedSource } from '../../src/main/routed-source.ts';
import { SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../src/model/frame.ts';
import type { RoutedReport } from '../../src/model/report.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { attachDayBlock, type DayBlock } from '../../src/shm/day-block.ts';
import { stampNs, temporaryFolder } from '../support/parquet-days.ts';
import { daysOf, replayThroughRing } from '../support/replay-through-ring.ts';
import { runRoutedDirect } from '../support/routed-direct.ts';

const PLAIN = fileURLToPath(new URL('../golden/plain/data', import.meta.url));
const HELD = 'INJUSDT'; // entered on bar 372, its first exit is decided on bar 493
const SILENT_FROM = 380;
const SILENT_UNTIL = 2300;
const dir = temporaryFolder();

beforeAll(async () => {
  const { universe, files } = await planReplay({ dir: PLAIN, configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' });
  // The second day lies four days behind the first one.
  for (const [index, date] of ['2026-01-05', '2026-01-10'].entries()) {
    const { buffer, shape } = await decodeDay({ ...files[index]!, universe });
    const columns = columnsOf(attachDayBlock(buffer, shape), universe, date, index === 0);
    await writeParquet(`${dir}/${date}.parquet`, columns);
  }
});

/** A day with scans that come twice and scans that never come; on the first the asset that is held falls silent for hours. */
function columnsOf(block: DayBlock, universe: readonly string[], date: string, isSilent: boolean): ColumnSource[] {
  const rows: number[] = [];
  for (let row = 0; row < block.rows; row++) {
    if (row % 97 === 50) continue;
    rows.push(row);
    if (row % 61 === 20) rows.push(row);
  }
  const pricesOf = (symbol: string, asset: number) =>
    rows.map((row) => {
      const isMissing = isSilent && symbol === HELD && row >= SILENT_FROM && row < SILENT_UNTIL;
      return isMissing ? Number.NaN : block.prices[row * universe.length + asset]!;
    });
  return [
    { name: 'timestamp', data: rows.map((row) => stampNs(block.nsOfDay[row]! / 1e9, date)), type: 'INT64' },
    { name: 'scan_number', data: rows.map((row) => BigInt(block.scanNumbers[row]!)), type: 'INT64' },
    {
      name: 'vel_div',
      data: rows.map((row) => block.signals[row * SIGNAL_VALUES + SIGNAL_VEL_DIV]!),
      type: 'DOUBLE',
    },
    ...universe.map((name, asset) => ({ name, data: pricesOf(name, asset), type: 'DOUBLE' as const })),
  ];
}

test.each([
  ['every day on its own', []],
  ['positions carried over midnight', ['close_at_day_end=false', 'carry_positions=true']],
  ['stops, and a loss limit that is reached', ['direction=both', 'stop_pct=0.0005', 'daily_loss_limit_pct=0.001']],
])('silence, repeats, gaps and days apart: ring and direct call place the same orders, %s', async (_name, set) => {
  const source = routedSource(await daysOf(loadStrategy(null, set), { data: dir }), { venue: 'bars', seed: 5 });
  const direct = await runRoutedDirect(source);
  const report = (await replayThroughRing(source)).report as RoutedReport;
  expect([report.decisionHash, report.orderLogHash, report.stateHash]).toEqual([
    decisionHash(direct.run.trades),
    direct.orderLogHash,
    direct.stateHash,
  ]);
  expect(report.days.map(({ date }) => date)).toEqual(['2026-01-05', '2026-01-10']);
  expect(report.days[0]!.counters.duplicateScans).toBeGreaterThan(30);
  expect(report.execution.stray_fills).toBe(0);
  expect(Math.abs(report.routed.other)).toBeLessThan(1e-6);
  expect(report.trades.length).toBeGreaterThan(5);
});

test('an exit waits for the price of an asset that fell silent, and is counted as late', async () => {
  const source = routedSource(await daysOf(loadStrategy(null, []), { data: dir }), { venue: 'bars', seed: 5 });
  const report = (await replayThroughRing(source)).report as RoutedReport;
  const first = report.trades[0]!;
  expect([first.asset, first.reason]).toEqual([HELD, 'MAX_HOLD']);
  expect(first.exitBar).toBeGreaterThan(first.entryBar + 1800);
  expect(report.days[0]!.counters.lateExits).toBe(1);
});
