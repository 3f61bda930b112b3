import { describe, expect, it } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { ExecutionMachine } from '../../../src/exec/execution-machine.ts';
import { DEFAULT_EXECUTION_SETTINGS } from '../../../src/exec/execution-settings.ts';
import { COUNT_ONLY, IRREGULAR_PARKED } from '../../../src/exec/irregularities.ts';
import { APPROVE_ALL } from '../../../src/model/order.ts';
import { VENUE_ACCEPTED } from '../../../src/model/venue.ts';
import { Stage } from './stage.ts';

function bytesOf(stage: Stage): Uint8Array {
  const writer = new SnapshotWriter();
  stage.machine.walkState(writer);
  return writer.bytes();
}

describe('the execution machine', () => {
  it('forgets its own orders when it is brought into the state of another', () => {
    const [used, fresh] = [new Stage(), new Stage()];
    used.decide();
    used.machine.walkState(new SnapshotReader(bytesOf(fresh)));
    expect(bytesOf(used)).toEqual(bytesOf(fresh));
    used.say(VENUE_ACCEPTED, 0);
    expect([used.irregular, used.machine.isIdle]).toEqual([[IRREGULAR_PARKED], true]);
  });

  it('says when its next timer is due', () => {
    const stage = new Stage();
    expect(stage.machine.nextDueDay).toBe(-1);
    stage.decide();
    expect([stage.machine.nextDueDay, stage.machine.nextDueNsOfDay]).toEqual([20_000, 2e9]);
    stage.say(VENUE_ACCEPTED, 0);
    expect(stage.machine.nextDueNsOfDay).toBe(25e9);
  });

  it.each([-1, 1.5, 36 ** 6])('refuses %s as a run epoch', (runEpoch) => {
    const ports = {
      venue: { submit: () => undefined, cancel: () => undefined, query: () => undefined },
      reports: { report: () => undefined },
      touches: { readInto: () => undefined },
      irregularities: COUNT_ONLY,
      check: APPROVE_ALL,
    };
    const options = { runEpoch, settings: DEFAULT_EXECUTION_SETTINGS, instruments: [] };
    expect(() => new ExecutionMachine(options, ports)).toThrow(/run epoch must be a whole number/);
  });
});
