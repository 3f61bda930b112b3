import { describe, expect, it } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { EventClock } from '../../../src/exec/event-clock.ts';
import { TimerQueue } from '../../../src/exec/timer-queue.ts';
import { NS_PER_DAY } from '../../../src/model/time.ts';

function create(day = 20_000, nsOfDay = 0) {
  const clock = new EventClock();
  clock.moveTo(day, nsOfDay);
  const timers = new TimerQueue(clock);
  const fired: number[] = [];
  const fire = (): number[] => {
    fired.length = 0;
    timers.fireDue({ onTimer: (_kind, subject) => void fired.push(subject) });
    return [...fired];
  };
  return { clock, timers, fire };
}

describe('timers', () => {
  it('fire in order of due time and then id, once', () => {
    const { clock, timers, fire } = create();
    timers.arm(30, 1, 100);
    timers.arm(10, 1, 101);
    timers.arm(20, 1, 102);
    timers.arm(10, 1, 103);
    timers.arm(40, 1, 104);
    clock.moveTo(20_000, 30);
    expect(fire()).toEqual([101, 103, 102, 100]);
    expect(fire()).toEqual([]);
    expect(timers.nextDueNsOfDay).toBe(40);
  });

  it('fire when due exactly now, not a nanosecond before', () => {
    const { clock, timers, fire } = create();
    timers.arm(25e9, 1, 7);
    clock.moveTo(20_000, 25e9 - 1);
    expect(fire()).toEqual([]);
    clock.moveTo(20_000, 25e9);
    expect(fire()).toEqual([7]);
  });

  it('carry over midnight', () => {
    const { clock, timers, fire } = create(20_000, NS_PER_DAY - 10);
    timers.arm(25, 1, 7);
    timers.arm(5, 1, 6);
    expect([timers.nextDueDay, timers.nextDueNsOfDay]).toEqual([20_000, NS_PER_DAY - 5]);
    clock.moveTo(20_001, 14);
    expect(fire()).toEqual([6]);
    expect([timers.nextDueDay, timers.nextDueNsOfDay]).toEqual([20_001, 15]);
    clock.moveTo(20_001, 15);
    expect(fire()).toEqual([7]);
    expect(timers.nextDueDay).toBe(-1);
  });

  it('do not fire when disarmed, and cannot be disarmed twice', () => {
    const { clock, timers, fire } = create();
    const first = timers.arm(10, 1, 1);
    timers.arm(20, 1, 2);
    expect(timers.disarm(first)).toBe(true);
    expect(timers.disarm(first)).toBe(false);
    clock.moveTo(20_000, 99);
    expect(fire()).toEqual([2]);
  });

  it('fire one that a handler arms for now, after those that are due', () => {
    const { clock, timers } = create();
    const fired: number[] = [];
    timers.arm(5, 1, 1);
    timers.arm(10, 1, 2);
    clock.moveTo(20_000, 10);
    timers.fireDue({
      onTimer(_kind, subject) {
        fired.push(subject);
        if (subject === 1) timers.arm(0, 1, 3);
      },
    });
    expect(fired).toEqual([1, 2, 3]);
  });

  it('stay sorted beyond their first capacity', () => {
    const { clock, timers, fire } = create();
    const delays = Array.from({ length: 300 }, (_, i) => (i * 7919) % 300);
    for (const delay of delays) timers.arm(delay, 1, delay);
    clock.moveTo(20_000, 300);
    expect(fire()).toEqual([...delays].sort((a, b) => a - b));
  });

  it('go on from a snapshot', () => {
    const { timers } = create();
    timers.arm(30, 1, 100);
    timers.arm(10, 2, 101);
    const writer = new SnapshotWriter();
    timers.walkState(writer);
    const other = create();
    other.timers.walkState(new SnapshotReader(writer.bytes()));
    expect(other.timers.arm(20, 1, 102)).toBe(2);
    other.clock.moveTo(20_000, 30);
    expect(other.fire()).toEqual([101, 102, 100]);
  });
});

describe('the time of the machine', () => {
  it('does not go back, and counts the attempt', () => {
    const { clock } = create(20_000, 500);
    clock.moveTo(20_000, 499);
    clock.moveTo(19_999, 900);
    expect([clock.day, clock.nsOfDay, clock.stepsBack]).toEqual([20_000, 500, 2]);
  });
});
