import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import type { ReplaySource } from '../../src/main/replay-source.ts';
import { routedSource } from '../../src/main/routed-source.ts';
import { isRouted, type Report, type RoutedReport } from '../../src/model/report.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { daysOf, replayThroughRing } from '../support/replay-through-ring.ts';
import { runRoutedDirect } from '../support/routed-direct.ts';

const PLAIN = fileURLToPath(new URL('../golden/plain/data', import.meta.url));

async function routedDays(set: readonly string[]): Promise<ReplaySource> {
  return routedSource(await daysOf(loadStrategy(null, set), { data: PLAIN }), { venue: 'bars', seed: 7 });
}

function hashesOf(report: Report): readonly unknown[] {
  const { decisionHash, orderLogHash, stateHash, metrics } = report as RoutedReport;
  return [decisionHash, orderLogHash, stateHash, metrics.trades, metrics.capital];
}

// A short hold makes many orders; the champion's own makes few; both sides cross zero.
test.each([
  ['the champion', []],
  ['positions held for three bars, on both sides', ['max_hold_bars=3', 'direction=both', 'min_irp_alignment=0.3']],
  ['a take profit that is reached', ['fixed_tp_pct=0.0003', 'direction=both']],
])('ring and direct call place the same orders: %s', async (_name, set) => {
  const source = await routedDays(set);
  const direct = await runRoutedDirect(source);
  const { report } = await replayThroughRing(source);
  expect(isRouted(report)).toBe(true);
  expect(hashesOf(report)).toEqual([
    decisionHash(direct.run.trades),
    direct.orderLogHash,
    direct.stateHash,
    direct.run.trades.length,
    direct.run.capital,
  ]);
  expect(direct.run.trades.length).toBeGreaterThan(10);
});
