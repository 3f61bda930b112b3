import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESET, COMMAND_RESUME } from '../../../src/model/command.ts';
import { FRAME_SCAN, type FrameView } from '../../../src/model/frame.ts';
import { INTENT_ENTRY, type Intent } from '../../../src/model/intent.ts';
import { isValidPrice } from '../../../src/model/price.ts';
import { DirectReplay, type DirectReplayOptions } from '../../../src/workers/direct-replay.ts';
import { hostileRun } from './hostile-frames.ts';

interface Order {
  readonly beforeFrame: number;
  readonly kind: number;
}

const orders = fc.array(
  fc.record({
    beforeFrame: fc.nat(260),
    kind: fc.constantFrom(COMMAND_HALT, COMMAND_RESUME, COMMAND_FLATTEN, COMMAND_RESET),
  }),
  { maxLength: 12 },
);

/** What the runs met, so that the properties cannot hold for want of a case. */
const met = { entriesBarred: 0, exitsWhileHalted: 0, flattened: 0, entriesAfterResume: 0 };
afterAll(() => {
  for (const [what, times] of Object.entries(met)) expect(times, what).toBeGreaterThan(0);
});

function replayOf(options: DirectReplayOptions) {
  const intents: Intent[] = [];
  const replay = new DirectReplay({ ...options, intents: { emit: (intent) => intents.push({ ...intent }) } });
  return { replay, intents };
}

/** Feeds the frames, each with the orders that come before it; `watch` sees the machine around each frame. */
function run(
  replay: DirectReplay,
  frames: readonly FrameView[],
  given: readonly Order[],
  watch: (frame: FrameView, take: () => void) => void = (_, take) => take(),
): void {
  frames.forEach((frame, i) => {
    for (const { beforeFrame, kind } of given) if (beforeFrame === i) replay.command(kind);
    watch(frame, () => replay.take(frame));
  });
}

test('while halted no position opens, and exits happen', () => {
  fc.assert(
    fc.property(hostileRun, orders, ({ options, frames }, given) => {
      const { replay, intents } = replayOf(options);
      run(replay, frames, given, (_, take) => {
        const [before, isHalted] = [intents.length, replay.engine.isHalted];
        take();
        const decided = intents.slice(before);
        const entries = decided.filter(({ kind }) => kind === INTENT_ENTRY).length;
        if (isHalted) expect(entries).toBe(0);
        if (isHalted) met.exitsWhileHalted += decided.length;
        else if (given.some(({ kind }) => kind === COMMAND_HALT)) met.entriesAfterResume += entries;
      });
    }),
    { numRuns: 200 },
  );
});

test('a halt from the first frame on leaves no trade, and the gates before the risk gate as they were', () => {
  fc.assert(
    fc.property(hostileRun, ({ options, frames }) => {
      const free = replayOf(options);
      run(free.replay, frames, []);
      const halted = replayOf(options);
      run(halted.replay, frames, [{ beforeFrame: 0, kind: COMMAND_HALT }]);
      expect(halted.intents).toEqual([]);
      const risk = halted.replay.engine.tally.funnel().risk;
      expect(risk[1]).toBe(0);
      met.entriesBarred += free.intents.length > 0 && risk[0] > 0 ? 1 : 0;
    }),
    { numRuns: 100 },
  );
});

test('a flatten closes on the first scan that the engine accepts with a valid price', () => {
  fc.assert(
    fc.property(hostileRun, fc.nat(260), ({ options, frames }, at) => {
      const { replay, intents } = replayOf(options);
      run(replay, frames, [{ beforeFrame: at, kind: COMMAND_FLATTEN }], (frame, take) => {
        const { engine } = replay;
        const wasFlattening = engine.isFlattening;
        const [before, bar, asset] = [intents.length, engine.lifetimeBar, engine.position.assetIndex];
        take();
        if (!wasFlattening) return;
        const isScanTaken = frame.kind === FRAME_SCAN && engine.lifetimeBar > bar;
        if (!isScanTaken || !isValidPrice(frame.payload[asset]!)) return;
        met.flattened++;
        expect(engine.isFlattening).toBe(false);
        expect(intents.length).toBeGreaterThan(before);
      });
    }),
    { numRuns: 300 },
  );
});

test('the same orders at the same frames give the same run, also through snapshots', () => {
  fc.assert(
    fc.property(hostileRun, orders, fc.nat(), ({ options, frames }, given, seed) => {
      const whole = replayOf(options);
      run(whole.replay, frames, given);
      const cut = seed % (frames.length + 1);
      const first = replayOf(options);
      run(first.replay, frames.slice(0, cut), given);
      const second = replayOf(options);
      second.replay.restore(first.replay.snapshot());
      const later = given.map(({ beforeFrame, kind }) => ({ beforeFrame: beforeFrame - cut, kind }));
      run(second.replay, frames.slice(cut), later);
      expect([...first.intents, ...second.intents]).toEqual(whole.intents);
      expect(second.replay.stateHash()).toBe(whole.replay.stateHash());
      expect(second.replay.finish()).toEqual(whole.replay.finish());
    }),
    { numRuns: 150 },
  );
});
