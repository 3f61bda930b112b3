import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histories } from '../../../src/alpha/histories.ts';
import { ReferenceVolatility } from '../../../src/engine/reference-volatility.ts';
import type { FrameView } from '../../../src/model/frame.ts';
import { DirectReplay, type DirectReplayOptions } from '../../../src/workers/direct-replay.ts';
import { hostileRun } from './hostile-frames.ts';

const WINDOW = 5;
const anyPrice = fc.oneof(
  { weight: 12, arbitrary: fc.double({ min: 90, max: 110, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, -1, Number.POSITIVE_INFINITY) },
);

test('dvol of the stack is that of the engine, bit for bit, over gaps and missing prices', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyPrice, fc.nat(9)), { maxLength: 80 }), (bars) => {
      const own = new ReferenceVolatility(WINDOW);
      const options = { assets: 1, excluded: new Uint8Array(1), referenceAsset: 0, lookbackBars: 3, momentumBars: 3 };
      const engine = new Histories({ ...options, volWindowBars: WINDOW });
      bars.forEach(([price, dice], i) => {
        const isAfterGap = i > 0 && dice === 0;
        own.onBar(price, isAfterGap);
        engine.append(Float64Array.of(price), isAfterGap);
        expect(own.value).toBe(engine.referenceVolatility());
      });
    }),
    { numRuns: 300 },
  );
});

/** Volatile enough for stress now and then, and with a row of safety.csv on every second day alone. */
function watched({ config, safety, ...options }: DirectReplayOptions): DirectReplayOptions {
  const changed = { ...config, survival: true, vol_p60: 0.001 };
  return { ...options, config: changed, safety: safety.filter((_, i) => i % 2 === 1) };
}

function feed(replay: DirectReplay, frames: readonly FrameView[]): DirectReplay {
  for (const frame of frames) replay.take(frame);
  return replay;
}

test('a replay with its own stack that is cut anywhere ends as the whole one', () => {
  let evaluations = 0;
  let worse = 0;
  fc.assert(
    fc.property(hostileRun, fc.nat(), (run, seed) => {
      const options = watched(run.options);
      const cut = seed % (run.frames.length + 1);
      const whole = feed(new DirectReplay(options), run.frames);
      const first = feed(new DirectReplay(options), run.frames.slice(0, cut));
      const second = new DirectReplay(options);
      second.restore(first.snapshot());
      expect(second.stateHash()).toBe(first.stateHash());
      feed(second, run.frames.slice(cut));
      expect(second.stateHash()).toBe(whole.stateHash());
      expect(second.survival()).toEqual(whole.survival());
      expect(second.finish()).toEqual(whole.finish());
      const { evaluations: made = 0, postures } = whole.survival() ?? {};
      evaluations += made;
      worse += made - (postures?.APEX ?? 0);
    }),
    { numRuns: 80 },
  );
  expect(evaluations).toBeGreaterThan(1000);
  expect(worse).toBeGreaterThan(100);
});
