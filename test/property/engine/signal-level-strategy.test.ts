import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FrameView } from '../../../src/model/frame.ts';
import type { StrategyConfig } from '../../../src/model/strategy.ts';
import { DirectReplay } from '../../../src/workers/direct-replay.ts';
import { type HostileRun, hostileRun } from './hostile-frames.ts';

function replay({ options }: HostileRun, signals: StrategyConfig['signals']): DirectReplay {
  const { config } = options;
  const resolution = config.resolution === '0.1s' ? '5s' : config.resolution;
  return new DirectReplay({ ...options, barIntervalMs: 5000, config: { ...config, resolution, signals } });
}

function feed(machine: DirectReplay, frames: readonly FrameView[]): DirectReplay {
  for (const frame of frames) machine.take(frame);
  return machine;
}

test('scans taken as a signal per asset decide what the scans decide: the figures of the engine are the same', () => {
  let trades = 0;
  fc.assert(
    fc.property(hostileRun, (run) => {
      const plain = feed(replay(run, 'scan'), run.frames).finish();
      const bySignals = feed(replay(run, 'asset'), run.frames).finish();
      expect(bySignals.trades).toEqual(plain.trades);
      trades += plain.trades.length;
    }),
    { numRuns: 150 },
  );
  expect(trades).toBeGreaterThan(100);
});

test('a replay by signals that is cut anywhere ends as the whole one', () => {
  fc.assert(
    fc.property(hostileRun, fc.nat(), (run, seed) => {
      const cut = seed % (run.frames.length + 1);
      const whole = feed(replay(run, 'asset'), run.frames);
      const first = feed(replay(run, 'asset'), run.frames.slice(0, cut));
      const second = replay(run, 'asset');
      second.restore(first.snapshot());
      feed(second, run.frames.slice(cut));
      expect(second.stateHash()).toBe(whole.stateHash());
    }),
    { numRuns: 60 },
  );
});
