import { expect, it } from 'vitest';
import { readCounters } from '../../../src/shm/counters.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { judgeFrames, judgeIntents, judgeTicks, observeFrames } from './support/streaming-roles.ts';
import { runThread } from './support/thread.ts';
import { describeOnTwoCores } from './support/two-cores.ts';

const FRAMES = process.env['DOLPHIN_NIGHTLY'] === '1' ? 5_000_000 : 100_000;
const region = (barSlots: number) =>
  createRegion({
    ...DEFAULT_SLOTS,
    barSlots,
    intentSlots: 16,
    tickBytes: 4096,
    assets: 60,
    hasAssetSignals: false,
  });
const order = (role: string, buffer: SharedArrayBuffer, frames = FRAMES) => ({ buffer, role, frames, seed: 1 });

describeOnTwoCores('frames streamed from another thread', () => {
  it.each([
    ['stream each', 2],
    ['stream each', 64],
    ['stream in 16s', 64],
    ['stream in 16s', 8], // a batch that the ring cannot hold
  ])('%s through %i slots: none torn, lost or doubled, and no wake-up lost', async (role, slots) => {
    const shared = region(slots);
    const frames = slots === 2 ? FRAMES / 10 : FRAMES;
    const stream = runThread(order(role, shared.buffer, frames));
    expect(judgeFrames(shared, frames)).toEqual({ whole: frames, torn: 0, lost: 0, doubled: 0 });
    await stream;
    expect(readCounters(shared)).toMatchObject({ lostWakes: 0, barDropped: 0 });
  });

  it.each([
    ['publishes before it writes', 'stream early', ['torn', 'lost', 'doubled']],
    ['overwrites slots that are not released', 'stream ungated', ['torn', 'lost']],
    ['writes a frame twice', 'stream doubled', ['doubled']],
  ])('would catch a producer that %s', async (_bug, role, faults) => {
    const shared = region(4);
    const stream = runThread(order(role, shared.buffer));
    const verdict = judgeFrames(shared, FRAMES);
    await stream;
    expect(faults.filter((fault) => verdict[fault as 'torn'] > 0)).not.toEqual([]);
  });

  it('would catch a consumer that releases before it reads', async () => {
    const shared = region(2);
    const stream = runThread(order('stream each', shared.buffer));
    const verdict = judgeFrames(shared, FRAMES, true);
    await stream;
    expect(verdict.torn + verdict.lost).toBe(1);
  });
});

describeOnTwoCores('records streamed from another thread', () => {
  const whole = { whole: FRAMES, torn: 0, lost: 0, doubled: 0 };

  it('intents come whole, once, in order', async () => {
    const shared = region(2);
    const stream = runThread(order('stream intents', shared.buffer));
    expect(judgeIntents(shared, FRAMES)).toEqual(whole);
    await stream;
  });

  it('ticks of any length come whole, once, in order', async () => {
    const shared = region(2);
    const stream = runThread(order('stream ticks', shared.buffer));
    expect(judgeTicks(shared, FRAMES)).toEqual(whole);
    await stream;
  });
});

describeOnTwoCores('an observer of a ring that does not wait for it', () => {
  it('copies whole frames in order and counts those it lost', async () => {
    const shared = region(8);
    const churn = runThread(order('churn frames', shared.buffer));
    const verdict = observeFrames(shared, FRAMES / 10, false);
    await churn;
    expect(verdict).toMatchObject({ whole: FRAMES / 10, torn: 0, doubled: 0 });
    expect(verdict.lapped).toBe(readCounters(shared).observerLapped);
    // A ring that never laps its observer would prove nothing.
    expect(verdict.lapped).toBeGreaterThan(0);
  });

  it('would catch an observer that trusts its copy', async () => {
    const shared = region(2);
    const churn = runThread(order('churn frames', shared.buffer));
    const verdict = observeFrames(shared, 10 * FRAMES, true);
    await churn;
    expect(verdict.torn).toBeGreaterThan(0);
  });
});
