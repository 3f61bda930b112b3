import { describe, expect, test } from 'vitest';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { runDirect } from '../support/direct-report.ts';
import { casesOf, differences, type GoldenCase, goldenCases, planOf } from '../support/golden-case.ts';
import { daysOfGolden, replayThroughRing } from '../support/replay-through-ring.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';

/** Every figure of a golden file: trades, reasons, funnel, counters and hash exactly, floats to 1e-9. */
async function expectGolden(goldenCase: GoldenCase): Promise<void> {
  const plan = await planOf(goldenCase);
  const { config, expected } = goldenCase;
  const { report } = await replayThroughRing(await daysOfGolden(goldenCase));
  expect(differences(report, expected)).toEqual([]);
  expect(report.decisionHash).toBe(expected.decisionHash);

  const direct = await runDirect(plan, config);
  expect(decisionHash(direct.trades), 'by direct call').toBe(expected.decisionHash);
  expect(direct.trades).toEqual(report.trades);
  expect(direct.days).toEqual(report.days);
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
