import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import type { SegmentHeader } from '../../wire/segment-header.ts';
import { FSYNC_INTERVAL_MS, type FsyncPolicy, isSyncDue } from './fsync-policy.ts';
import { encodeGap } from './gap.ts';
import { type IoFailure, isIoFailure, type JournalStore, type SegmentFile } from './journal-store.ts';
import { RecordBatch } from './record-batch.ts';
import { RECORD_KINDS, type RecordKind } from './record-kind.ts';
import { MAX_PAYLOAD_BYTES } from './record-layout.ts';
import type { StreamIdentity } from './segment-links.ts';
import { segmentName } from './segment-name.ts';
import { digestBytes, encodeSegmentStart } from './segment-start.ts';

export const DEFAULT_SEGMENT_BYTES = 64 << 20;
const BATCH_BYTES = 1 << 20;

/** Where a writer goes on: always at the start of a segment that does not exist yet. */
export interface JournalPosition {
  readonly segment: number;
  readonly nextSequence: number;
  /** Checksum of the last record; unused when segment is 0. */
  readonly chain: number;
}

export const JOURNAL_START: JournalPosition = { segment: 0, nextSequence: 0, chain: 0 };

export interface JournalWriterOptions {
  readonly identity: StreamIdentity;
  readonly fsync: FsyncPolicy;
  /** A segment ends before the record that would pass this; one longer record has a segment of its own. */
  readonly segmentBytes?: number;
  /** From recoverStream(); default the start of a new journal. */
  readonly position?: JournalPosition;
}

/** What a flush has reached. Sequences are -1 where nothing was. */
export interface FlushResult {
  /** Every record up to here is in the file: it survives `kill -9`. */
  readonly written: number;
  /** Every record up to here survives a power loss. */
  readonly durable: number;
  /** Null, or why the disk refused; then `written` is the last good sequence. */
  readonly failure: IoFailure | null;
}

/**
 * Appends one machine's records to its segments. For one thread, the journal worker, which adds records as it takes
 * them from a ring and flushes once per turn; everything that touches the disk happens inside flush() and close().
 *
 * A record that the disk refused stays in memory and is tried again by the next flush, as nothing of it is left in the
 * file; {@link dropPending} gives it up. After a failed sync, or where a half-written record could not be cut off, the
 * writer refuses for good: what the disk then holds is for recovery to say.
 */
export class JournalWriter {
  readonly #store: JournalStore;
  readonly #identity: StreamIdentity;
  readonly #fsync: FsyncPolicy;
  readonly #segmentBytes: number;
  readonly #batch = new RecordBatch(BATCH_BYTES);
  #file: SegmentFile | null = null;
  #fileBytes = 0;
  #startBytes = 0;
  #segment: number;
  #chain: number;
  #nextSequence: number;
  #written: number;
  #durable: number;
  #oldestUnsyncedMs = 0;
  #brokenBy: IoFailure | null = null;

  constructor(store: JournalStore, options: JournalWriterOptions) {
    const { segment, nextSequence, chain } = options.position ?? JOURNAL_START;
    this.#store = store;
    this.#identity = options.identity;
    this.#fsync = options.fsync;
    this.#segmentBytes = options.segmentBytes ?? DEFAULT_SEGMENT_BYTES;
    this.#segment = segment;
    this.#chain = chain;
    this.#nextSequence = nextSequence;
    this.#written = nextSequence - 1;
    // Recovery has synced what lies before.
    this.#durable = nextSequence - 1;
  }

  /** Sequence of the next record added. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Bytes added but not written. */
  get pendingBytes(): number {
    return this.#batch.length;
  }

  /** Number of the segment that is being written, or will be first. Lower ones are closed. */
  get segment(): number {
    return this.#segment;
  }

  /**
   * Adds a record, in memory only.
   * @param payload - copied; may lie in shared memory.
   * @returns its sequence.
   * @throws RangeError when the payload is longer than 256 MiB.
   */
  add(kind: RecordKind, payload: Uint8Array): number {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new RangeError(`a payload must have at most ${MAX_PAYLOAD_BYTES} bytes, had ${payload.length}`);
    }
    return this.#add(kind, payload, 1);
  }

  /** Adds a GAP in place of `missing` sequences from the next one on. @throws RangeError when it is not 1 or more. */
  addGap(missing: number, reason: number): number {
    if (!(Number.isSafeInteger(missing) && missing >= 1)) {
      throw new RangeError(`missing must be a whole number, 1 or more, was ${missing}`);
    }
    return this.#add(RECORD_KINDS.GAP, encodeGap(missing, reason), missing);
  }

  /** Gives up what was not written: sequences go on behind the last written one. */
  dropPending(): void {
    this.#batch.length = 0;
    this.#nextSequence = this.#written + 1;
  }

  /**
   * Writes what was added, one write per segment touched, and syncs when the policy says so. Called without records it
   * makes the first segment, which tells whether the folder can be written at all, and syncs what is due.
   *
   * @param nowUnixMs - stamps new segments and measures the interval of syncs.
   */
  flush(nowUnixMs: number): FlushResult {
    const failure = this.#brokenBy ?? this.#writeAll(nowUnixMs) ?? this.#syncIfDue(nowUnixMs);
    return this.#result(failure);
  }

  /** Time at which the next sync is due, ms; Infinity when none is. For a worker about to sleep. */
  get syncDueAtMs(): number {
    const isOpen = this.#fsync !== 'never' && this.#durable < this.#written;
    return isOpen ? this.#oldestUnsyncedMs + FSYNC_INTERVAL_MS : Number.POSITIVE_INFINITY;
  }

  /** Flushes, syncs unless the policy is `never`, and closes. */
  close(nowUnixMs: number): FlushResult {
    const { failure } = this.flush(nowUnixMs);
    const last = failure ?? (this.#fsync === 'never' ? null : this.#sync());
    this.#file?.close();
    this.#file = null;
    return this.#result(last);
  }

  #add(kind: RecordKind, payload: Uint8Array, span: number): number {
    const sequence = this.#nextSequence;
    this.#batch.add(kind, sequence, payload);
    this.#nextSequence += span;
    return sequence;
  }

  #result(failure: IoFailure | null): FlushResult {
    if (failure !== null && !failure.canRetry) this.#brokenBy = failure;
    return { written: this.#written, durable: this.#durable, failure };
  }

  #writeAll(nowUnixMs: number): IoFailure | null {
    const batch = this.#batch;
    let from = 0;
    let failure = this.#ensureSegment(nowUnixMs);
    while (failure === null && from < batch.length) {
      let to = batch.fit(from, this.#segmentBytes - this.#fileBytes);
      if (to === from && this.#fileBytes === this.#startBytes) to = batch.endOfRecord(from);
      if (to === from) failure = this.#rotate(nowUnixMs);
      else {
        failure = this.#append(from, to, nowUnixMs);
        if (failure === null) from = to;
      }
    }
    batch.drop(from);
    return failure;
  }

  #append(from: number, to: number, nowUnixMs: number): IoFailure | null {
    const chain = this.#batch.seal(from, to, this.#chain);
    const failure = this.#file!.append(this.#batch.view(from, to));
    if (failure !== null) return failure;
    if (this.#durable === this.#written) this.#oldestUnsyncedMs = nowUnixMs;
    this.#written = (to === this.#batch.length ? this.#nextSequence : this.#batch.sequenceAt(to)) - 1;
    this.#chain = chain;
    this.#fileBytes += to - from;
    return null;
  }

  /** Ends the segment; its records are made durable first, so that no later record can be durable before them. */
  #rotate(nowUnixMs: number): IoFailure | null {
    const failure = this.#fsync === 'never' ? null : this.#sync();
    if (failure !== null) return failure;
    this.#file?.close();
    this.#file = null;
    this.#segment += 1;
    return this.#ensureSegment(nowUnixMs);
  }

  #ensureSegment(nowUnixMs: number): IoFailure | null {
    if (this.#file !== null) return null;
    const { bytes, digest } = encodeSegmentStart(this.#headerOf(nowUnixMs));
    const file = this.#store.create(segmentName(this.#identity.machine, this.#segment), bytes);
    if (isIoFailure(file)) return file;
    this.#file = file;
    this.#fileBytes = bytes.length;
    this.#startBytes = bytes.length;
    this.#chain = digest;
    return null;
  }

  #headerOf(nowUnixMs: number): SegmentHeader {
    const startedDay = Math.floor(nowUnixMs / MS_PER_DAY);
    return {
      ...this.#identity,
      segment: this.#segment,
      firstSequence: this.#written + 1,
      startedDay,
      startedNsOfDay: Math.round((nowUnixMs - startedDay * MS_PER_DAY) * NS_PER_MS),
      previousDigest: this.#segment === 0 ? new Uint8Array() : digestBytes(this.#chain),
    };
  }

  #syncIfDue(nowUnixMs: number): IoFailure | null {
    if (this.#durable === this.#written) return null;
    return isSyncDue(this.#fsync, this.#oldestUnsyncedMs, nowUnixMs) ? this.#sync() : null;
  }

  #sync(): IoFailure | null {
    const failure = this.#file?.sync() ?? null;
    if (failure === null) this.#durable = this.#written;
    return failure;
  }
}
