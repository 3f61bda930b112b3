import {
  RECORD_CHECKSUM,
  RECORD_PAYLOAD,
  RECORD_PAYLOAD_BYTES,
  RECORD_PREVIOUS,
  recordBytes,
  recordChecksum,
  recordField,
  recordSequence,
  writeRecordHeader,
} from './record-layout.ts';

/** Records waiting to be written, laid out as they will stand in a segment. Memory grows to the largest batch. */
export class RecordBatch {
  /** Bytes of the records in it. */
  length = 0;
  #bytes: Uint8Array;
  #words: Int32Array;

  /** @param capacityBytes - a multiple of 8. */
  constructor(capacityBytes: number) {
    const buffer = new ArrayBuffer(capacityBytes);
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
  }

  /** Copies a payload in, which may lie in shared memory. Allocates only when the memory must grow. */
  add(kind: number, sequence: number, payload: Uint8Array): void {
    const at = this.length;
    const end = at + recordBytes(payload.length);
    if (end > this.#bytes.length) this.#grow(end);
    // The last word may hold padding, which must be zeros whatever the buffer held before.
    this.#words[(end >> 2) - 1] = 0;
    this.#words[(end >> 2) - 2] = 0;
    writeRecordHeader(this.#words, at, kind, sequence, payload.length);
    this.#bytes.set(payload, at + RECORD_PAYLOAD);
    this.length = end;
  }

  /** End of the whole records from `from` on that fit in `room` bytes; `from` itself when not one does. */
  fit(from: number, room: number): number {
    let end = from;
    while (end < this.length) {
      const next = end + recordBytes(recordField(this.#words, end, RECORD_PAYLOAD_BYTES));
      if (next - from > room) break;
      end = next;
    }
    return end;
  }

  /** End of the record at `at`. */
  endOfRecord(at: number): number {
    return at + recordBytes(recordField(this.#words, at, RECORD_PAYLOAD_BYTES));
  }

  /** Sequence of the record at `at`. */
  sequenceAt(at: number): number {
    return recordSequence(this.#words, at);
  }

  /** Chains the records of [from, to) behind a checksum; returns the last one's. */
  seal(from: number, to: number, chain: number): number {
    const words = this.#words;
    let previous = chain;
    for (let at = from; at < to; at = this.endOfRecord(at)) {
      words[(at + RECORD_PREVIOUS) >> 2] = previous;
      previous = recordChecksum(words, at, recordField(words, at, RECORD_PAYLOAD_BYTES));
      words[(at + RECORD_CHECKSUM) >> 2] = previous;
    }
    return previous;
  }

  /** View of the bytes [from, to), valid until the next add(). */
  view(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from, to);
  }

  /** Forgets the first `bytes` bytes, which end with a record. */
  drop(bytes: number): void {
    this.#bytes.copyWithin(0, bytes, this.length);
    this.length -= bytes;
  }

  #grow(leastBytes: number): void {
    let capacity = this.#bytes.length;
    while (capacity < leastBytes) capacity *= 2;
    const buffer = new ArrayBuffer(capacity);
    const bytes = new Uint8Array(buffer);
    bytes.set(this.#bytes.subarray(0, this.length));
    this.#bytes = bytes;
    this.#words = new Int32Array(buffer);
  }
}
