import { ALL_FAULTS, type Fault, type FaultPlan, NO_FAULTS } from '../../src/exec/venue/fault-plan.ts';
import type { Draw } from './draw.ts';

/**
 * A mix of faults: none, every one as in the soak, or each switch on its own with a rate and a time of its own.
 * @param barIntervalMs - what the stream's disconnections are spaced by.
 */
export function drawFaults(draw: Draw, barIntervalMs: number): FaultPlan {
  if (draw.chance(0.1)) return NO_FAULTS;
  if (draw.chance(0.15)) return ALL_FAULTS;
  return {
    ackDelay: drawFault(draw, 0.5),
    fillBeforeAck: drawFault(draw, 0.5),
    cancelRace: drawFault(draw, 0.7),
    lostResponse: drawFault(draw, 0.4),
    unknownAfterMs: draw.pick([200, 1000, 3000]),
    queryLagMs: draw.pick([0, 100, 1000]),
    duplicateReport: drawFault(draw, 0.5),
    disconnect: draw.chance(0.4)
      ? { meanIntervalMs: barIntervalMs * draw.logBetween(12, 720), meanDurationMs: draw.logBetween(500, 60_000) }
      : NO_FAULTS.disconnect,
  };
}

function drawFault(draw: Draw, most: number): Fault {
  const isOn = draw.chance(0.6);
  const fault = { probability: draw.between(0.02, most), meanMs: draw.logBetween(1, 8000) };
  return isOn ? fault : NO_FAULTS.ackDelay;
}
