import { expect, test } from 'vitest';
import { SignalIds } from '../../../src/adapters/redis/signal-id.ts';
import type { SignalMessage } from '../../../src/adapters/redis/signal-message.ts';
import { createFrame, FRAME_SCAN, SIGNAL_VALUES } from '../../../src/model/frame.ts';
import type { FramePublisher, FrameSource } from '../../../src/workers/frame-publisher.ts';
import { SignalFrames } from '../../../src/workers/signal-frames.ts';
import { SignalIntake } from '../../../src/workers/signal-intake.ts';
import { StreamStanding } from '../../../src/workers/stream-standing.ts';

const DAY = 20_458;
const NO_COUNTS = { taken: 0, stale: 0, duplicates: 0, late: 0, parked: 0, gaps: 0 };

function scanMessages(count: number): SignalMessage[] {
  const ids = new SignalIds();
  return Array.from({ length: count }, (_, i) => ({
    kind: 'scan',
    id: ids.next(DAY, i * 5e9),
    scan: {
      day: DAY,
      nsOfDay: i * 5e9,
      scanNumber: i,
      signals: new Float64Array(SIGNAL_VALUES),
      prices: new Map([['BTCUSDT', 100]]),
      assetVelDivs: null,
      isLastOfDay: false,
    },
    signals: [],
    factors: null,
  })) as SignalMessage[];
}

/** A ring that has room for a frame but at one of them, where a stop ends the waiting. */
function ringFullAt(fullAt: number, isTaken: boolean) {
  const published: number[] = [];
  let offered = 0;
  const publishDay = (frames: FrameSource) => {
    const hasRoom = offered++ !== fullAt;
    if (!hasRoom && !isTaken) return false;
    const frame = createFrame(1);
    frames.fill(frame);
    published.push(frame.scanNumber);
    return hasRoom;
  };
  return { published, publisher: { publishDay } as unknown as FramePublisher };
}

test.each([
  ['the one that found no room', false, [0, 1], 2],
  ['those behind the one that was the last to find room', true, [0, 1, 2], 3],
])('room that comes again behind a stop is given to nobody: left out are %s', (_what, isTaken, wanted, taken) => {
  const { published, publisher } = ringFullAt(2, isTaken);
  const frames = new SignalFrames(['BTCUSDT'], false);
  const intake = new SignalIntake({ publisher, frames, standing: new StreamStanding(1), stream: 's', say: () => {} });
  const messages = scanMessages(6);
  for (const message of messages) intake.take(message, false);
  expect(published).toEqual(wanted);
  expect(intake.counts({ ...NO_COUNTS, taken: messages.length }).taken).toBe(taken);
});

test('what happens behind the last signal is published on its day, also where an earlier life took it', () => {
  const standing = new StreamStanding(1);
  standing.note({ ...createFrame(1), tsEventDay: DAY });
  const until: number[] = [];
  const publisher = { publishTicksUntil: (day: number) => until.push(day) > 0 } as unknown as FramePublisher;
  const frames = new SignalFrames(['BTCUSDT'], false);
  new SignalIntake({ publisher, frames, standing, stream: 's', say: () => {} }).publishLastTicks();
  expect(until).toEqual([DAY]);
});

test('what the journal has and the end of the publisher are no signals of this life, stale or not', () => {
  const [first, second, third] = scanMessages(3) as [SignalMessage, SignalMessage, SignalMessage];
  const standing = new StreamStanding(1);
  const journalled = { ...createFrame(1), kind: FRAME_SCAN, tsEventDay: DAY };
  journalled.payload[0] = 100;
  standing.note(journalled); // the first one
  const { published, publisher } = ringFullAt(Number.POSITIVE_INFINITY, true);
  const frames = new SignalFrames(['BTCUSDT'], false);
  const intake = new SignalIntake({ publisher, frames, standing, stream: 's', say: () => {} });
  intake.take(first, true);
  intake.take(second, true);
  intake.take(third, false);
  intake.take({ kind: 'end', id: third.id, day: DAY, nsOfDay: 10e9 }, true);
  expect(published).toEqual([1, 2]);
  expect(intake.counts({ ...NO_COUNTS, taken: 4, stale: 3 })).toEqual({ ...NO_COUNTS, taken: 2, stale: 1 });
});
