import type { MemoryConfig } from '../../../src/adapters/memory/memory-config.ts';
import { paramHash } from '../../../src/main/config/champion-hash.ts';
import { ReplayRun } from '../../../src/main/replay-run.ts';
import type { ReplaySource } from '../../../src/main/replay-source.ts';
import type { ReplayRunOptions } from '../../../src/main/run-options.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';
import type { StateBasis } from '../../../src/workers/memory/continuity.ts';
import type { MemoryReport } from '../../../src/workers/memory/memory-options.ts';
import { type GoldenCase, goldenCases } from '../../support/golden-case.ts';
import { dayColumns, temporaryFolder, writeDay } from '../../support/parquet-days.ts';
import { daysOf, daysOfGolden } from '../../support/replay-through-ring.ts';

/** Two days of 2600 bars of 5 s, 2026-01-05 and 2026-01-06. */
export const DATES = ['2026-01-05', '2026-01-06'] as const;

export function plainCase(): GoldenCase {
  const found = goldenCases().find(({ name }) => name === 'plain/champion');
  if (found === undefined) throw new Error('no golden case plain/champion');
  return found;
}

export function plainDays(): Promise<ReplaySource> {
  return daysOfGolden(plainCase());
}

/** Two days without signals: nothing is traded, and both are over soon. */
export async function shortDays(rows: readonly [number, number]): Promise<ReplaySource> {
  const data = temporaryFolder();
  await writeDay(data, dayColumns(rows[0]));
  await writeDay(data, dayColumns(rows[1], 5, DATES[1]), DATES[1]);
  const config = createChampionConfig();
  return daysOf({ name: 'champion', baseName: 'champion', config, paramHash: paramHash(config) }, { data });
}

export interface MemoryRun {
  readonly run: ReplayRun;
  readonly options: ReplayRunOptions;
  /** Lines for the operator. */
  readonly alarms: string[];
  readonly report: () => MemoryReport | null;
}

/** A replay with a memory worker, not yet started. */
export function memoryRun(
  source: ReplaySource,
  config: MemoryConfig,
  changes: Partial<ReplayRunOptions> = {},
  basis: StateBasis = { kind: 'state', state: null },
): MemoryRun {
  const alarms: string[] = [];
  const options: ReplayRunOptions = {
    ...source,
    recording: null,
    memory: { config, deployment: 'blue', track: 'paper', basis, runId: 'test-run' },
    wait: 'park',
    speed: 0,
    scannerMode: 'ahead',
    onDayEnd: () => undefined,
    onAlarm: (line) => alarms.push(line),
    ...changes,
  };
  const run = new ReplayRun(options);
  return { run, options, alarms, report: () => run.memory };
}
