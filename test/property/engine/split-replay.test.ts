import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { FrameView } from '../../../src/model/frame.ts';
import type { Intent } from '../../../src/model/intent.ts';
import { HIBERNATE } from '../../../src/model/posture.ts';
import type { EngineRun } from '../../../src/model/trade.ts';
import { decisionHash } from '../../../src/report/decision-hash.ts';
import { DirectReplay, type DirectReplayOptions } from '../../../src/workers/direct-replay.ts';
import { stateHash } from '../../../src/workers/state-hash.ts';
import { hostileRun } from './hostile-frames.ts';

/** A counterexample is made smaller for no longer than this. */
const SHRINK_LIMIT_MS = 30_000;

interface Ending {
  readonly run: EngineRun;
  readonly decisionHash: string;
  readonly stateHash: string;
}

/** What the cuts met, so that the property cannot hold for want of a case. */
const met = {
  trades: 0,
  openPosition: 0,
  hibernate: 0,
  sparse: 0,
  flatAfterTrade: 0,
  beforeFirstFrame: 0,
  openOnBarOfHybrid: 0,
  openOnBarStepped: 0,
};

afterAll(() => {
  for (const [what, times] of Object.entries(met)) expect(times, `cuts with ${what}`).toBeGreaterThan(0);
});

function endingOf(replay: DirectReplay): Ending {
  const run = replay.finish();
  return { run, decisionHash: decisionHash(run.trades), stateHash: replay.stateHash() };
}

/** Hashes first: a list of all that differs is long in the making. */
function expectSame(actual: Ending, expected: Ending): void {
  expect(actual.decisionHash).toBe(expected.decisionHash);
  expect(actual.stateHash).toBe(expected.stateHash);
  expect(actual.run).toEqual(expected.run);
}

function feed(replay: DirectReplay, frames: readonly FrameView[]): DirectReplay {
  for (const frame of frames) replay.take(frame);
  return replay;
}

function countWhatWasMet(replay: DirectReplay, cut: number): void {
  const { engine } = replay;
  if (cut === 0) met.beforeFirstFrame++;
  if (engine.position.isOpen) met.openPosition++;
  if (engine.regime.posture === HIBERNATE) met.hibernate++;
  if (engine.histories.priceCount(0) !== engine.barsToday) met.sparse++;
  if (!engine.position.isOpen && engine.intentsDecided > 0) met.flatAfterTrade++;
  if (engine.position.isOpen && engine.barNsOfDay > 0) {
    if (engine.params.config.resolution === 'hybrid') met.openOnBarOfHybrid++;
    if (engine.params.config.resolution === '0.1s') met.openOnBarStepped++;
  }
}

function recording(options: DirectReplayOptions): { readonly replay: DirectReplay; readonly intents: Intent[] } {
  const intents: Intent[] = [];
  const replay = new DirectReplay({ ...options, intents: { emit: (intent) => intents.push({ ...intent }) } });
  return { replay, intents };
}

test('a replay that is cut anywhere and goes on in another machine ends as the whole one', () => {
  fc.assert(
    fc.property(hostileRun, fc.nat(), ({ options, frames }, seed) => {
      const cut = seed % (frames.length + 1);
      const whole = recording(options);
      const expected = endingOf(feed(whole.replay, frames));
      met.trades += expected.run.trades.length;

      const first = feed(new DirectReplay(options), frames.slice(0, cut));
      countWhatWasMet(first, cut);
      const snapshot = first.snapshot();
      const second = recording(options);
      second.replay.restore(snapshot);
      expect(second.replay.stateHash()).toBe(stateHash(snapshot));
      const decidedBefore = first.engine.intentsDecided;
      expectSame(endingOf(feed(second.replay, frames.slice(cut))), expected);
      expect(second.intents).toEqual(whole.intents.slice(decidedBefore));

      // Taking a snapshot changes nothing, and what a machine has been through is gone when it is restored.
      expectSame(endingOf(feed(first, frames.slice(cut))), expected);
      first.restore(snapshot);
      expect(first.stateHash()).toBe(stateHash(snapshot));
      expectSame(endingOf(feed(first, frames.slice(cut))), expected);
    }),
    { numRuns: 400, interruptAfterTimeLimit: SHRINK_LIMIT_MS },
  );
});

test('a replay that changes machines after every few frames ends as the whole one', () => {
  fc.assert(
    fc.property(hostileRun, fc.integer({ min: 1, max: 9 }), ({ options, frames }, every) => {
      const expected = endingOf(feed(new DirectReplay(options), frames));
      let replay = new DirectReplay(options);
      for (let i = 0; i < frames.length; i += every) {
        const next = new DirectReplay(options);
        next.restore(replay.snapshot());
        replay = feed(next, frames.slice(i, i + every));
      }
      expectSame(endingOf(replay), expected);
    }),
    { numRuns: 100, interruptAfterTimeLimit: SHRINK_LIMIT_MS },
  );
});
