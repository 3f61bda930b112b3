import { readTables } from '../adapters/day-folder/plan.ts';
import type { Rules } from '../engine/actor.ts';
import { InputError } from '../model/input-error.ts';
import { MAX_ASSETS } from '../shm/layout.ts';
import { checkUniverse, type LoadedStrategy } from './config/load-config.ts';
import type { FrameOrigin } from './frame-origin.ts';
import { interruptedRun } from './recording/journal-header.ts';
import type { ReplaySource } from './replay-source.ts';

/** What the first scan of a live source fixes for the whole run. */
export interface FirstScan {
  /** Symbols in index order. */
  readonly universe: readonly string[];
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** It states a divergence per asset, and so may those that come. */
  readonly hasAssetVelDivs: boolean;
  /** Its publisher says that the day was made, not recorded. */
  readonly synthetic: boolean;
}

export interface LiveRunOptions {
  readonly strategy: LoadedStrategy;
  /** File or flag that named the strategy, for messages. */
  readonly configName: string;
  readonly rules: Rules;
  /** Folder of `factors.csv`, `safety.csv`, `instruments.csv` and `funding.csv`; null for none of them. */
  readonly tables: string | null;
  /** Null for the strategy's. */
  readonly barIntervalMs: number | null;
  readonly origin: FrameOrigin;
  /** The source in words that name it again. */
  readonly name: string;
}

/**
 * A source that is read as it is written.
 * @throws InputError for tables that cannot be read, and for a strategy that does not fit the universe or asks for bars
 *   between the scans, which no live source has.
 */
export function liveSource(options: LiveRunOptions, first: FirstScan): ReplaySource {
  const { strategy, rules, tables, origin, name } = options;
  const { universe, date, hasAssetVelDivs, synthetic } = first;
  requireFit(options, universe);
  return {
    inputs: {
      strategy: strategy.name,
      paramHash: strategy.paramHash,
      config: strategy.config,
      barIntervalMs: options.barIntervalMs ?? strategy.config.bar_interval_ms,
      ...(tables === null ? { factors: [], safety: [] } : readTables(tables)),
      source: { dir: name, from: date, to: date, files: [], synthetic },
      ...(hasAssetVelDivs ? { hasAssetSignals: true } : {}),
    },
    universe,
    rules,
    origin,
    tables,
    framesExpected: null,
    subject: `${strategy.name}, ${name}, from ${date} on`,
  };
}

/** What the first scan of a run fixed that was interrupted; null where it had taken none. @throws as {@link interruptedRun}. */
export function firstScanOfJournal(dir: string): FirstScan | null {
  const run = interruptedRun(dir);
  if (run === null) return null;
  const { source, hasAssetSignals } = run.inputs;
  const { from: date, synthetic } = source;
  return { universe: run.universe, date, hasAssetVelDivs: hasAssetSignals === true, synthetic };
}

function requireFit({ strategy, configName, name }: LiveRunOptions, universe: readonly string[]): void {
  const { config } = strategy;
  checkUniverse(config, universe, configName);
  if (universe.length > MAX_ASSETS) {
    throw new InputError(`${name}: a scan must have at most ${MAX_ASSETS} symbols, the first has ${universe.length}`);
  }
  if (!universe.includes(config.reference_asset)) {
    throw new InputError(
      `${name}: reference asset ${config.reference_asset} is not among the symbols of the first scan, it must be`,
    );
  }
  if (config.resolution !== '5s') {
    throw new InputError(
      `${configName}: resolution must be 5s in a run on signals, which have no bars between scans, was ${config.resolution}`,
    );
  }
}
