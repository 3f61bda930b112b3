import { beforeAll, expect, test } from 'vitest';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { replayReport } from '../../src/main/replay-report.ts';
import type { ReplaySource } from '../../src/main/replay-source.ts';
import { makeSyntheticFolder } from '../../src/main/synthetic-folder.ts';
import type { Report } from '../../src/model/report.ts';
import { dayFromDate } from '../../src/model/time.ts';
import { readCounters } from '../../src/shm/counters.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { daysOf, replayThroughRing, ringRun } from '../support/replay-through-ring.ts';

const ATTEMPTS = 5;
let dir: string;

beforeAll(async () => {
  dir = temporaryFolder();
  const first = dayFromDate('2026-01-05');
  const kind = { seed: 3, assets: 6, intervalMs: 60_000, withSignals: false, withBook: false, withBars: false };
  const options = { force: true, isStopped: () => false, onDay: () => undefined };
  await makeSyntheticFolder({ dir, days: [first, first + 1], ...kind }, options);
});

/** On a busy machine a scan may wait longer than its 50 ms: then it has none, as it should, and proves nothing here. */
async function withoutLateScans(days: ReplaySource): Promise<{ readonly report: Report }> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { run, options } = ringRun(days, { scannerMode: 'worker' });
    const report = replayReport(options, await run.run(), run.region);
    if (readCounters(run.region).scanLate === 0) return { report };
  }
  throw new Error(`scans were late in each of ${ATTEMPTS} runs`);
}

test('a scanner with a thread of its own gives every scan the signals that are computed ahead', async () => {
  const days = await daysOf(loadStrategy(null, []), { data: dir, barInterval: 'auto' });
  const ahead = await replayThroughRing(days, { scannerMode: 'ahead' });
  const beside = await withoutLateScans(days);
  expect(beside.report.trades.length).toBeGreaterThan(0);
  expect(beside.report.decisionHash).toBe(ahead.report.decisionHash);
  expect(beside.report.stateHash).toBe(ahead.report.stateHash);
  expect(beside.report.timing.stages!.find(({ stage }) => stage === 'scan')?.n).toBe(2880);
});
