import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import type { ReplaySource } from '../../src/main/replay-source.ts';
import { routedSource } from '../../src/main/routed-source.ts';
import { Supervisor } from '../../src/main/supervisor.ts';
import { isRouted, type Report, type RoutedReport } from '../../src/model/report.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { goldenCases } from '../support/golden-case.ts';
import { daysOf, daysOfGolden, replayThroughRing } from '../support/replay-through-ring.ts';
import { runRoutedDirect } from '../support/routed-direct.ts';
import { routedSpecs } from '../support/routed-specs.ts';

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

test.each(goldenCases().map((golden) => [golden.name, golden] as const))(
  'ring and direct call place the same orders on the golden set %s',
  async (_name, golden) => {
    const source = routedSource(await daysOfGolden(golden), { venue: 'bars', seed: 3 });
    const direct = await runRoutedDirect(source);
    const { report } = await replayThroughRing(source);
    expect(hashesOf(report)).toEqual([
      decisionHash(direct.run.trades),
      direct.orderLogHash,
      direct.stateHash,
      direct.run.trades.length,
      direct.run.capital,
    ]);
  },
);

test('rings of two intents, two reports and two frames place the same orders as large ones', async () => {
  const hashes = [];
  for (const slots of [{}, { intentSlots: 2, reportSlots: 2 }, { intentSlots: 2, reportSlots: 2, barSlots: 2 }]) {
    const { region, execution, engine, marketData } = await routedSpecs(await routedDays([]), slots);
    const outcome = await new Supervisor(region, [execution, engine, marketData]).run();
    hashes.push([outcome.engine.stateHash, outcome.execution.routed?.orderLogHash]);
  }
  expect(hashes[1]).toEqual(hashes[0]);
  expect(hashes[2]).toEqual(hashes[0]);
});
