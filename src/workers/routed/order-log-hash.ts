import { createHash } from 'node:crypto';
import {
  TAPE_CANCEL,
  TAPE_FIELDS,
  TAPE_QUERY,
  TAPE_REPORT,
  TAPE_SUBMIT,
  TAPE_VALUES_MAX,
  type TapeKind,
  type TapeSink,
} from '../../model/execution-tape.ts';

const BUFFER_BYTES = 1 << 16;
const DOUBLE_BYTES = 8;
/** Longest record: its kind and its values. */
const RECORD_BYTES_MAX = (1 + TAPE_VALUES_MAX) * DOUBLE_BYTES;
/** The one NaN of all hashes (design §3): V8 picks a bit pattern by tier. */
const NAN_HIGH = 0x7ff80000;

/**
 * The order log hash: SHA-256 over every order, cancel, query and report of a tape, in order; of each its kind and its values
 * as little-endian doubles, every NaN as 0x7ff8000000000000. Inputs and answers are not in it: they are not what was done.
 */
export class OrderLogHash implements TapeSink {
  private readonly hash = createHash('sha256');
  private readonly bytes = new Uint8Array(BUFFER_BYTES);
  private readonly view = new DataView(this.bytes.buffer);
  private at = 0;

  write(kind: TapeKind, values: Float64Array): void {
    if (!isOfOrderLog(kind)) return;
    if (this.at + RECORD_BYTES_MAX > BUFFER_BYTES) this.flush();
    this.put(kind);
    const count = TAPE_FIELDS[kind].length;
    for (let i = 0; i < count; i++) this.put(values[i]!);
  }

  /** Lower-case hex of all records so far; more may follow. */
  digest(): string {
    this.flush();
    return this.hash.copy().digest('hex');
  }

  private put(value: number): void {
    if (Number.isNaN(value)) {
      this.view.setUint32(this.at, 0, true);
      this.view.setUint32(this.at + 4, NAN_HIGH, true);
    } else this.view.setFloat64(this.at, value, true);
    this.at += DOUBLE_BYTES;
  }

  private flush(): void {
    this.hash.update(this.bytes.subarray(0, this.at));
    this.at = 0;
  }
}

/** True for the records that the order log is made of. */
export function isOfOrderLog(kind: TapeKind): boolean {
  return kind === TAPE_SUBMIT || kind === TAPE_CANCEL || kind === TAPE_QUERY || kind === TAPE_REPORT;
}
