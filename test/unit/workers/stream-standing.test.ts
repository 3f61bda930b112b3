import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { entryIdOf, SignalIds, signalIdText } from '../../../src/adapters/redis/signal-id.ts';
import { encodeSignal } from '../../../src/adapters/redis/signal-message.ts';
import { createFrame, FRAME_SCAN, SIGNAL_VALUES } from '../../../src/model/frame.ts';
import { InputError } from '../../../src/model/input-error.ts';
import type { ScanReading } from '../../../src/model/scan-reading.ts';
import { unixNsFrom } from '../../../src/model/time.ts';
import type { FrameSource } from '../../../src/workers/frame-publisher.ts';
import { SignalFrames } from '../../../src/workers/signal-frames.ts';
import { positionOf, StreamStanding } from '../../../src/workers/stream-standing.ts';

const DAY = 20_458;
const ASSETS = 1;

/** A scan of one price, as a frame and as the next of a source. */
function scanAt(nsOfDay: number, price: number) {
  const frame = createFrame(ASSETS);
  frame.kind = FRAME_SCAN;
  frame.tsEventDay = DAY;
  frame.tsEventNsOfDay = nsOfDay;
  frame.payload[0] = price;
  const source: FrameSource = {
    hasNext: true,
    nextNsOfDay: nsOfDay,
    fill: (to) =>
      Object.assign(to, { kind: frame.kind, tsEventDay: DAY, tsEventNsOfDay: nsOfDay }).payload.set([price]),
  };
  return { frame, source };
}

function standingAfter(...scans: readonly [nsOfDay: number, price: number][]): StreamStanding {
  const standing = new StreamStanding(ASSETS);
  for (const [nsOfDay, price] of scans) standing.note(scanAt(nsOfDay, price).frame);
  return standing;
}

/** Answers of a standing to signals of these times and prices. */
function leftOut(standing: StreamStanding, ...signals: readonly [nsOfDay: number, price: number][]): boolean[] {
  return signals.map(([nsOfDay, price], ordinal) =>
    standing.leavesOut({ unixNs: unixNsFrom(DAY, nsOfDay), ordinal }, scanAt(nsOfDay, price).source),
  );
}

describe('where a run stands in its stream', () => {
  test.each<[string, readonly number[]]>([
    ['one scan', [5]],
    ['scans that go forward', [5, 10, 15]],
    ['some of one time', [5, 10, 10, 10]],
    ['an earlier one behind them, which takes their time', [5, 10, 10, 5]],
  ])('is the id that our publisher gave to the last of %s', (_, stamps) => {
    const ids = new SignalIds();
    const standing = new StreamStanding(ASSETS);
    let last = '';
    for (const nsOfDay of stamps) {
      last = signalIdText(ids.next(DAY, nsOfDay));
      standing.note(scanAt(nsOfDay, nsOfDay).frame);
    }
    expect(signalIdText(standing.signalId!)).toBe(last);
  });

  test('leaves out what the journal has, whatever numbers its signals have, and nothing behind it', () => {
    const standing = standingAfter([5, 1], [10, 2], [10, 3]);
    expect(leftOut(standing, [5, 1], [10, 2], [10, 3], [10, 4], [15, 5])).toEqual([true, true, true, false, false]);
    expect(standing).toMatchObject({ isReached: true, hasLost: false });
  });

  test('without a frame leaves out nothing', () => {
    const standing = standingAfter();
    expect(standing).toMatchObject({ signalId: null, isReached: true });
    expect(leftOut(standing, [5, 1])).toEqual([false]);
  });

  test('knows when the stream has lost its last signal, by a later one or by the end', () => {
    const trimmed = standingAfter([5, 1], [10, 2]);
    expect(leftOut(trimmed, [15, 3])).toEqual([false]);
    expect(trimmed.hasLost).toBe(true);
    const empty = standingAfter([5, 1], [10, 2]);
    expect(leftOut(empty, [5, 1])).toEqual([true]);
    empty.miss();
    expect(empty).toMatchObject({ isReached: true, hasLost: true });
  });

  test('refuses another signal in the place of the last one', () => {
    const standing = standingAfter([5, 1], [10, 2]);
    expect(() => leftOut(standing, [5, 1], [10, 99])).toThrow(InputError);
  });

  test('is reached at once by the same signal alone', () => {
    const standing = standingAfter([5, 1], [10, 2]);
    expect(standing.isAt(scanAt(10, 99).source)).toBe(false);
    expect(standing.isReached).toBe(false);
    expect(standing.isAt(scanAt(10, 2).source)).toBe(true);
    expect(leftOut(standing, [10, 3])).toEqual([false]);
  });

  describe('is looked for under the id of our publisher', () => {
    const scan: ScanReading = {
      day: DAY,
      nsOfDay: 10,
      scanNumber: 2,
      signals: new Float64Array(SIGNAL_VALUES),
      prices: new Map([['BTCUSDT', 2]]),
      assetVelDivs: null,
      isLastOfDay: false,
    };
    const id = { unixNs: unixNsFrom(DAY, 10), ordinal: 0 };
    const entryId = entryIdOf(id);
    const entryWith = (price: number, ordinal = 0) => {
      const message = { kind: 'scan', id: { ...id, ordinal }, scan, signals: [], factors: null } as const;
      return ['signal', encodeSignal({ ...message, scan: { ...scan, prices: new Map([['BTCUSDT', price]]) } })];
    };
    /** A server whose stream has one entry at most. */
    const commandsOf = (fields: string[] | null) =>
      ({
        xrange: async (_: string, from: string) => (fields === null || from !== entryId ? [] : [[from, fields]]),
      }) as unknown as Redis;

    test.each<[string, string[] | null, boolean]>([
      ['there with the same values: read on behind it', entryWith(2), true],
      ['not there: read from the first entry', null, false],
      ['another signal of that entry', entryWith(2, 5), false],
      ['other values', entryWith(3), false],
      ['nothing that anybody understands', ['signal', 'nonsense'], false],
    ])('%s', async (_, fields, isFound) => {
      const standing = standingAfter([5, 1], [10, 2]);
      const frames = new SignalFrames(['BTCUSDT'], false);
      const position = (await positionOf(standing, 's', commandsOf(fields), frames)).load('s');
      expect(position?.entryId ?? null).toBe(isFound ? entryId : null);
      expect(standing.isReached).toBe(isFound);
    });

    test('refuses a signal there of another universe', async () => {
      const standing = standingAfter([5, 1], [10, 2]);
      const frames = new SignalFrames(['ETHUSDT'], false);
      await expect(positionOf(standing, 's', commandsOf(entryWith(2)), frames)).rejects.toThrow(InputError);
    });
  });
});
