import type { RunParams } from '../engine/run-params.ts';
import { eachMadeUpFrame, eager } from '../engine/warm-up.ts';
import { Doorbell } from '../shm/doorbell.ts';
import { sleepingOffset, wordIndex } from '../shm/layout.ts';
import type { Region } from '../shm/region.ts';
import { ScratchEngine } from './scratch-engine.ts';

/** V8 compiles a branch after some thousands of turns. */
const WARM_UP_SLEEPS = 6000;

/**
 * Runs the engine worker's whole job over made-up frames, so that the first real frame meets compiled code. Nothing is
 * left behind but that code. Takes some tens of milliseconds, in which the market-data worker decodes the first file.
 *
 * @param isRecording - also tells a journal, as the run will.
 */
export function warmUpEngine(params: RunParams, isRecording: boolean): void {
  const scratch = new ScratchEngine(eager(params), isRecording);
  warmBells(scratch.region);
  eachMadeUpFrame(params, (frame) => scratch.take(frame));
}

/** Sleeping and waking as well: at 10 Hz these branches would run uncompiled for minutes. */
function warmBells(region: Region): void {
  const bell = new Doorbell(region, 'barData');
  const sleeping = wordIndex(sleepingOffset(region.layout, 'barData'));
  for (let i = 0; i < WARM_UP_SLEEPS; i++) {
    bell.park(isNeverReady, 0);
    Atomics.store(region.words, sleeping, 1); // as if somebody slept, whom it wakes
    bell.ring();
  }
}

function isNeverReady(): boolean {
  return false;
}
