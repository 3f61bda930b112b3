import {
  SIGNAL_INSTABILITY_50,
  SIGNAL_INSTABILITY_150,
  SIGNAL_V50,
  SIGNAL_V150,
  SIGNAL_V300,
  SIGNAL_V750,
  SIGNAL_VALUES,
  SIGNAL_VEL_DIV,
} from '../../model/frame.ts';
import type { SeededRandom } from './random.ts';
import type { Storyline } from './storyline.ts';

/** Mean-reverting velocities: share kept from bar to bar, and standard deviation at rest. */
const VELOCITIES = [
  { field: SIGNAL_V50, memory: 0.86, sigma: 0.0055 },
  { field: SIGNAL_V150, memory: 0.93, sigma: 0.0025 },
  { field: SIGNAL_V300, memory: 0.96, sigma: 0.0014 },
  { field: SIGNAL_V750, memory: 0.98, sigma: 0.0007 },
] as const;
/** Share of the way to a burst's depth that the fast velocity goes in a bar. */
const BURST_PULL = 0.35;

/**
 * Fills the scan columns of a day: velocities that revert to zero and are pushed below (or above) the thresholds by the
 * storyline's bursts, `vel_div` = v50 - v150, instabilities in [0, 1] that rise in a burst. All defined from row 0.
 *
 * They are drawn, not computed from the prices, and no later price depends on them.
 *
 * @param out - row-major, rows x SIGNAL_VALUES.
 */
export function fillSignals(out: Float64Array, story: Storyline, random: SeededRandom): void {
  const noise = new Float64Array(VELOCITIES.length);
  let push = 0;
  for (let row = 0; row < story.burst.length; row++) {
    const at = row * SIGNAL_VALUES;
    push += BURST_PULL * (story.burst[row]! - push);
    for (const [i, { field, memory, sigma }] of VELOCITIES.entries()) {
      noise[i] = memory * noise[i]! + sigma * Math.sqrt(1 - memory * memory) * random.normal();
      out[at + field] = noise[i]!;
    }
    out[at + SIGNAL_V50]! += push;
    out[at + SIGNAL_VEL_DIV] = out[at + SIGNAL_V50]! - out[at + SIGNAL_V150]!;
    out[at + SIGNAL_INSTABILITY_50] = instability(0.06, push, random);
    out[at + SIGNAL_INSTABILITY_150] = instability(0.02, push, random);
  }
}

function instability(scale: number, push: number, random: SeededRandom): number {
  return Math.min(1, scale * Math.abs(random.normal()) * (1 + 20 * Math.abs(push)));
}
