import { expect, test } from 'vitest';
import { plannedDays } from '../../src/main/frame-origin.ts';
import { createDolphinExecutionConfig } from '../../src/model/strategy.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { runDirectMachine } from '../support/direct-report.ts';
import { goldenCases } from '../support/golden-case.ts';
import { daysOfGolden, replayThroughRing } from '../support/replay-through-ring.ts';

test('the signal-level strategy trades through the same threads and ring as by direct call', async () => {
  const golden = goldenCases().find(({ name }) => name === 'plain/champion')!;
  const source = await daysOfGolden({ ...golden, config: createDolphinExecutionConfig() });
  const { report } = await replayThroughRing(source);
  const direct = await runDirectMachine(
    { ...source.inputs, ...source, files: plannedDays(source.origin) },
    source.inputs.config,
  );
  const run = direct.finish();
  expect(run.trades.length).toBeGreaterThan(5);
  expect(report.decisionHash).toBe(decisionHash(run.trades));
  expect(report.stateHash).toBe(direct.stateHash());
  // Not the champion: another detector and another take-profit.
  expect(report.decisionHash).not.toBe(golden.expected.decisionHash);
});
