import { describe, expect, test } from 'vitest';
import { measureLatency } from '../../src/main/commands/bench-latency-run.ts';

const POINT = { rateHz: 1000, assets: 50, wait: 'park', frames: 60, hasPeers: false, fills: 'analytic' } as const;

describe('latency through the workers', () => {
  test.each([
    ['without a journal', false, []],
    ['behind the journal', true, ['commit', 'journal']],
  ])(
    'every frame ends in an intent, %s',
    async (_, hasJournal, further) => {
      const { stages, framesPerSecond, waiting } = await measureLatency(
        { ...POINT, hasJournal },
        new AbortController().signal,
      );
      expect(Object.keys(stages).sort()).toEqual(
        ['handover', 'hop', 'intent', 'late', 'step', 'total', ...further].sort(),
      );
      expect(stages.step?.count).toBe(POINT.frames);
      expect(stages.intent?.count).toBeGreaterThanOrEqual(POINT.frames);
      expect(stages.total?.count).toBe(stages.intent?.count);
      expect(stages.total?.p50).toBeGreaterThan(stages.intent?.p50 ?? Number.POSITIVE_INFINITY);
      // 60 frames at 1 kHz come in 59 ms or more: the warm-up is not part of it, nor can they come early
      expect(framesPerSecond).toBeLessThan(1100);
      expect(waiting).toBe(hasJournal ? 'park, journal' : 'park');
    },
    60_000,
  );

  // 60 frames, a limit order that a price trades through and a market order in turn
  test('orders at a simulated venue are timed from their decision', async () => {
    const point = { ...POINT, hasJournal: false, fills: 'routed' } as const;
    const { stages, isRouted } = await measureLatency(point, new AbortController().signal);
    expect(isRouted).toBe(true);
    expect(stages.step?.count).toBe(POINT.frames);
    expect(stages.order?.count).toBeGreaterThan(5);
    expect(stages.order?.count).toBe(stages.handover?.count);
    expect(stages.order?.max).toBeGreaterThanOrEqual(stages.handover?.max ?? Number.POSITIVE_INFINITY);
  }, 60_000);

  test('at full speed there is a time for orders, and none for what begins at a planned time', async () => {
    const point = { ...POINT, rateHz: 0, hasJournal: false, fills: 'routed' } as const;
    const { stages } = await measureLatency(point, new AbortController().signal);
    expect(Object.keys(stages).sort()).toEqual(['order', 'step']);
  }, 60_000);

  test('a run that is called off ends in order and gives no numbers', async () => {
    const abort = new AbortController();
    const run = measureLatency({ ...POINT, rateHz: 1, frames: 3600, hasJournal: false }, abort.signal);
    abort.abort();
    await expect(run).rejects.toThrow(/abort/i);
  }, 60_000);
});
