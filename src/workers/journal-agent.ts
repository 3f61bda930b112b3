import { MS_PER_DAY, NS_PER_MS } from '../model/time.ts';
import { gapReason, gapSpan } from '../replay/journal/gap.ts';
import { describeIoFailure, type JournalStore } from '../replay/journal/journal-store.ts';
import { type FlushResult, JournalWriter, type JournalWriterOptions } from '../replay/journal/journal-writer.ts';
import { encodeSnapshot } from '../replay/journal/payloads.ts';
import { RECORD_KINDS, type RecordKind } from '../replay/journal/record-kind.ts';
import { EventRingConsumer } from '../shm/event-ring.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import type { StreamName, WorkerName } from '../shm/layout.ts';
import type { Region } from '../shm/region.ts';
import { StageHistogram } from '../shm/stage-histogram.ts';
import { WatermarkWriter } from '../shm/watermarks.ts';
import type { Agent } from './duty-cycle.ts';
import { monotonicNs } from './monotonic-clock.ts';

/** Bytes taken from a ring before they are written: a watermark moves at least this often. */
const FLUSH_BYTES = 1 << 20;
/** Stamps of one flush that are measured; a batch of more is a backlog, whose first ones tell enough. */
const MAX_STAMPS = 4096;

/** The state behind a record of the engine's stream, as the shadow has proved it. */
export interface ProvedSnapshot {
  readonly throughSequence: number;
  readonly state: Uint8Array;
}

/** The disk refused what a run has to keep. */
export class JournalFailure extends Error {
  override readonly name = 'JournalFailure';
}

export interface StreamJournalOptions {
  readonly stream: StreamName;
  readonly writer: JournalWriterOptions;
  /** Told of each segment that nobody writes any more. */
  onSegmentClosed(segment: number): void;
}

/** One machine's events on their way to its segments. */
class StreamJournal {
  private readonly ring: EventRingConsumer;
  private readonly writer: JournalWriter;
  private readonly watermark: WatermarkWriter;
  private readonly stage: StageHistogram;
  private readonly storePath: string;
  private readonly onSegmentClosed: (segment: number) => void;
  private readonly stamps = new Float64Array(MAX_STAMPS);
  private stampCount = 0;
  private segment: number;
  /** Flushes whose records are not durable yet: last record of each, and the events covered by it. */
  private readonly unsynced: { record: number; events: number }[] = [];
  private durableEvents = 0;
  private readonly isSyncing: boolean;

  constructor(region: Region, store: JournalStore, { stream, writer, onSegmentClosed }: StreamJournalOptions) {
    this.ring = new EventRingConsumer(region, stream);
    this.writer = new JournalWriter(store, writer);
    this.watermark = new WatermarkWriter(region, stream);
    this.stage = new StageHistogram(region, 'journal');
    this.isSyncing = writer.fsync !== 'never';
    this.storePath = store.path;
    this.onSegmentClosed = onSegmentClosed;
    this.segment = this.writer.segment;
  }

  get hasEvents(): boolean {
    return this.ring.isDataReady();
  }

  /** Sequence of the last record; -1 before the first. */
  get lastSequence(): number {
    return this.writer.nextSequence - 1;
  }

  get syncDueAtMs(): number {
    return this.writer.syncDueAtMs;
  }

  /** Number of the segment that is being written. */
  get segmentNumber(): number {
    return this.writer.segment;
  }

  /** Takes events into memory, as many as one flush shall write; their number. */
  drain(nowUnixMs: number): number {
    const { ring } = this;
    let taken = 0;
    while (this.writer.pendingBytes < FLUSH_BYTES && ring.poll()) {
      this.add(ring.kind as RecordKind, ring.payload(), nowUnixMs);
      if (ring.stampNs > 0 && this.stampCount < MAX_STAMPS) this.stamps[this.stampCount++] = ring.stampNs;
      taken++;
    }
    if (taken > 0) ring.release();
    return taken;
  }

  addSnapshot({ throughSequence, state }: ProvedSnapshot, nowUnixMs: number): void {
    this.writer.add(RECORD_KINDS.SNAPSHOT, encodeSnapshot({ throughSequence, ...timeOf(nowUnixMs) }, state));
  }

  /** Writes what was taken and moves the watermarks. @throws JournalFailure when the disk refuses. */
  flush(nowUnixMs: number): void {
    this.advance(this.writer.flush(nowUnixMs));
    this.measure();
    this.tellClosed();
  }

  /** Writes, syncs and closes. @throws JournalFailure when the disk refuses. */
  close(nowUnixMs: number): void {
    this.advance(this.writer.close(nowUnixMs));
    this.tellClosed();
  }

  private tellClosed(): void {
    for (; this.segment < this.writer.segment; this.segment++) this.onSegmentClosed(this.segment);
  }

  private add(kind: RecordKind, payload: Uint8Array, nowUnixMs: number): void {
    if (kind === RECORD_KINDS.GAP) {
      const copy = payload.slice();
      this.writer.addGap(gapSpan(copy), gapReason(copy));
    } else if (kind === RECORD_KINDS.SNAPSHOT) {
      // The machine writes one behind a gap: the state behind everything before it.
      this.addSnapshot({ throughSequence: this.lastSequence, state: payload }, nowUnixMs);
    } else this.writer.add(kind, payload);
  }

  private advance({ written, durable, failure }: FlushResult): void {
    if (failure !== null) {
      const kept = `the journal in ${this.storePath} is whole up to record ${written}`;
      const hint = written < 0 ? '' : `; ${kept}, the run can go on from there with --resume`;
      throw new JournalFailure(describeIoFailure(failure) + hint);
    }
    const events = this.ring.polled;
    if (this.isSyncing) this.unsynced.push({ record: written, events });
    while (this.unsynced.length > 0 && this.unsynced[0]!.record <= durable) {
      this.durableEvents = this.unsynced.shift()!.events;
    }
    this.watermark.advance(events, this.durableEvents);
  }

  private measure(): void {
    if (this.stampCount === 0) return;
    const nowNs = monotonicNs();
    for (let i = 0; i < this.stampCount; i++) this.stage.record(nowNs - this.stamps[i]!);
    this.stampCount = 0;
  }
}

/** The journal worker's job: events from both machines' rings to their segments, watermarks behind them. */
export class JournalAgent implements Agent {
  private readonly region: Region;
  private readonly engine: StreamJournal;
  private readonly execution: StreamJournal;
  private readonly takeSnapshot: () => ProvedSnapshot | null;

  /** @param takeSnapshot - the next state that the shadow has proved, or null; asked once per cycle. */
  constructor(
    region: Region,
    store: JournalStore,
    engine: StreamJournalOptions,
    execution: StreamJournalOptions,
    takeSnapshot: () => ProvedSnapshot | null,
  ) {
    this.region = region;
    this.engine = new StreamJournal(region, store, engine);
    this.execution = new StreamJournal(region, store, execution);
    this.takeSnapshot = takeSnapshot;
  }

  /** For the idle strategy. */
  readonly isReady = (): boolean => this.engine.hasEvents || this.execution.hasEvents || this.isDone();

  /** @throws JournalFailure when the disk refuses. */
  doWork(): number {
    const nowUnixMs = Date.now();
    const taken = this.engine.drain(nowUnixMs) + this.execution.drain(nowUnixMs);
    const snapshot = this.takeSnapshot();
    if (snapshot !== null) this.engine.addSnapshot(snapshot, nowUnixMs);
    if (taken > 0 || snapshot !== null || this.syncDueAtMs <= nowUnixMs) this.flush(nowUnixMs);
    return taken;
  }

  /** Makes the first segments, which tells whether the folder can be written at all. */
  flush(nowUnixMs: number): void {
    this.engine.flush(nowUnixMs);
    this.execution.flush(nowUnixMs);
  }

  /** Unix ms at which something written is due to be made durable; Infinity when nothing is. */
  get syncDueAtMs(): number {
    return Math.min(this.engine.syncDueAtMs, this.execution.syncDueAtMs);
  }

  /** Sequence of the last record of each stream; -1 for none. */
  get lastSequences(): { engine: number; execution: number } {
    return { engine: this.engine.lastSequence, execution: this.execution.lastSequence };
  }

  /** Number of the engine's last segment. */
  get lastSegment(): number {
    return this.engine.segmentNumber;
  }

  /** Outlives both machines: their last events are still to be written. */
  isDone(): boolean {
    return this.hasEnded('ENGINE') && this.hasEnded('EXECUTION') && !this.engine.hasEvents && !this.execution.hasEvents;
  }

  close(nowUnixMs: number): void {
    this.engine.close(nowUnixMs);
    this.execution.close(nowUnixMs);
  }

  private hasEnded(worker: WorkerName): boolean {
    const state = readWorkerState(this.region, worker);
    return state === 'STOPPED' || state === 'FAILED';
  }
}

function timeOf(unixMs: number): { savedDay: number; savedNsOfDay: number } {
  const savedDay = Math.floor(unixMs / MS_PER_DAY);
  return { savedDay, savedNsOfDay: (unixMs - savedDay * MS_PER_DAY) * NS_PER_MS };
}
