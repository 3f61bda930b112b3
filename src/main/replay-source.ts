import { resolve } from 'node:path';
import { planReplay, type ReplayPlan } from '../adapters/day-folder/plan.ts';
import type { Rules } from '../engine/actor.ts';
import type { RunInputs } from '../replay/journal/run-inputs.ts';
import { checkUniverse, type LoadedStrategy } from './config/load-config.ts';
import type { FrameOrigin } from './frame-origin.ts';
import { openJournal } from './recording/open-journal.ts';

/** Where the frames of a run come from, and everything else that its machine is made from. */
export interface ReplaySource {
  readonly inputs: RunInputs;
  readonly universe: readonly string[];
  readonly rules: Rules;
  readonly origin: FrameOrigin;
  /** Folder of the tables that the inputs were read from; null where there is none, or where a journal has them. */
  readonly tables: string | null;
  /** About; null where only reading tells. */
  readonly framesExpected: number | null;
  /** In words. */
  readonly subject: string;
}

export interface DaysWanted {
  readonly data: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly barInterval?: number | 'auto' | undefined;
  /** File or flag that named the strategy, for messages. */
  readonly configName: string;
}

/** The days of a folder. @throws InputError as planReplay, and for a strategy that does not fit the universe. */
export async function sourceFromDays(strategy: LoadedStrategy, wanted: DaysWanted): Promise<ReplaySource> {
  const { config } = strategy;
  const plan = await planReplay({
    dir: wanted.data,
    from: wanted.from,
    to: wanted.to,
    barInterval: wanted.barInterval,
    configBarIntervalMs: config.bar_interval_ms,
    referenceAsset: config.reference_asset,
    resolution: config.resolution,
  });
  checkUniverse(config, plan.universe, wanted.configName);
  const inputs = inputsOf(plan, strategy);
  return {
    inputs,
    universe: plan.universe,
    rules: 'replay',
    origin: { kind: 'days', files: plan.files, ticks: null },
    tables: plan.dir,
    framesExpected: plan.files.reduce((rows, file) => rows + file.rows + file.barRows, 0),
    subject: `${strategy.name}, ${spanOf(inputs)} of ${resolve(plan.dir)}`,
  };
}

/** A journal in place of files. @throws InputError when there is none. @throws JournalCorruption when it is damaged. */
export function sourceFromJournal(dir: string): ReplaySource {
  const { inputs, universe, rules } = openJournal(dir);
  return {
    inputs,
    universe,
    rules,
    origin: {
      kind: 'journal',
      journalled: { dir, fromSequence: 0, lastSegment: undefined, isResumed: false, hasReports: true },
    },
    tables: null,
    framesExpected: null,
    subject: `${inputs.strategy}, ${spanOf(inputs)} from the journal ${resolve(dir)}`,
  };
}

function inputsOf(plan: ReplayPlan, strategy: LoadedStrategy): RunInputs {
  const dates = plan.files.map(({ date }) => date);
  return {
    strategy: strategy.name,
    paramHash: strategy.paramHash,
    config: strategy.config,
    barIntervalMs: plan.barIntervalMs,
    factors: plan.factors,
    safety: plan.safety,
    source: {
      dir: plan.dir,
      from: dates[0] as string,
      to: dates.at(-1) as string,
      files: plan.files.map(({ name }) => name),
      synthetic: plan.synthetic,
    },
    // Left out where no scan has one, so that headers of journals without them are as they were.
    ...(plan.files.some(({ hasAssetVelDivs }) => hasAssetVelDivs) ? { hasAssetSignals: true } : {}),
  };
}

function spanOf({ source: { from, to } }: RunInputs): string {
  return from === to ? from : `${from} to ${to}`;
}
