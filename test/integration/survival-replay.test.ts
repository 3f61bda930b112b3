import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { plannedDays } from '../../src/main/frame-origin.ts';
import { openRecording } from '../../src/main/recording/open-recording.ts';
import { type ReplaySource, sourceFromJournal } from '../../src/main/replay-source.ts';
import { replayWithoutSurvival } from '../../src/main/without-survival.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { runDirectMachine } from '../support/direct-report.ts';
import { goldenCases } from '../support/golden-case.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { daysOf, daysOfGolden, replayThroughRing, ringRun } from '../support/replay-through-ring.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';

const root = temporaryFolder();

/** Half-days of 5 s bars and the rows of safety.csv, the row of the third day taken out. */
async function halfDays(): Promise<ReplaySource> {
  const golden = goldenCases().find(({ name }) => name === 'regimes/champion')!;
  const source = await daysOfGolden({ ...golden, config: { ...golden.config, survival: true } });
  const { safety } = source.inputs;
  return { ...source, inputs: { ...source.inputs, safety: safety.filter(({ day }) => day !== safety[2]?.day) } };
}

test('direct, through the ring and from the journal a replay has the same postures, decisions and states', async () => {
  const source = await halfDays();
  const { inputs, universe, origin } = source;
  const direct = await runDirectMachine({ ...inputs, universe, files: plannedDays(origin) }, inputs.config);
  const directRun = direct.finish();
  const dir = join(root, 'journal');
  const recording = openRecording({ dir, fsync: 'never', segmentBytes: 1 << 18, resume: false, inputs, universe });
  const recorded = (await replayThroughRing(source, { recording })).report;
  const again = (await replayThroughRing(sourceFromJournal(dir))).report;
  rmSync(dir, { recursive: true });

  expect(recorded.journal?.shadow).toMatchObject({ mismatch: null, failures: [] });
  for (const report of [recorded, again]) {
    expect(report.decisionHash).toBe(decisionHash(directRun.trades));
    expect(report.stateHash).toBe(direct.stateHash());
    expect(report.survival).toEqual({ ...direct.survival(), without: null });
    expect(report.trades).toEqual(directRun.trades);
  }
  // The files end long before midnight: a feed that is silent for hours. Rows win for their days.
  expect(recorded.survival?.days.map(({ posture, source }) => `${posture} ${source}`)).toEqual([
    'APEX safety.csv',
    'STALKER safety.csv',
    'HIBERNATE stack',
    'HIBERNATE safety.csv',
    'APEX safety.csv',
  ]);
  expect(recorded.survival?.lowest).toMatchObject({ rm: 0, sensors: { feed: 0 } });
});

test('the result without the stack is that of the same run with the table alone', async () => {
  const source = await halfDays();
  const plain = { ...source, inputs: { ...source.inputs, config: { ...source.inputs.config, survival: false } } };
  const { report } = await replayThroughRing(plain);
  const without = await replayWithoutSurvival(ringRun(source).options, () => undefined);
  expect(report.survival).toBeUndefined();
  expect(without).toEqual({
    roi: report.metrics.roi,
    profitFactor: report.metrics.profitFactor,
    capital: report.metrics.capital,
    trades: report.metrics.trades,
    decisionHash: report.decisionHash,
  });
});

describe('a real crash', () => {
  const data = sharedDataOrSkip('data/bars-1m/spot-2021-05-crash');
  test.skipIf(data === null)('the stack falls with the market, and the next day is traded smaller', async () => {
    const source = await daysOf(loadStrategy(null, ['survival=true']), { data: data!, barInterval: 'auto' });
    const { report } = await replayThroughRing(source);
    const { survival } = report;
    expect(report.strategy).toBe('champion+survival=true@60s');
    expect(survival?.days.map(({ posture }) => posture)).toEqual(['APEX', 'TURTLE', 'APEX']);
    // 2021-05-19, 13:00 UTC: BTC has fallen by a quarter within hours.
    expect(survival?.lowest?.ts.slice(0, 13)).toBe('2021-05-19T12');
    expect(survival?.lowest).toMatchObject({ rm: 0, sensors: { feed: 1, coverage: 1, stress: 0 } });
    expect(survival?.evaluations).toBe(3 * 17_280 - 12); // every 5 s, but for the minute before the first bar
  });
});
