import type { JournalRule } from './corruption.ts';
import { gapSpan } from './gap.ts';
import { isRecordKind, LAST_KIND, RECORD_KINDS, type RecordKind } from './record-kind.ts';
import {
  MAX_PAYLOAD_BYTES,
  RECORD_CHECKSUM,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  RECORD_PAYLOAD,
  RECORD_PAYLOAD_BYTES,
  RECORD_PREVIOUS,
  recordBytes,
  recordChecksum,
  recordField,
  recordSequence,
} from './record-layout.ts';
import { hex, wordsOf } from './segment-start.ts';

/** Why there is no valid record at an offset. */
export interface RecordFault {
  readonly rule: JournalRule;
  readonly detail: string;
  /** True when a write that was cut short can have left this: the record is not whole in itself. */
  readonly isPossiblyTorn: boolean;
}

/** Walks through the records of one segment, verifying each. */
export class SegmentCursor {
  /** Offset of the next record, and after the last valid one the offset behind it. */
  offset: number;
  /** Sequence that the next record must have. */
  sequence: number;
  /** Checksum of the record before. */
  chain: number;
  /** Of the record that next() found. */
  kind: RecordKind = RECORD_KINDS.END;
  recordOffset = 0;
  recordSequence = 0;
  /** View into the segment; 8-aligned. */
  payload: Uint8Array;

  readonly bytes: Uint8Array;
  readonly words: Int32Array;

  /** @param bytes - the whole segment, 8-aligned in memory. */
  constructor(bytes: Uint8Array, offset: number, sequence: number, chain: number) {
    this.bytes = bytes;
    this.words = wordsOf(bytes);
    this.payload = bytes.subarray(0, 0);
    this.offset = offset;
    this.sequence = sequence;
    this.chain = chain;
  }

  /** Moves to the next record: true; false at the segment's end; a fault leaves the cursor where it is. */
  next(): boolean | RecordFault {
    const { offset, words } = this;
    if (offset === this.bytes.length) return false;
    const fault = wholenessFault(this.bytes, words, offset) ?? this.#placeFault();
    if (fault !== null) return fault;
    const payloadBytes = recordField(words, offset, RECORD_PAYLOAD_BYTES);
    this.kind = recordField(words, offset, RECORD_KIND) as RecordKind;
    this.payload = this.bytes.subarray(offset + RECORD_PAYLOAD, offset + RECORD_PAYLOAD + payloadBytes);
    const span = this.kind === RECORD_KINDS.GAP ? gapSpan(this.payload) : 1;
    if (Number.isNaN(span))
      return { rule: 'gap', detail: 'a gap must stand for 1 or more sequences', isPossiblyTorn: false };
    this.recordOffset = offset;
    this.recordSequence = this.sequence;
    this.chain = recordField(words, offset, RECORD_CHECKSUM);
    this.sequence += span;
    this.offset = offset + recordBytes(payloadBytes);
    return true;
  }

  /** A record that is whole in itself but does not belong here. */
  #placeFault(): RecordFault | null {
    const found = recordSequence(this.words, this.offset);
    if (found !== this.sequence) {
      const detail =
        found > this.sequence
          ? `records ${this.sequence} to ${found - 1} are missing, the next is ${found}`
          : `record ${found} is repeated or out of place, ${this.sequence} is due`;
      return { rule: 'sequence', detail, isPossiblyTorn: false };
    }
    const previous = recordField(this.words, this.offset, RECORD_PREVIOUS);
    if (previous === this.chain) return null;
    const detail = `it follows a record of checksum ${hex(previous)}, the one before it has ${hex(this.chain)}`;
    return { rule: 'chain', detail, isPossiblyTorn: false };
  }
}

/** Why the record at `offset` is not whole in itself; null when it is, wherever it belongs. */
export function wholenessFault(bytes: Uint8Array, words: Int32Array, offset: number): RecordFault | null {
  const left = bytes.length - offset;
  if (left < RECORD_HEADER_BYTES) {
    return torn('incomplete', `a record begins with ${RECORD_HEADER_BYTES} bytes, ${left} are there`);
  }
  const payloadBytes = recordField(words, offset, RECORD_PAYLOAD_BYTES);
  if (payloadBytes > MAX_PAYLOAD_BYTES) {
    return torn('length', `a payload has at most ${MAX_PAYLOAD_BYTES} bytes, this one says ${payloadBytes}`);
  }
  if (recordBytes(payloadBytes) > left) {
    return torn('incomplete', `the record says that it has ${recordBytes(payloadBytes)} bytes, ${left} are there`);
  }
  const kind = recordField(words, offset, RECORD_KIND);
  if (!isRecordKind(kind)) return torn('kind', `kind must be 1 to ${LAST_KIND}, was ${kind}`);
  const said = recordField(words, offset, RECORD_CHECKSUM);
  const found = recordChecksum(words, offset, payloadBytes);
  return found === said ? null : torn('checksum', `the checksum of the bytes is ${hex(found)}, it says ${hex(said)}`);
}

function torn(rule: JournalRule, detail: string): RecordFault {
  return { rule, detail, isPossiblyTorn: true };
}
