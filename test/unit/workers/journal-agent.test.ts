import { beforeEach, describe, expect, test } from 'vitest';
import type { FsyncPolicy } from '../../../src/replay/journal/fsync-policy.ts';
import type { IoFailure } from '../../../src/replay/journal/journal-store.ts';
import { decodeSnapshotHead, snapshotState } from '../../../src/replay/journal/payloads.ts';
import { RECORD_KINDS, recordKindName } from '../../../src/replay/journal/record-kind.ts';
import { EventRingProducer } from '../../../src/shm/event-ring.ts';
import { Heartbeat } from '../../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS, type StreamName } from '../../../src/shm/layout.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';
import { readStages } from '../../../src/shm/stage-histogram.ts';
import { WatermarkReader } from '../../../src/shm/watermarks.ts';
import { JournalAgent, JournalFailure, type ProvedSnapshot } from '../../../src/workers/journal-agent.ts';
import { identityOf, readJournal } from '../../property/journal/journal-builder.ts';
import { MemoryStore } from '../../property/journal/memory-store.ts';

const FULL: IoFailure = {
  operation: 'write',
  path: 'memory/x',
  code: 'ENOSPC',
  reason: 'no space left',
  canRetry: true,
};

/** A journal worker's job over a folder in memory, with both machines' ends of its rings. */
class Bench {
  readonly region: Region;
  readonly store = new MemoryStore();
  readonly agent: JournalAgent;
  readonly closed: [StreamName, number][] = [];
  readonly snapshots: ProvedSnapshot[] = [];
  private readonly rings: Record<StreamName, EventRingProducer>;

  constructor(fsync: FsyncPolicy = 'never', segmentBytes = 1 << 20) {
    const eventBytes = { engineEventBytes: 1 << 16, executionEventBytes: 1 << 12 };
    this.region = createRegion({ ...DEFAULT_SLOTS, ...eventBytes, assets: 1, hasAssetSignals: false });
    this.rings = {
      engine: new EventRingProducer(this.region, 'engine'),
      execution: new EventRingProducer(this.region, 'execution'),
    };
    const streamOf = (stream: StreamName) => ({
      stream,
      writer: { identity: identityOf(stream === 'engine' ? 'ENGINE' : 'EXECUTION'), fsync, segmentBytes },
      onSegmentClosed: (segment: number) => void this.closed.push([stream, segment]),
    });
    const next = () => this.snapshots.shift() ?? null;
    this.agent = new JournalAgent(this.region, this.store, streamOf('engine'), streamOf('execution'), next);
  }

  /** Tells of `count` events, each of 100 bytes that tell its number. */
  tell(stream: StreamName, count: number, kind: number = RECORD_KINDS.STEP): void {
    const ring = this.rings[stream];
    for (let i = 0; i < count; i++) {
      const at = ring.claim(kind, 100, 5);
      this.region.bytes.fill(ring.committed & 255, at, at + 100);
      ring.commit();
    }
    ring.publish();
  }

  /** A gap of three records, as the engine tells of it, and the state behind it. */
  tellGap(): void {
    const ring = this.rings.engine;
    this.region.doubles.set([3, 1], ring.claim(RECORD_KINDS.GAP, 16, 0) / 8);
    ring.commit();
    this.tell('engine', 1, RECORD_KINDS.SNAPSHOT);
  }

  marks(stream: StreamName): { written: number; durable: number } {
    const count = (which: 'written' | 'durable') => new WatermarkReader(this.region, stream, which).count;
    return { written: count('written'), durable: count('durable') };
  }

  /** Records of a stream as they lie in the store now. */
  stored(stream: StreamName = 'engine') {
    return readJournal(this.store, stream === 'engine' ? 'ENGINE' : 'EXECUTION').records;
  }
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

describe('events', () => {
  test('of both machines come into their segments, in order, whole', () => {
    bench.tell('engine', 5);
    bench.tell('execution', 2);
    expect(bench.agent.isReady()).toBe(true);
    expect(bench.agent.doWork()).toBe(7);
    expect(bench.stored().map(({ sequence, payload }) => [sequence, payload.length, payload[99]])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [i, 100, i]),
    );
    expect(bench.stored('execution')).toHaveLength(2);
    expect(bench.agent.lastSequences).toEqual({ engine: 4, execution: 1 });
    expect(readStages(bench.region)).toMatchObject([{ stage: 'journal', n: 7 }]);
    expect(bench.agent.isReady()).toBe(false);
  });

  test('that end a segment close it for whoever verifies it', () => {
    bench = new Bench('never', 700);
    bench.tell('engine', 12);
    bench.agent.doWork();
    expect(bench.closed.length).toBeGreaterThan(1);
    expect(bench.closed).toEqual(bench.closed.map((_, i) => ['engine', i]));
    expect(bench.agent.lastSegment).toBe(bench.closed.length);
  });
});

describe('watermarks', () => {
  test('say what the store holds, never more, after every turn', () => {
    bench = new Bench('interval', 900);
    for (let turn = 1; turn <= 20; turn++) {
      bench.tell('engine', turn % 4);
      bench.tell('execution', turn % 2);
      for (const stream of ['engine', 'execution'] as const) {
        const { written, durable } = bench.marks(stream);
        if (turn > 1) expect(bench.stored(stream)).toHaveLength(written);
        expect(durable).toBeLessThanOrEqual(written);
      }
      bench.agent.doWork();
      expect(bench.stored()).toHaveLength(bench.marks('engine').written);
    }
  });

  test.each<[FsyncPolicy, number]>([
    ['always', 5],
    ['never', 0],
  ])('durable under %s: %i of 5 at once', (fsync, durable) => {
    bench = new Bench(fsync);
    bench.tell('engine', 5);
    bench.agent.doWork();
    expect(bench.marks('engine')).toEqual({ written: 5, durable });
    expect(bench.store.syncs > 0).toBe(fsync === 'always');
  });

  test('durable under interval: with the flush that is due, which the agent asks for by itself', () => {
    bench = new Bench('interval');
    bench.tell('engine', 5);
    bench.agent.doWork();
    expect(bench.marks('engine')).toEqual({ written: 5, durable: 0 });
    bench.agent.flush(bench.agent.syncDueAtMs);
    expect(bench.marks('engine')).toEqual({ written: 5, durable: 5 });
    expect(bench.agent.syncDueAtMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('durable at the latest at the end', () => {
    bench = new Bench('interval');
    bench.tell('engine', 3);
    bench.agent.doWork();
    bench.agent.close(Date.now());
    expect(bench.marks('engine')).toEqual({ written: 3, durable: 3 });
  });
});

describe('a state that the shadow has proved', () => {
  test('goes into the stream with its place and is no event: watermarks stay those of the machine', () => {
    bench.tell('engine', 2);
    bench.snapshots.push({ throughSequence: 1, state: Uint8Array.of(1, 2, 3) });
    bench.agent.doWork();
    bench.tell('engine', 2);
    bench.agent.doWork();
    expect(bench.stored().map(({ kind }) => recordKindName(kind as 1))).toEqual([
      'STEP',
      'STEP',
      'SNAPSHOT',
      'STEP',
      'STEP',
    ]);
    const { payload } = bench.stored()[2]!;
    expect([decodeSnapshotHead(payload).throughSequence, ...snapshotState(payload)]).toEqual([1, 1, 2, 3]);
    expect(bench.marks('engine').written).toBe(4);
  });

  test('is written also when no event comes with it', () => {
    bench.agent.flush(Date.now());
    bench.snapshots.push({ throughSequence: -1, state: Uint8Array.of(9) });
    bench.agent.doWork();
    expect(bench.stored()).toHaveLength(1);
    expect(bench.marks('engine').written).toBe(0);
  });
});

test('a gap stands for its records, and the state behind it for everything before', () => {
  bench.tell('engine', 2);
  bench.tellGap();
  bench.tell('engine', 1);
  bench.agent.doWork();
  const [, , gap, snapshot, step] = bench.stored();
  expect([gap, snapshot, step].map((record) => record!.sequence)).toEqual([2, 5, 6]);
  expect(decodeSnapshotHead(snapshot!.payload).throughSequence).toBe(4);
  expect(bench.marks('engine').written).toBe(5); // the gap is one event of the machine
});

describe('a disk that refuses', () => {
  test('ends the run with the last good record named, and moves no watermark', () => {
    bench.tell('engine', 3);
    bench.agent.doWork();
    bench.store.failure = FULL;
    bench.tell('engine', 2);
    expect(() => bench.agent.doWork()).toThrow(
      new JournalFailure(
        'cannot write memory/x: no space left (ENOSPC); the journal in memory is whole up to record 2, ' +
          'the run can go on from there with --resume',
      ),
    );
    expect(bench.marks('engine').written).toBe(3);
    bench.store.failure = null;
    expect(bench.stored()).toHaveLength(3);
  });

  test('at the first segment is found before any event', () => {
    bench.store.failure = { ...FULL, operation: 'create', code: 'EACCES', reason: 'permission denied' };
    expect(() => bench.agent.flush(Date.now())).toThrow(
      new JournalFailure('cannot create memory/x: permission denied (EACCES)'),
    );
  });
});

test('the journal outlives both machines and their last events', () => {
  const stop = (worker: 'ENGINE' | 'EXECUTION') => new Heartbeat(bench.region, worker).setState('STOPPED');
  bench.tell('execution', 1);
  stop('ENGINE');
  expect(bench.agent.isDone()).toBe(false);
  stop('EXECUTION');
  expect(bench.agent.isDone()).toBe(false);
  bench.agent.doWork();
  expect(bench.agent.isDone()).toBe(true);
});
