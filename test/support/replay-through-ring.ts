import { paramHash } from '../../src/main/config/champion-hash.ts';
import type { LoadedStrategy } from '../../src/main/config/load-config.ts';
import type { Recording } from '../../src/main/recording/recording.ts';
import { replayReport } from '../../src/main/replay-report.ts';
import { type ReplayOutcome, ReplayRun } from '../../src/main/replay-run.ts';
import { type DaysWanted, type ReplaySource, sourceFromDays } from '../../src/main/replay-source.ts';
import type { ReplayRunOptions } from '../../src/main/run-options.ts';
import type { Report } from '../../src/model/report.ts';
import type { StrategyConfig } from '../../src/model/strategy.ts';
import type { GoldenCase } from './golden-case.ts';

/** What a test may want otherwise than the program's default. */
export type RingRunChanges = Partial<Pick<ReplayRunOptions, 'wait' | 'speed' | 'scannerMode' | 'onAlarm'>> & {
  readonly recording?: Recording | null;
};

export interface RingRun {
  readonly report: Report;
  readonly outcome: ReplayOutcome;
}

/** A replay through the worker threads of this process, not yet started. */
export function ringRun(
  source: ReplaySource,
  changes: RingRunChanges = {},
): { run: ReplayRun; options: ReplayRunOptions } {
  const ignore = () => undefined;
  const defaults = { recording: null, wait: 'park', speed: 0, scannerMode: 'ahead' } as const;
  const options: ReplayRunOptions = { ...source, ...defaults, onDayEnd: ignore, onAlarm: ignore, ...changes };
  return { run: new ReplayRun(options), options };
}

/** A whole replay through the worker threads. */
export async function replayThroughRing(source: ReplaySource, changes: RingRunChanges = {}): Promise<RingRun> {
  const { run, options } = ringRun(source, changes);
  const outcome = await run.run();
  return { report: replayReport(options, outcome, run.region), outcome };
}

/** Days of a folder for {@link replayThroughRing}. */
export function daysOf(strategy: LoadedStrategy, wanted: Omit<DaysWanted, 'configName'>): Promise<ReplaySource> {
  return sourceFromDays(strategy, { ...wanted, configName: '--set' });
}

/** The days of a golden case, with its config under the name `golden`. */
export function daysOfGolden({ config, dataDir, barInterval }: GoldenCase): Promise<ReplaySource> {
  return daysOf(strategyOf(config), { data: dataDir, barInterval });
}

function strategyOf(config: StrategyConfig): LoadedStrategy {
  return { name: 'golden', baseName: 'custom', config, paramHash: paramHash(config) };
}
