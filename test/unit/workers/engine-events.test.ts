import { beforeEach, describe, expect, test } from 'vitest';
import type { DayResult } from '../../../src/model/day-result.ts';
import { createExecutionReport, REPORT_FILLED } from '../../../src/model/execution-report.ts';
import { createFrame, FRAME_BOOK, FRAME_END, FRAME_SCAN, type FrameView } from '../../../src/model/frame.ts';
import { createIntent, INTENT_ENTRY } from '../../../src/model/intent.ts';
import { readFramePayload } from '../../../src/replay/journal/frame-payload.ts';
import {
  decodeCells,
  decodeCommand,
  decodeDayEnd,
  decodeEnd,
  decodeIntent,
  decodeReport,
  decodeStep,
} from '../../../src/replay/journal/payloads.ts';
import { RECORD_KINDS, type RecordKind, recordKindName } from '../../../src/replay/journal/record-kind.ts';
import { BarRingConsumer, BarRingProducer } from '../../../src/shm/bar-ring.ts';
import { EventRingConsumer } from '../../../src/shm/event-ring.ts';
import { Heartbeat } from '../../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS, type RegionShape } from '../../../src/shm/layout.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';
import type { OverflowPolicy } from '../../../src/workers/event-room.ts';
import { RecordedEvents } from '../../../src/workers/recorded-events.ts';

const ASSETS = 3;
const HASH = Uint8Array.from({ length: 32 }, (_, i) => i);
const STATE = Uint8Array.from({ length: 700 }, (_, i) => i & 255);
const HELD = { frameSequence: 7, cellsChanged: true, intents: 1, lifetimeBar: 42 };
const STAMPS = Float64Array.of(0, 5);

interface Read {
  readonly kind: string;
  readonly payload: Uint8Array;
}

/** A bar ring, the engine's events of what is taken from it, and the journal's end of them. */
class Bench {
  readonly region: Region;
  readonly events: RecordedEvents;
  readonly journal: EventRingConsumer;
  private readonly producer: BarRingProducer;
  private readonly frames: BarRingConsumer;

  constructor(overflow: OverflowPolicy = 'wait', shape: Partial<RegionShape> = {}) {
    this.region = createRegion({
      ...DEFAULT_SLOTS,
      barSlots: 2,
      engineEventBytes: 8192,
      assets: ASSETS,
      hasAssetSignals: false,
      ...shape,
    });
    this.producer = new BarRingProducer(this.region);
    this.frames = new BarRingConsumer(this.region);
    this.events = new RecordedEvents(this.region, overflow, () => STATE);
    this.journal = new EventRingConsumer(this.region, 'engine');
  }

  /** Puts a frame through the bar ring and tells of it; whether it may be entered upon. */
  take(fill: (frame: FrameView) => void): boolean {
    this.producer.claim();
    const { frame } = this.producer;
    frame.flags = 0;
    fill(frame);
    this.producer.commit();
    this.producer.publish();
    this.frames.poll();
    this.frames.frame.tsTakeDay = 20_458; // as the actor's clock sets them, only in the view
    this.frames.frame.tsTakeNsOfDay = 123.5;
    const mayEnter = this.events.frame(this.frames.frame, this.frames.slotOffset);
    this.frames.release();
    return mayEnter;
  }

  scan(price = 100): boolean {
    return this.take((frame) => {
      frame.kind = FRAME_SCAN;
      frame.signals.fill(0.5);
      frame.payload.fill(price, 0, ASSETS);
    });
  }

  /** Everything that the journal gets now. */
  read(): Read[] {
    this.events.publish();
    const events: Read[] = [];
    while (this.journal.poll()) {
      events.push({ kind: recordKindName(this.journal.kind as RecordKind), payload: this.journal.payload().slice() });
    }
    this.journal.release();
    return events;
  }
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
const decided = { ...createIntent(), kind: INTENT_ENTRY, sequence: 3, price: 1.25, tsEventNsOfDay: 9, decidedNs: 77 };

test('a step stands in the order frame, cells, intents, day end, step; then the end', () => {
  const { events } = bench;
  const report = { ...createExecutionReport(), kind: REPORT_FILLED, lastPx: 99.5, tsEventNsOfDay: 5 };
  events.report(report);
  expect(decodeReport(bench.read()[0]!.payload)).toEqual(report);
  bench.scan();
  events.acbTaken({ version: 4, hasValue: true, boost: 1.5, beta: 0.3, refusals: 2 });
  events.dayEnd(20_457, { bars: 10, trades: 2 } as DayResult, () => HASH);
  expect(events.intent(decided)).toBe(4); // its place among the events, from 0
  events.step(HELD, STAMPS, 1);
  events.command({ sequence: 1, kind: 2, argument: 0.5 });
  events.end(1, () => HASH);
  const read = bench.read();
  expect(read.map(({ kind }) => kind)).toEqual(['FRAME', 'CELLS', 'DAY_END', 'INTENT', 'STEP', 'COMMAND', 'END']);
  const [, cells, dayEnd, intent, step, command, end] = read.map(({ payload }) => payload);
  expect(decodeCells(cells!)).toEqual([{ cell: 'acb', version: 4, values: Float64Array.of(1, 1.5, 0.3, 2) }]);
  expect(decodeDayEnd(dayEnd!)).toEqual({ day: 20_457, bars: 10, trades: 2, stateHash: HASH });
  expect(decodeIntent(intent!)).toMatchObject({ sequence: 3, kind: INTENT_ENTRY, price: 1.25, tsEventNsOfDay: 9 });
  expect(decodeStep(step!)).toEqual({ frameSequence: 7, cellsChanged: 1, intents: 1, lifetimeBar: 42 });
  expect(decodeCommand(command!)).toEqual({ sequence: 1, kind: 2, argument: 0.5 });
  expect(decodeEnd(end!)).toEqual({ reason: 1, stateHash: HASH });
});

test('nothing is seen before it is published', () => {
  bench.scan();
  expect(bench.journal.isDataReady()).toBe(false);
  bench.events.publish();
  expect(bench.journal.isDataReady()).toBe(true);
});

describe('a frame', () => {
  const read = (): FrameView => {
    const frame = createFrame(ASSETS);
    readFramePayload(frame, bench.read()[0]!.payload, ASSETS);
    return frame;
  };

  test('has the clock reading of its step and the bits of every NaN', () => {
    const words = new Uint32Array(Float64Array.of(1, 2, 3).buffer);
    words.set([0xdead, 0x7ff80000], 2); // a NaN of other bits than the usual one
    bench.take((frame) => {
      frame.kind = FRAME_SCAN;
      bench.region.bytes.set(new Uint8Array(words.buffer), frame.payload.byteOffset);
    });
    const [{ payload }] = bench.read() as [Read];
    expect([...new Uint32Array(payload.buffer, payload.length - 24, 6)]).toEqual([...words]);
    bench.scan();
    expect(read()).toMatchObject({ tsTakeDay: 20_458, tsTakeNsOfDay: 123.5, sequence: 1 });
  });

  test('has nothing of an earlier frame in the same slot: its signals are 0 where it has none', () => {
    bench.scan();
    bench.scan();
    bench.read();
    const end = (frame: FrameView) => {
      frame.kind = FRAME_END;
    };
    bench.take(end);
    expect([...read().signals]).toEqual(new Array(7).fill(0));
    bench.scan();
    bench.take((frame) => {
      frame.kind = FRAME_BOOK;
      frame.payload.fill(2);
    });
    const [, book] = bench.read() as [Read, Read];
    expect([...new Float64Array(book.payload.buffer, 64, 7)]).toEqual(new Array(7).fill(0));
    expect(book.payload.length).toBe(192 + 8 * 20);
  });

  test('two runs of the same frames give the same bytes, whatever lay in the slots', () => {
    const take = (other: Bench) => {
      other.scan(7);
      other.take((frame) => {
        frame.kind = FRAME_END;
      });
      return other.read().map(({ payload }) => {
        payload.fill(0, 128, 144); // when it was received and published
        return Buffer.from(payload).toString('hex');
      });
    };
    const dirty = new Bench();
    const { barRing, barStrideBytes } = dirty.region.layout;
    for (const slot of [barRing, barRing + barStrideBytes]) {
      dirty.region.bytes.fill(0xaa, slot + 64, slot + 120); // signals
      dirty.region.bytes.fill(0xaa, slot + 192, slot + barStrideBytes); // payload
    }
    expect(take(dirty)).toEqual(take(bench));
  });
});

describe('when the ring is full', () => {
  /** Room for two steps and a half, by what a step may need. */
  const small = { engineEventBytes: 4096 };
  const fill = (other: Bench) => {
    let taken = 0;
    for (; taken < 50 && other.scan(taken); taken++) other.events.step(HELD, STAMPS, 1);
    return taken;
  };

  test('live: from the frame that may not fit on nothing may be entered and nothing is half recorded', () => {
    bench = new Bench('gap', small);
    const taken = fill(bench);
    expect(taken).toBeGreaterThan(2);
    expect(taken).toBeLessThan(50);
    bench.events.step(HELD, STAMPS, 1);
    expect(bench.read().map(({ kind }) => kind)).toEqual(new Array(taken).fill(['FRAME', 'STEP']).flat());
  });

  test('live: behind the gap stand how much is missing and the whole state, then entries are allowed again', () => {
    bench = new Bench('gap', small);
    const taken = fill(bench);
    bench.events.step(HELD, STAMPS, 1); // of the frame that found no room
    expect(bench.scan(), 'the ring is still full').toBe(false);
    const exit = bench.events.intent(decided);
    bench.events.step(HELD, STAMPS, 1);
    expect(bench.read()).toHaveLength(2 * taken);
    expect(bench.scan()).toBe(true);
    const [gap, snapshot, frame] = bench.read() as [Read, Read, Read];
    expect([gap.kind, snapshot.kind, frame.kind]).toEqual(['GAP', 'SNAPSHOT', 'FRAME']);
    expect([...new Float64Array(gap.payload.buffer)]).toEqual([5, 1]); // two frames, two steps, the exit; ring full
    expect([...snapshot.payload]).toEqual([...STATE]);
    // The exit decided in the gap may leave once the state that has it is in the journal.
    expect(exit).toBe(2 * taken + 1);
  });

  test('replay: the machine waits until the journal has taken something', async () => {
    bench = new Bench('wait', small);
    new Heartbeat(bench.region, 'JOURNAL').setState('FAILED');
    const many = () => {
      for (let i = 0; i < 50; i++) bench.scan();
    };
    expect(many).toThrow('the journal takes no more events: its ring stayed full');
    expect(bench.read().every(({ kind }) => kind === 'FRAME')).toBe(true);
    expect(bench.scan()).toBe(true);
  });
});

test('every kind has its own name in a stream', () => {
  expect(new Set(Object.values(RECORD_KINDS)).size).toBe(19);
  // Stored: what journals of before have is never given another meaning.
  expect(RECORD_KINDS).toMatchObject({ FRAME: 1, INTENT: 4, STEP: 5, END: 9, REPORT: 10, ADVANCE: 11, ABANDON: 19 });
});
