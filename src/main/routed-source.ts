import { loadFunding } from '../adapters/day-folder/funding.ts';
import { loadInstruments } from '../adapters/day-folder/instruments.ts';
import { listTickFiles } from '../adapters/day-folder/ticks.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import { NO_FAULTS } from '../exec/venue/fault-plan.ts';
import type { VenueModel } from '../model/fill-mode.ts';
import { type Instrument, instrumentFrom, MAX_PRICE_DECIMALS } from '../model/instrument.ts';
import { dayFromDate } from '../model/time.ts';
import { DEFAULT_LATENCY } from '../workers/routed/routed-session-options.ts';
import { type FrameOrigin, plannedDays } from './frame-origin.ts';
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
 * The same source, its decisions routed to a simulated venue.
 * @throws InputError when the instruments among its tables make no sense, or the venue's data is missing.
 */
export function routedSource(source: ReplaySource, { venue, seed }: RoutedFlags): ReplaySource {
  const { inputs } = source;
  const { config } = inputs;
  const routed = {
    venue,
    instruments: instrumentsOf(source),
    seed,
    runEpoch: REPLAY_EPOCH,
    barIntervalMs: inputs.barIntervalMs,
    initialCapital: config.initial_capital,
    maxLeverage: config.fraction * config.abs_max_leverage,
    latency: DEFAULT_LATENCY,
    faults: NO_FAULTS,
  };
  return {
    ...source,
    origin: withTicks(source, venue),
    inputs: { ...inputs, routed },
    subject: `${source.subject}, routed to a venue of ${venue}`,
  };
}

/** Without day files a tick that no table names is the finest there is: the prices to come are not known. */
function instrumentsOf({ tables, universe, origin }: ReplaySource): Instrument[] {
  if (tables !== null) return loadInstruments(tables, universe, plannedDays(origin));
  return universe.map((symbol) => instrumentFrom(symbol, undefined, MAX_PRICE_DECIMALS));
}

/** What happens between the frames: of files all of it, of a stream funding from its first day on. */
function withTicks({ origin, tables, universe, inputs }: ReplaySource, venue: VenueModel): FrameOrigin {
  if (tables === null) return origin;
  if (origin.kind === 'stream') {
    const firstDay = dayFromDate(inputs.source.from);
    return { ...origin, funding: loadFunding(tables, universe).filter(({ day }) => day >= firstDay) };
  }
  if (origin.kind !== 'days') return origin;
  const { excluded } = deriveRunParams(inputs.config, universe, inputs.barIntervalMs);
  const files = venue === 'book' ? listTickFiles(origin.files, universe, excluded) : [];
  return { ...origin, ticks: { files, funding: loadFunding(tables, universe) } };
}
