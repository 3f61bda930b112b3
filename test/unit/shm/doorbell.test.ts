import { describe, expect, it } from 'vitest';
import { isStopRequested, requestStop } from '../../../src/shm/control.ts';
import { Counter } from '../../../src/shm/counters.ts';
import { Doorbell, READY, TIMED_OUT, WOKEN } from '../../../src/shm/doorbell.ts';
import { createIdleStrategy } from '../../../src/shm/idle.ts';
import { BELL_NAMES, bellOffset, DEFAULT_SLOTS, sleepingOffset, wordIndex } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';

const setUp = () => {
  const region = createRegion({ ...DEFAULT_SLOTS, barSlots: 2, assets: 1, hasAssetSignals: false });
  return {
    region,
    bell: new Doorbell(region, 'barData'),
    rings: () => Atomics.load(region.words, wordIndex(bellOffset(region.layout, 'barData'))),
    sleeping: () => Atomics.load(region.words, wordIndex(sleepingOffset(region.layout, 'barData'))),
    lostWakes: new Counter(region, 'lostWakes'),
  };
};
const never = () => false;

describe('Doorbell', () => {
  it('costs no ring while nobody sleeps', () => {
    const { bell, rings } = setUp();
    bell.ring();
    expect(rings()).toBe(0);
  });

  it('does not sleep when the data came after the drain', () => {
    const { bell, sleeping } = setUp();
    expect(bell.park(() => sleeping() === 1, 10_000)).toBe(READY); // asked with the flag up, not before
    expect(sleeping()).toBe(0);
  });

  it('is woken by a ring between the check and the wait', () => {
    const { region, bell, sleeping } = setUp();
    const ringer = new Doorbell(region, 'barData');
    const ringDuringCheck = () => {
      ringer.ring();
      return false;
    };
    expect(bell.park(ringDuringCheck, 10_000)).toBe(WOKEN);
    expect(sleeping()).toBe(0);
  });

  it('times out without data and counts nothing', () => {
    const { bell, lostWakes, sleeping } = setUp();
    expect(bell.park(never, 1)).toBe(TIMED_OUT);
    expect(lostWakes.value).toBe(0);
    expect(sleeping()).toBe(0);
  });

  it('counts a lost wake-up when the time-out finds data that nobody rang for', () => {
    const { bell, lostWakes } = setUp();
    let asked = 0;
    expect(bell.park(() => ++asked > 1, 1)).toBe(TIMED_OUT);
    expect(lostWakes.value).toBe(1);
  });

  it('does not count a ring that only came late', () => {
    const { region, bell, lostWakes } = setUp();
    const ringer = new Doorbell(region, 'barData');
    let asked = 0;
    const lateRing = () => {
      if (++asked === 1) return false;
      ringer.ring(); // the writer's store was seen, its ring follows
      return true;
    };
    expect(bell.park(lateRing, 1)).toBe(WOKEN);
    expect(lostWakes.value).toBe(0);
  });
});

describe('Doorbell.parkAsync', () => {
  it('wakes on a ring and leaves no flag', async () => {
    const { region, bell, sleeping } = setUp();
    const wait = bell.parkAsync(never, 10_000);
    expect(sleeping()).toBe(1);
    new Doorbell(region, 'barData').ring();
    expect(await wait).toBe(WOKEN);
    expect(sleeping()).toBe(0);
  });

  it('has one wait outstanding, and another only after it settled', async () => {
    const { bell, rings } = setUp();
    const first = bell.parkAsync(never, 10_000);
    expect(bell.parkAsync(never, 10_000)).toBe(first);
    bell.ring();
    expect(await first).toBe(WOKEN);
    const second = bell.parkAsync(never, 10_000);
    expect(second).not.toBe(first);
    bell.ring();
    expect(await second).toBe(WOKEN);
    expect(rings()).toBe(2);
  });

  it('is ready, times out, and counts a lost wake-up as park does', async () => {
    const { bell, lostWakes } = setUp();
    expect(await bell.parkAsync(() => true, 10_000)).toBe(READY);
    expect(await bell.parkAsync(never, 1)).toBe(TIMED_OUT);
    expect(lostWakes.value).toBe(0);
    let asked = 0;
    expect(await bell.parkAsync(() => ++asked > 1, 1)).toBe(TIMED_OUT);
    expect(lostWakes.value).toBe(1);
  });
});

describe('stop', () => {
  it('is a flag that stays', () => {
    const { region } = setUp();
    expect(isStopRequested(region)).toBe(false);
    requestStop(region);
    requestStop(region);
    expect(isStopRequested(region)).toBe(true);
  });

  it('wakes who is about to sleep', () => {
    const { region, bell } = setUp();
    const stopDuringCheck = () => {
      requestStop(region);
      return false;
    };
    expect(bell.park(stopDuringCheck, 10_000)).toBe(WOKEN);
  });

  it.each(BELL_NAMES)('rings %s whether or not its flag is up', async (which) => {
    const { region } = setUp();
    const bell = new Doorbell(region, which);
    const wait = bell.parkAsync(never, 10_000);
    Atomics.store(region.words, wordIndex(sleepingOffset(region.layout, which)), 0);
    requestStop(region);
    expect(await wait).toBe(WOKEN);
  });
});

describe('idle strategies', () => {
  it.each(['park', 'spin'] as const)('%s returns at once when there is work', (mode) => {
    const { bell } = setUp();
    expect(createIdleStrategy(mode, bell, () => true).idle()).toBe(READY);
  });

  it.each(['park', 'spin'] as const)('%s comes back without work too, so that hearts beat', (mode) => {
    const { bell } = setUp();
    expect(createIdleStrategy(mode, bell, never, 1).idle()).toBe(TIMED_OUT);
  });

  it('spin raises no flag, so that nobody rings for it', () => {
    const { bell, sleeping } = setUp();
    let flagSeen = 0;
    createIdleStrategy('spin', bell, () => {
      flagSeen |= sleeping();
      return false;
    }).idle();
    expect(flagSeen).toBe(0);
  });
});
