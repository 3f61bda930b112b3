import type { SegmentHeader } from '../../wire/segment-header.ts';
import { type CorruptionSite, JournalCorruption, type JournalRule } from './corruption.ts';
import type { JournalStore } from './journal-store.ts';
import { readPrunedMarker } from './pruned-marker.ts';
import type { RecordKind } from './record-kind.ts';
import { SegmentCursor } from './segment-cursor.ts';
import { checkIdentity, checkLinks } from './segment-links.ts';
import { listSegments, type Machine, type SegmentFileInfo, segmentName } from './segment-name.ts';
import { decodeSegmentStart, isSegmentStart, type SegmentStart, type StartFault } from './segment-start.ts';
import { findRecordBehind } from './torn-tail.ts';

/** One record as the reader shows it: a view that is refilled, valid until the next one is asked for. */
export interface JournalRecord {
  readonly kind: RecordKind;
  readonly sequence: number;
  /** 8-aligned; FRAME and SNAPSHOT: the bytes as they were. */
  readonly payload: Uint8Array;
  /** File that holds it. */
  readonly segment: string;
  /** Bytes from the start of the (decompressed) segment. */
  readonly offset: number;
}

/** A segment that was read to its end. */
export interface ReadSegment extends SegmentFileInfo {
  readonly header: SegmentHeader;
  readonly records: number;
  /** Of its last record, the sequences of a gap included; one below the first when it is empty. */
  readonly lastSequence: number;
  /** Bytes of whole records and start, decompressed. */
  readonly wholeBytes: number;
}

/** What a writer that ended in the middle of a write left behind the last whole record. */
export interface TornTail {
  readonly segment: string;
  /** Where the whole records end; 0 when the segment's very start is torn. */
  readonly offset: number;
  readonly bytes: number;
  /** Sequence that the torn record would have had. */
  readonly record: number;
  readonly detail: string;
}

/** Reads one machine's stream of records from its first segment to its last, verifying everything it passes. */
export class StreamReader {
  /** Segments read so far, the current one left out. */
  readonly segments: ReadSegment[] = [];
  /** Number of the first segment of the stream: 0, or what the last prune left. Known once reading has begun. */
  firstNumber = 0;
  /** Number of the segment due next. */
  nextNumber = 0;
  /** Sequence due next. */
  nextSequence = 0;
  /** Checksum of the last record, which the next one is chained to. */
  chain = 0;
  /** Header of the first segment read; null before. */
  header: SegmentHeader | null = null;
  /** Found at the end of the last segment; null when that ends whole. */
  torn: TornTail | null = null;
  /** Segment being read and the end of what is whole in it: where a corruption leaves the reader. */
  current: SegmentFileInfo | null = null;
  wholeBytes = 0;

  readonly #store: JournalStore;
  readonly #machine: Machine;
  readonly #files: readonly SegmentFileInfo[];
  #expected: SegmentHeader | null = null;
  /** True where the segments before the next one were passed over: its links cannot be checked. */
  #isTrusting = false;

  /** @param lastSegment - where to stop, though more may be there: a run may be writing the ones behind it. */
  constructor(store: JournalStore, machine: Machine, lastSegment = Number.POSITIVE_INFINITY) {
    this.#store = store;
    this.#machine = machine;
    this.#files = listSegments(store, machine).filter(({ number }) => number <= lastSegment);
  }

  /**
   * All records in order, from the one with sequence `from`. Segments before it are not opened: what is passed over is
   * taken on trust, the rest is verified.
   *
   * @throws JournalCorruption at the first thing that is wrong and no torn tail.
   * @throws Error when a file cannot be read.
   */
  *records(from = 0): Generator<JournalRecord, void> {
    const files = this.#filesFrom(from);
    for (const [index, file] of files.entries()) {
      if (file.number !== this.nextNumber) throw this.#missing(`the next that is there is ${file.name}`);
      this.nextNumber += 1;
      yield* this.#readSegment(file, index === files.length - 1, from);
      if (this.torn !== null) return;
    }
  }

  /** Reads everything for the sake of verifying it. @throws as {@link records} does. */
  readAll(): void {
    for (const _ of this.records());
  }

  *#readSegment(file: SegmentFileInfo, isLast: boolean, from: number): Generator<JournalRecord, void> {
    this.current = file;
    this.wholeBytes = 0;
    const bytes = this.#bytesOf(file);
    const start = this.#openSegment(file, bytes, isLast);
    if (start === null) return;
    const cursor = new SegmentCursor(bytes, start.recordsAt, start.header.firstSequence, start.digest);
    this.chain = start.digest;
    this.wholeBytes = start.recordsAt;
    let records = 0;
    for (;;) {
      const found = cursor.next();
      if (found === false) break;
      if (found !== true) {
        const behind = isLast && found.isPossiblyTorn ? findRecordBehind(bytes, cursor.offset, cursor.sequence) : 0;
        if (behind === -1) this.torn = tornAt(file, cursor.offset, bytes.length, cursor.sequence, found.detail);
        else throw corruption(file, cursor.sequence, cursor.offset, found.rule, found.detail);
        break;
      }
      records += 1;
      this.#passed(cursor);
      if (cursor.recordSequence >= from) yield viewOf(cursor, file.name);
    }
    this.segments.push({
      ...file,
      header: start.header,
      records,
      lastSequence: cursor.sequence - 1,
      wholeBytes: this.wholeBytes,
    });
    this.current = null;
  }

  #passed(cursor: SegmentCursor): void {
    this.nextSequence = cursor.sequence;
    this.chain = cursor.chain;
    this.wholeBytes = cursor.offset;
  }

  /** The segment's start, checked against the segments before; null when it is torn. */
  #openSegment(file: SegmentFileInfo, bytes: Uint8Array, isLast: boolean): SegmentStart | null {
    const start = decodeSegmentStart(bytes);
    if (!isSegmentStart(start)) {
      if (!this.#isTornStart(start, bytes, isLast)) throw corruption(file, Number.NaN, 0, start.rule, start.detail);
      this.torn = tornAt(file, 0, bytes.length, this.nextSequence, start.detail);
      return null;
    }
    this.#checkStart(file, start.header);
    this.header ??= start.header;
    this.#expected = start.header;
    this.nextSequence = start.header.firstSequence;
    return start;
  }

  #isTornStart(start: StartFault, bytes: Uint8Array, isLast: boolean): boolean {
    return isLast && start.isPossiblyTorn && findRecordBehind(bytes, 0, this.nextSequence) === -1;
  }

  #checkStart(file: SegmentFileInfo, header: SegmentHeader): void {
    const broken = checkIdentity(file, header, this.#expected);
    if (broken !== null) throw corruption(file, Number.NaN, 0, broken.rule, broken.detail);
    if (this.#isTrusting) {
      this.#isTrusting = false;
      return;
    }
    const unlinked = checkLinks(header, this.nextSequence, this.chain);
    if (unlinked !== null) throw corruption(file, this.nextSequence, 0, unlinked.rule, unlinked.detail);
  }

  /** Segments from the one that holds a sequence; sets what the first must link to. */
  #filesFrom(from: number): readonly SegmentFileInfo[] {
    const marker = readPrunedMarker(this.#store, this.#machine);
    this.firstNumber = marker?.segment ?? 0;
    this.nextNumber = this.firstNumber;
    this.nextSequence = marker?.firstSequence ?? 0;
    this.chain = marker?.previousDigest ?? 0;
    const files = this.#files.filter(({ number }) => number >= this.nextNumber);
    if (marker !== null && files.length === 0) throw this.#missing('nothing is there, a prune left it as the first');
    return from <= this.nextSequence ? files : this.#skipTo(files, from);
  }

  /** Drops the segments that end before a sequence, by the headers alone. */
  #skipTo(files: readonly SegmentFileInfo[], from: number): readonly SegmentFileInfo[] {
    for (let i = files.length - 1; i > 0; i--) {
      const start = readSegmentStart(this.#store, files[i]!.name);
      if (!isSegmentStart(start) || start.header.firstSequence > from) continue;
      this.#isTrusting = true;
      this.nextNumber = files[i]!.number;
      return files.slice(i);
    }
    return files;
  }

  #missing(detail: string): JournalCorruption {
    const segment = segmentName(this.#machine, this.nextNumber);
    const site: CorruptionSite = { segment, record: this.nextSequence, offset: 0, rule: 'missing-segment' };
    return new JournalCorruption(site, `the segment is missing: ${detail}`);
  }

  #bytesOf(file: SegmentFileInfo): Uint8Array {
    const bytes = readAligned(this.#store, file.name);
    if (bytes !== null) return bytes;
    throw corruption(file, Number.NaN, 0, 'compression', 'the compressed bytes cannot be decompressed');
  }
}

/** Enough for the start of a segment: 400 symbols and a config are a tenth of it. */
const HEAD_BYTES = 1 << 18;

/** The bytes of a file at a multiple of 8 in memory, so that words and doubles can be viewed in place. */
export function readAligned(store: JournalStore, name: string, limitBytes?: number): Uint8Array | null {
  const bytes = store.read(name, limitBytes);
  return bytes === null || bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
}

/** The start of a segment without its records; a fault when it cannot be read. */
export function readSegmentStart(store: JournalStore, name: string): SegmentStart | StartFault {
  const bytes = readAligned(store, name, HEAD_BYTES);
  if (bytes === null) return { rule: 'compression', detail: 'cannot be decompressed', isPossiblyTorn: false };
  return decodeSegmentStart(bytes);
}

function viewOf(cursor: SegmentCursor, segment: string): JournalRecord {
  const { kind, recordSequence, payload, recordOffset } = cursor;
  return { kind, sequence: recordSequence, payload, segment, offset: recordOffset };
}

function tornAt(file: SegmentFileInfo, offset: number, end: number, record: number, detail: string): TornTail {
  return { segment: file.name, offset, bytes: end - offset, record, detail };
}

function corruption(
  { name }: SegmentFileInfo,
  record: number,
  offset: number,
  rule: JournalRule,
  detail: string,
): JournalCorruption {
  const site: CorruptionSite = { segment: name, record, offset, rule };
  return new JournalCorruption(site, detail);
}
