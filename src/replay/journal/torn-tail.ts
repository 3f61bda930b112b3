import { isRecordKind } from './record-kind.ts';
import {
  RECORD_ALIGN_BYTES,
  RECORD_CHECKSUM,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  RECORD_PAYLOAD_BYTES,
  RECORD_PREVIOUS,
  recordBytes,
  recordChecksum,
  recordField,
  recordSequence,
} from './record-layout.ts';
import { wholenessFault } from './segment-cursor.ts';
import { wordsOf } from './segment-start.ts';

/**
 * Whether a broken record is a torn tail: a writer appends, so whatever it was writing when it ended has nothing behind
 * it. Something behind it proves that the broken record was once whole and has been changed since.
 *
 * Proof is a whole record of this or a later sequence, or the cut-off start of the record that follows the broken one,
 * known by the checksum that it carries.
 *
 * @param sequence - that the broken record should have.
 * @returns byte offset of the proof, or -1: the tail is torn.
 */
export function findRecordBehind(bytes: Uint8Array, brokenAt: number, sequence: number): number {
  const words = wordsOf(bytes);
  const last = bytes.length - RECORD_HEADER_BYTES;
  for (let at = brokenAt + RECORD_ALIGN_BYTES; at <= last; at += RECORD_ALIGN_BYTES) {
    if (!isRecordKind(recordField(words, at, RECORD_KIND)) || !(recordSequence(words, at) >= sequence)) continue;
    if (wholenessFault(bytes, words, at) === null || isNextOf(words, brokenAt, at, sequence, bytes.length)) return at;
  }
  return -1;
}

/** Records that can still be read behind an offset, whatever lies between them. */
export function countReadableRecords(bytes: Uint8Array, from: number): number {
  const words = wordsOf(bytes);
  let count = 0;
  let at = from;
  while (at <= bytes.length - RECORD_HEADER_BYTES) {
    const isWhole = wholenessFault(bytes, words, at) === null;
    if (isWhole) count += 1;
    at += isWhole ? recordBytes(recordField(words, at, RECORD_PAYLOAD_BYTES)) : RECORD_ALIGN_BYTES;
  }
  return count;
}

/**
 * True when the header at `at` is the cut-off record behind the broken one: it carries the broken one's checksum, as
 * stored or, where that field is what broke, as its bytes give it.
 */
function isNextOf(words: Int32Array, brokenAt: number, at: number, sequence: number, end: number): boolean {
  if (recordSequence(words, at) <= sequence) return false;
  const previous = recordField(words, at, RECORD_PREVIOUS);
  if (previous === recordField(words, brokenAt, RECORD_CHECKSUM)) return true;
  const payloadBytes = recordField(words, brokenAt, RECORD_PAYLOAD_BYTES);
  const isFramed = payloadBytes < end && brokenAt + recordBytes(payloadBytes) === at;
  return isFramed && previous === recordChecksum(words, brokenAt, payloadBytes);
}
