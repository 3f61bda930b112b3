import {
  ABANDON_ALL,
  TAPE_ABANDON,
  TAPE_ADVANCE,
  TAPE_FIELDS,
  TAPE_INTENT,
  type TapeKind,
} from '../model/execution-tape.ts';
import { JournalCorruption } from '../replay/journal/corruption.ts';
import { firstDifference } from '../replay/journal/record-fields.ts';
import { RECORD_KINDS, type RecordKind, recordKindName } from '../replay/journal/record-kind.ts';
import type { JournalRecord } from '../replay/journal/stream-reader.ts';
import { decodeTape, TAPE_RECORDS } from '../replay/journal/tape-records.ts';
import type { ExecutionTape } from './execution-events.ts';

/**
 * The tape of an execution machine that runs again what its journal tells of. Each entry is compared with the record on
 * disk and not written twice; where the records end, in the middle of an input as it may be, the rest is written. A stop
 * meanwhile writes nothing: the stream says already how far the run has come.
 */
export class CatchUpTape implements ExecutionTape {
  private readonly records: Iterator<JournalRecord>;
  private readonly onwards: ExecutionTape;
  private next: JournalRecord | null;
  /** An entry that is not as recorded: the begin of a stop, or the proof of another run. */
  private doubt: JournalCorruption | null = null;
  private isStopping = false;

  /**
   * @param records - execution's stream from its first record, without stops behind which the run went on.
   * @param onwards - takes what comes behind them.
   */
  constructor(records: Iterator<JournalRecord>, onwards: ExecutionTape) {
    this.records = records;
    this.onwards = onwards;
    this.next = this.advance();
  }

  /** True while what is told is on disk already. */
  get isCatchingUp(): boolean {
    return this.next !== null;
  }

  /** @throws JournalCorruption when the journal has another entry. */
  write(kind: TapeKind, values: Float64Array): void {
    if (this.next === null) this.onwards.write(kind, values);
    else this.compare(this.next, kind, values);
  }

  flush(): void {
    if (this.next === null) this.onwards.flush();
  }

  end(): void {
    if (this.next === null) this.onwards.end();
    else if (this.next.kind === RECORD_KINDS.END) this.next = this.advance();
  }

  private compare(record: JournalRecord, kind: TapeKind, values: Float64Array): void {
    const isAbandon = kind === TAPE_ABANDON && values[0] === ABANDON_ALL;
    if (this.doubt === null) {
      const difference = tapeDifference(record, kind, values);
      if (difference === null) this.next = this.advance();
      // The time to which a stop comes stands in front of it.
      else if (isAbandon || kind === TAPE_ADVANCE) this.doubt = difference;
      else throw difference;
    } else if (kind === TAPE_INTENT || !(isAbandon || this.isStopping)) throw this.doubt;
    this.isStopping = this.doubt !== null && (isAbandon || this.isStopping);
  }

  private advance(): JournalRecord | null {
    const { value, done } = this.records.next();
    return done === true ? null : (value as JournalRecord);
  }
}

/** Says in which record, and in which field of it, a journal has another entry; null when it has this one. */
export function tapeDifference(record: JournalRecord, kind: TapeKind, values: Float64Array): JournalCorruption | null {
  const recordKind: RecordKind = TAPE_RECORDS[kind];
  const name = recordKindName(recordKind);
  if (record.kind !== recordKind) {
    return otherwise(record, `is ${recordKindName(record.kind)}, its machine does ${name}`);
  }
  const difference = firstDifference<readonly string[]>(TAPE_FIELDS[kind], decodeTape(kind, record.payload), values);
  if (difference === null) return null;
  return otherwise(record, `${name} has ${difference.field} ${difference.a}, its machine comes to ${difference.b}`);
}

function otherwise({ segment, sequence, offset }: JournalRecord, detail: string): JournalCorruption {
  return new JournalCorruption({ segment, record: sequence, offset, rule: 'replay' }, `the record ${detail}`);
}
