import type { FillMode, VenueModel } from '../model/fill-mode.ts';
import { InputError } from '../model/input-error.ts';
import type { FsyncPolicy } from '../replay/journal/fsync-policy.ts';
import type { WaitMode } from '../shm/idle.ts';
import { type LoadedStrategy, loadStrategy } from './config/load-config.ts';
import type { MemoryFlags } from './memory-start.ts';

/** Flags of every command that runs the engine through the worker threads, wherever its frames come from. */
export interface RunFlags extends MemoryFlags {
  readonly config?: string;
  readonly set: readonly string[];
  readonly survival?: boolean;
  readonly json?: string;
  readonly fill: FillMode;
  readonly venue?: VenueModel;
  readonly seed?: number;
  readonly wait: WaitMode;
  readonly record?: string;
  readonly fsync: FsyncPolicy;
  readonly segmentMib: number;
  readonly runDir?: string;
}

/** The flag that asks something of a venue, where one does. */
export function venueFlagOf({ venue, seed }: RunFlags): '--venue' | '--seed' | null {
  if (venue !== undefined) return '--venue';
  return seed === undefined ? null : '--seed';
}

/** @throws InputError for flags that make no sense together, whatever the run's source. */
export function checkRunFlags(flags: RunFlags): void {
  const ofVenue = venueFlagOf(flags);
  if (flags.fill === 'analytic' && ofVenue !== null) {
    throw new InputError(`${ofVenue} is for --fill routed: analytic fills ask no venue`);
  }
  if (flags.resume === true && flags.record === undefined)
    throw new InputError('--resume goes on with a journal: --record DIR names it');
}

/** The strategy that flags name. @throws as loadStrategy. */
export function strategyOf({ config, set, survival }: RunFlags): LoadedStrategy {
  return loadStrategy(config ?? null, survival === true ? [...set, 'survival=true'] : set);
}
