import type { AcbUpdate, PostureUpdate } from '../engine/live-cells.ts';
import type { DayResult } from '../model/day-result.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import { INTENT_FIELDS, REPORT_FIELDS } from '../model/execution-tape.ts';
import { FLAG_INTERRUPTED, FRAME_END, type FrameView } from '../model/frame.ts';
import type { Intent } from '../model/intent.ts';
import { decodeStep } from '../replay/journal/payloads.ts';
import { doublesOf, type Fields } from '../replay/journal/record-fields.ts';
import { RECORD_KINDS, type RecordKind, recordKindName } from '../replay/journal/record-kind.ts';
import type { JournalRecord } from '../replay/journal/stream-reader.ts';
import type { CommandRecord } from '../shm/records/command.ts';
import type { EngineEvents, StepOutcome } from './engine-events.ts';

/** A machine that went on from a journal decided otherwise than the journal says. */
export class RecoveryMismatch extends Error {
  override readonly name = 'RecoveryMismatch';
}

/** Number of an event that is on disk already: every watermark covers it. */
const WRITTEN_BEFORE = -1;

/**
 * The events of a machine that steps again what its journal tells of. Each is compared with the record on disk and not
 * written twice; where the records end, in the middle of a step as it may be, what is missing is written and the run goes
 * on.
 */
export class CatchUpEvents implements EngineEvents {
  private readonly records: Iterator<JournalRecord>;
  private readonly onwards: EngineEvents;
  private next: JournalRecord | null;
  /** A report that is not as recorded: of a stop in the middle of the catching up, or the proof of another run. */
  private doubt: RecoveryMismatch | null = null;
  /** A stop ended the catching up: the stream says already how far the run has come. */
  private isCut = false;

  /**
   * @param records - the engine's stream behind the state that the machine has now.
   * @param onwards - takes the events behind them.
   */
  constructor(records: Iterator<JournalRecord>, onwards: EngineEvents) {
    this.records = records;
    this.onwards = onwards;
    this.next = this.advance();
  }

  get isCatchingUp(): boolean {
    return this.next !== null;
  }

  /** @throws RecoveryMismatch when a report in front of it was another one. */
  frame(frame: FrameView, slotOffset: number): boolean {
    if (this.next === null) return this.onwards.frame(frame, slotOffset);
    this.isCut = frame.kind === FRAME_END && (frame.flags & FLAG_INTERRUPTED) !== 0;
    if (this.isCut) return true;
    if (this.doubt !== null) throw this.doubt;
    this.consume(RECORD_KINDS.FRAME);
    return true;
  }

  acbTaken(update: AcbUpdate): void {
    if (this.next === null) this.onwards.acbTaken(update);
    else if (!this.isCut) this.consume(RECORD_KINDS.CELLS);
  }

  postureTaken(update: PostureUpdate): void {
    if (this.next === null) this.onwards.postureTaken(update);
    else if (!this.isCut) this.consume(RECORD_KINDS.CELLS);
  }

  /** Another one than the journal has is a mismatch once its frame comes: in front of a stop it is none. */
  report(report: ExecutionReport): void {
    if (this.next === null) this.onwards.report(report);
    else if (this.doubt === null) this.doubt = this.compareReport(report);
  }

  /** @throws RecoveryMismatch when the journal has another decision. */
  intent(intent: Intent): number {
    if (this.next === null) return this.onwards.intent(intent);
    if (this.isCut || this.doubt !== null) return WRITTEN_BEFORE;
    const record = this.consume(RECORD_KINDS.INTENT);
    const difference = differenceOf(record, INTENT_FIELDS, intent);
    if (difference !== null) throw difference;
    return WRITTEN_BEFORE;
  }

  command(command: CommandRecord): void {
    if (this.next === null) this.onwards.command(command);
    else if (!this.isCut) this.consume(RECORD_KINDS.COMMAND);
  }

  dayEnd(day: number, result: DayResult, stateHash: () => Uint8Array): void {
    if (this.next === null) {
      this.onwards.dayEnd(day, result, stateHash);
      return;
    }
    if (this.isCut) return;
    const record = this.consume(RECORD_KINDS.DAY_END);
    const said = Buffer.from(record.payload.subarray(-32)).toString('hex');
    const here = Buffer.from(stateHash()).toString('hex');
    if (said !== here) throw mismatch(record, `state ${said}`, `state ${here}`);
  }

  /** @throws RecoveryMismatch when the journal tells of another number of intents or bars. */
  step(outcome: StepOutcome, stamps: Float64Array, decided: number): void {
    if (this.next === null) {
      this.onwards.step(outcome, stamps, decided);
      return;
    }
    const record = this.consume(RECORD_KINDS.STEP);
    const said = decodeStep(record.payload);
    if (said.intents !== outcome.intents || said.lifetimeBar !== outcome.lifetimeBar) {
      const here = `${outcome.intents} intents at bar ${outcome.lifetimeBar}`;
      throw mismatch(record, `${said.intents} intents at bar ${said.lifetimeBar}`, here);
    }
  }

  end(reason: number, stateHash: () => Uint8Array): void {
    if (this.next === null) this.onwards.end(reason, stateHash);
    else if (!this.isCut) this.consume(RECORD_KINDS.END);
  }

  publish(): void {
    this.onwards.publish();
  }

  /** What is stepped again is on disk already. */
  get committed(): number {
    return this.onwards.committed;
  }

  private compareReport(report: ExecutionReport): RecoveryMismatch | null {
    const record = this.next as JournalRecord;
    if (record.kind !== RECORD_KINDS.REPORT) return mismatch(record, recordKindName(record.kind), 'REPORT');
    return differenceOf(this.consume(RECORD_KINDS.REPORT), REPORT_FIELDS, report);
  }

  private consume(kind: RecordKind): JournalRecord {
    const record = this.next as JournalRecord;
    if (record.kind !== kind) throw mismatch(record, recordKindName(record.kind), recordKindName(kind));
    const copy = { ...record, payload: record.payload.slice() };
    this.next = this.advance();
    return copy;
  }

  /** States that the journal's own thread put in are no events of the machine. */
  private advance(): JournalRecord | null {
    for (;;) {
      const { value, done } = this.records.next();
      if (done === true) return null;
      if ((value as JournalRecord).kind !== RECORD_KINDS.SNAPSHOT) return value as JournalRecord;
    }
  }
}

/** Names the first field that is not as recorded; null when there is none. */
function differenceOf<T extends readonly string[]>(
  record: JournalRecord,
  names: T,
  here: Readonly<Fields<T>>,
): RecoveryMismatch | null {
  const said = doublesOf(record.payload);
  for (const [i, name] of names.entries()) {
    const value = here[name as T[number]];
    if (!Object.is(said[i], value)) return mismatch(record, `${name} ${said[i]}`, `${name} ${value}`);
  }
  return null;
}

function mismatch({ segment, sequence }: JournalRecord, said: string, here: string): RecoveryMismatch {
  return new RecoveryMismatch(
    `recovery does not come to the journal's decisions: record ${sequence} (${segment}) has ${said}, this run ${here}`,
  );
}
