import { describe, expect, it } from 'vitest';
import { type Bug, explore, type Model } from '../../concurrency/shm/support/ring-model.ts';

/*
 * Every interleaving of producer and consumer, step by atomic step, with both doorbells. atomic-steps.test.ts holds
 * the model's steps equal to those of the production code.
 */
const TWO_SLOTS: Model = { slots: 2, frames: 5, batch: 1, release: 'each' };

describe('every interleaving', () => {
  it.each<[string, Model]>([
    ['two slots', TWO_SLOTS],
    ['two slots, released when drained', { ...TWO_SLOTS, release: 'drained' }],
    ['two slots, published in twos', { ...TWO_SLOTS, batch: 2, release: 'drained' }],
    ['a batch that the ring cannot hold', { ...TWO_SLOTS, frames: 4, batch: 3 }],
    ['eight slots: room is two', { slots: 8, frames: 11, batch: 4, release: 'drained' }],
    ['eight slots, each released', { slots: 8, frames: 9, batch: 4, release: 'each' }],
  ])('delivers all, whole, once, in order, and leaves no one asleep: %s', (_situation, model) => {
    const { states, violation } = explore(model);
    expect(violation).toBeUndefined();
    // Taking turns would reach about ten states a frame: many more show that the steps do interleave.
    expect(states).toBeGreaterThan(50 * model.frames);
  });

  it.each<[Bug, Partial<Model>, RegExp]>([
    ['sleeps without asking again', {}, /^asleep/],
    ['reads the bell after asking', {}, /^asleep/],
    ['asks before raising the flag', {}, /^asleep/],
    ['notifies without counting the ring', {}, /^asleep/],
    ['looks for a sleeper before the store', {}, /^asleep/],
    ['never rings when it releases', {}, /^asleep/],
    ['rings for room at exactly a quarter', { slots: 8, frames: 17, batch: 4, release: 'drained' }, /^asleep/],
    ['sleeps on frames it has not published', { batch: 3 }, /^asleep/],
    ['publishes before it writes', {}, /^(torn|wrong) frame/],
    ['writes a slot that is not released', {}, /^(torn|wrong) frame/],
    ['releases before it reads', {}, /^(torn|wrong) frame/],
    ['takes the newest frame only', {}, /^(torn|wrong) frame/],
  ])('finds the one who %s', (bug, change, message) => {
    expect(explore({ ...TWO_SLOTS, ...change, bug }).violation).toMatch(message);
  });
});
