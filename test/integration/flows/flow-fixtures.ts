import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { loadStrategy } from '../../../src/main/config/load-config.ts';
import { ReplayRun } from '../../../src/main/replay-run.ts';
import { sourceFromDays } from '../../../src/main/replay-source.ts';
import { makeSyntheticFolder } from '../../../src/main/synthetic-folder.ts';
import type { DayResult } from '../../../src/model/day-result.ts';
import { dayFromDate } from '../../../src/model/time.ts';

export const FIRST_DATE = '2026-01-05';

const folders: string[] = [];
// Here, and not where a folder is made: a hook that is set inside a test never runs.
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** A new folder under the system's temporary one, removed after the test file. */
export function flowFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dolphin-flows-test-'));
  folders.push(dir);
  return dir;
}

/** Price-only days of one-minute bars, from FIRST_DATE on: 1,440 scans and a dozen trades each. */
export async function makePriceDays(dir: string, days: number, withSignals = false): Promise<string> {
  const first = dayFromDate(FIRST_DATE);
  await makeSyntheticFolder(
    {
      dir,
      days: Array.from({ length: days }, (_, i) => first + i),
      seed: 1,
      assets: 12,
      intervalMs: 60_000,
      withSignals,
      withBook: false,
      withBars: false,
    },
    { force: false, isStopped: () => false, onDay: () => undefined },
  );
  return dir;
}

/** Results of one replay over all days of a folder. */
export async function replayWhole(data: string): Promise<readonly DayResult[]> {
  const source = await sourceFromDays(loadStrategy(null, []), { data, barInterval: 'auto', configName: 'champion' });
  const run = new ReplayRun({
    ...source,
    recording: null,
    wait: 'park',
    speed: 0,
    scannerMode: 'ahead',
    onDayEnd: () => undefined,
    onAlarm: () => undefined,
  });
  return (await run.run()).engine.run.days;
}
