import { expect, test } from 'vitest';
import {
  advanceTogether,
  advanceTogetherBefore,
  type TimedMachine,
} from '../../../../src/exec/venue/advance-together.ts';
import { VENUE_ACCEPTED } from '../../../../src/model/venue.ts';
import { bar, barVenue, DAY, limit, reference, SECOND } from '../../../support/venue-bench.ts';

/** A machine with the given timers, each of which does something. */
function machineOf(timers: [number, () => void][]): TimedMachine & { clockS: number } {
  return {
    clockS: 0,
    get nextDueDay() {
      return timers.length === 0 ? -1 : DAY;
    },
    get nextDueNsOfDay() {
      return (timers[0]?.[0] ?? Number.NaN) * SECOND;
    },
    advance(_, nsOfDay) {
      this.clockS = nsOfDay / SECOND;
      while (timers.length > 0 && (timers[0] as [number, () => void])[0] <= this.clockS) timers.shift()?.[1]();
    },
  };
}

test('timers and venue take turns by time: a timer sends, its answer is heard before the next timer', () => {
  const { venue, heard } = barVenue({ latencyIn: { minMs: 100, meanExtraMs: 0 } });
  bar(venue, 0, 100);
  const log: string[] = [];
  const listen = heard.onVenueEvent.bind(heard);
  heard.onVenueEvent = (event) => {
    listen(event);
    log.push(`heard at ${event.tsRecvNsOfDay / SECOND}`);
  };
  const machine = machineOf([
    [
      1,
      () => {
        log.push('timer 1');
        venue.submit(limit(0, 1, { limitPx: 99 }));
      },
    ],
    [
      1.1,
      () => {
        log.push('timer 1.1');
        venue.cancel(reference(0, 1.1));
      },
    ],
    [9, () => log.push('timer 9')],
  ]);
  advanceTogether(machine, venue, DAY, 5 * SECOND);
  expect(log).toEqual(['timer 1', 'heard at 1.1', 'timer 1.1', 'heard at 1.2']); // at 1.1 the venue first
  expect(machine.clockS).toBe(5);
});

test('before the data of a time nothing of that time happens', () => {
  const { venue, heard } = barVenue({ latencyIn: { minMs: 1000, meanExtraMs: 0 } });
  bar(venue, 0, 100);
  venue.submit(limit(0, 0, { limitPx: 99 }));
  const machine = machineOf([[1, () => undefined]]);
  advanceTogetherBefore(machine, venue, DAY, SECOND);
  expect([heard.events.length, machine.clockS]).toEqual([0, 0]);
  advanceTogether(machine, venue, DAY, SECOND);
  expect([heard.kinds(), machine.clockS]).toEqual([[VENUE_ACCEPTED], 1]);
});
