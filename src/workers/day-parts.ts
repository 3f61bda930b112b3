import { DayFrames } from '../replay/day-frames.ts';
import type { ReadyDay } from './day-decoder.ts';

/**
 * The frames of a day in order, in parts: one for a day of scans, one per block of 0.1 s bars. Each part is to be taken to
 * its end ({@link DayFrames.hasNext} false) before the next is asked for.
 * @throws InputError when a file of bars is damaged.
 */
export async function* dayParts({ block, bars, barScanner }: ReadyDay, day: number): AsyncGenerator<DayFrames> {
  const frames = new DayFrames(block, day, { hasBars: bars !== null, barScanner });
  do {
    if (bars !== null && frames.needsBars) frames.takeBars(await bars.next());
    yield frames;
  } while (frames.needsBars);
}
