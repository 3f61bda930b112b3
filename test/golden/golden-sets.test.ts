import { describe, expect, test } from 'vitest';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { parseReport, reportJson } from '../../src/report/json.ts';
import { summary } from '../../src/report/summary.ts';
import { runDirectMachine } from '../support/direct-report.ts';
import { casesOf, differences, type GoldenCase, goldenCases, planOf } from '../support/golden-case.ts';
import { daysOfGolden, replayThroughRing } from '../support/replay-through-ring.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';

/**
 * Every figure of a golden file: trades, reasons, funnel, counters and hash exactly, floats to 1e-9; and the same decisions,
 * days and state at the end by direct call.
 */
async function expectGolden(goldenCase: GoldenCase): Promise<void> {
  const plan = await planOf(goldenCase);
  const { config, expected } = goldenCase;
  const { report } = await replayThroughRing(await daysOfGolden(goldenCase));
  expect(differences(report, expected)).toEqual([]);
  expect(report.decisionHash).toBe(expected.decisionHash);

  const machine = await runDirectMachine(plan, config);
  const direct = machine.finish();
  expect(decisionHash(direct.trades), 'by direct call').toBe(expected.decisionHash);
  expect(direct.trades).toEqual(report.trades);
  expect(direct.days).toEqual(report.days);

  expect(report.stateHash).toMatch(/^[0-9a-f]{64}$/);
  expect(report.stateHash).toBe(machine.stateHash());
  expect(parseReport(reportJson(report), 'report.json').stateHash, 'as JSON').toBe(report.stateHash);
  expect(summary(report)).toContain(`\nstate hash     ${report.stateHash}\n`);
}

describe('golden sets, through the ring and by direct call', () => {
  test.each(goldenCases().map((goldenCase) => [goldenCase.name, goldenCase] as const))('%s', async (_, goldenCase) => {
    await expectGolden(goldenCase);
  });
});

const real = sharedDataOrSkip('golden/real');
const realDays = sharedDataOrSkip('data/bars-1m/usdm-2023-07');
describe.skipIf(real === null || realDays === null)('golden set on real minutes', () => {
  const cases = real === null || realDays === null ? [] : casesOf(real, realDays, 'real');
  test.each(cases.map((goldenCase) => [goldenCase.name, goldenCase] as const))('%s', async (_, goldenCase) => {
    await expectGolden(goldenCase);
  });
});
