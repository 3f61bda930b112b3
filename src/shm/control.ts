import { ringEveryBell } from './doorbell.ts';
import { wordIndex } from './layout.ts';
import type { Region } from './region.ts';

/**
 * Asks every worker to end, and wakes every sleeper: a thread parked in Atomics.wait hears nothing else. Any thread
 * may call it, more than once.
 */
export function requestStop(region: Region): void {
  Atomics.store(region.words, wordIndex(region.layout.stop), 1);
  ringEveryBell(region);
}

/** True from the moment of {@link requestStop} on. One atomic load. */
export function isStopRequested(region: Region): boolean {
  return Atomics.load(region.words, wordIndex(region.layout.stop)) === 1;
}
