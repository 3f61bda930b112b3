import { loadFunding } from '../adapters/day-folder/funding.ts';
import { loadInstruments } from '../adapters/day-folder/instruments.ts';
import { listTickFiles } from '../adapters/day-folder/ticks.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import { NO_FAULTS } from '../exec/venue/fault-plan.ts';
import type { VenueModel } from '../model/fill-mode.ts';
import { DEFAULT_LATENCY } from '../workers/routed/routed-session-options.ts';
import type { ReplaySource } from './replay-source.ts';

/** Of the venue's randomness, where none is named. */
export const DEFAULT_SEED = 1;
/** A replay is always the first life of its account: its order ids, and so the hash of its orders, are the same each time. */
const REPLAY_EPOCH = 1;

export interface RoutedFlags {
  readonly venue: VenueModel;
  readonly seed: number;
}

/**
 * The same days, their decisions routed to a simulated venue.
 * @throws InputError when the instruments beside the days make no sense, or the venue's data is missing.
 */
export function routedSource(source: ReplaySource, { venue, seed }: RoutedFlags): ReplaySource {
  const { inputs, universe, files } = source;
  const { config } = inputs;
  const routed = {
    venue,
    instruments: loadInstruments(inputs.source.dir, universe, files),
    seed,
    runEpoch: REPLAY_EPOCH,
    barIntervalMs: inputs.barIntervalMs,
    initialCapital: config.initial_capital,
    maxLeverage: config.fraction * config.abs_max_leverage,
    latency: DEFAULT_LATENCY,
    faults: NO_FAULTS,
  };
  const { dir } = inputs.source;
  const { excluded } = deriveRunParams(config, universe, inputs.barIntervalMs);
  const ticks = {
    files: venue === 'book' ? listTickFiles(files, universe, excluded) : [],
    funding: loadFunding(dir, universe),
  };
  return {
    ...source,
    ticks,
    inputs: { ...inputs, routed },
    subject: `${source.subject}, routed to a venue of ${venue}`,
  };
}
