import { JournalFolder } from '../adapters/journal/journal-folder.ts';
import type { ExecutionMachinePorts } from '../exec/execution-machine.ts';
import { COUNT_ONLY } from '../exec/irregularities.ts';
import { type TapeDifference, TapeReplay } from '../exec/tape-replay.ts';
import { TapedMachine } from '../exec/taped-machine.ts';
import { BINANCE_VIP0 } from '../exec/venue/venue-account.ts';
import { REPORT_FUNDING } from '../model/execution-report.ts';
import { INTENT_FIELDS, NO_TAPE, REPORT_FIELDS, TAPE_INTENT, TAPE_REPORT } from '../model/execution-tape.ts';
import { InputError } from '../model/input-error.ts';
import { PRE_TRADE_APPROVED } from '../model/order.ts';
import type { RoutedOutcome } from '../model/routed-outcome.ts';
import { withoutExecutionStops } from '../replay/journal/execution-stops.ts';
import type { JournalStore } from '../replay/journal/journal-store.ts';
import { recordKindName } from '../replay/journal/record-kind.ts';
import type { RoutedInputs } from '../replay/journal/routed-inputs.ts';
import { decodeRunInputs } from '../replay/journal/run-inputs.ts';
import { StreamReader } from '../replay/journal/stream-reader.ts';
import { decodeTape, TAPE_RECORDS, tapeKindOf } from '../replay/journal/tape-records.ts';
import { sessionOptionsOf } from './journalled-tape.ts';
import { executionResult } from './routed/execution-result.ts';
import { OrderLogHash } from './routed/order-log-hash.ts';
import { executionSettingsOf, type RoutedSessionOptions } from './routed/routed-session-options.ts';

const INTENT_SEQUENCE = INTENT_FIELDS.indexOf('sequence');
const REPORT_KIND = REPORT_FIELDS.indexOf('kind');
const REPORT_FEE = REPORT_FIELDS.indexOf('fee');

/** What came of stepping execution again. */
export interface ExecutionReplay {
  /** Entries of the tape; those of a stop behind which the run went on are left out. */
  readonly records: number;
  /** Of the orders, cancels, queries and reports as recorded. */
  readonly orderLogHash: string;
  /** The first record that is not what the machine does, for people; null when there is none. */
  readonly difference: string | null;
  /** What the machine stepped again leaves behind; what only its venue could say of the run is not told. */
  readonly outcome: RoutedOutcome;
}

/** Asked only behind a torn end: nothing that is decided there leaves. */
const NOBODY: ExecutionMachinePorts = {
  venue: { submit: () => undefined, cancel: () => undefined, query: () => undefined },
  reports: { report: () => undefined },
  irregularities: COUNT_ONLY,
  check: { check: () => PRE_TRADE_APPROVED },
  touches: {
    readInto: (out) => {
      out.bidPx = Number.NaN;
      out.askPx = Number.NaN;
    },
  },
};

/**
 * Steps the execution machine of a routed run again from its stream alone, and compares everything that it does with what
 * the stream says that it did.
 *
 * @param dir - the journal's folder.
 * @param intentsDecided - decisions from this number on, and what came of them, are left out: an engine's replay that was stopped
 *   has not come to them. Default none.
 * @throws InputError when there is no such stream, it is none of a routed run, or it was pruned. @throws JournalCorruption
 *   when a record is not as it was written.
 */
export function replayExecution(dir: string, intentsDecided = Number.POSITIVE_INFINITY): ExecutionReplay {
  return replayTape(JournalFolder.open(dir), intentsDecided);
}

/** The same of any store. */
export function replayTape(store: JournalStore, intentsDecided = Number.POSITIVE_INFINITY): ExecutionReplay {
  const reader = new StreamReader(store, 'EXECUTION');
  const hash = new OrderLogHash();
  /** Sequences of the records, as the replay counts only entries. */
  const sequences: number[] = [];
  let funding = 0;
  let stepped: SteppedAgain | null = null;
  for (const record of withoutExecutionStops(reader.records(), true)) {
    stepped ??= new SteppedAgain(reader, store);
    const kind = tapeKindOf(record.kind);
    if (kind === null) continue;
    const values = decodeTape(kind, record.payload);
    if (kind === TAPE_INTENT && values[INTENT_SEQUENCE]! >= intentsDecided) break;
    sequences.push(record.sequence);
    hash.write(kind, values);
    stepped.tape.write(kind, values);
    if (kind === TAPE_REPORT && values[REPORT_KIND] === REPORT_FUNDING) funding += values[REPORT_FEE]!;
  }
  stepped ??= new SteppedAgain(reader, store);
  const { records, difference } = stepped.tape.finish();
  const orderLogHash = hash.digest();
  return {
    records,
    orderLogHash,
    difference: difference === null ? null : differenceText(difference, sequences),
    outcome: { ...stepped.outcome(), orderLogHash, funding },
  };
}

/** The machine of a stream, and the tape that drives it. */
class SteppedAgain {
  readonly tape: TapeReplay;
  private readonly taped: TapedMachine;
  private readonly options: RoutedSessionOptions;

  constructor(reader: StreamReader, store: JournalStore) {
    this.options = sessionOptionsOf(routedOf(reader, store));
    this.taped = machineOf(this.options);
    this.tape = new TapeReplay(this.taped);
  }

  outcome(): Omit<RoutedOutcome, 'orderLogHash' | 'funding'> {
    const { venue, seed, instruments } = this.options;
    const execution = executionResult(this.taped.machine);
    return { venue, seed, feeSchedule: BINANCE_VIP0.name, execution, instruments, warnings: [] };
  }
}

function routedInputsOf({ header }: StreamReader): RoutedInputs | undefined {
  return header === null ? undefined : decodeRunInputs(header.configJson).routed;
}

function routedOf(reader: StreamReader, { path }: JournalStore): RoutedInputs {
  const routed = routedInputsOf(reader);
  if (routed === undefined)
    throw new InputError(`journal must have the execution stream of a routed run, ${path} has none`);
  if (reader.firstNumber > 0) {
    throw new InputError(`execution's stream must begin with its first segment, the one in ${path} was pruned`);
  }
  return routed;
}

function machineOf(options: RoutedSessionOptions): TapedMachine {
  const settings = executionSettingsOf(options);
  const { runEpoch, instruments } = options;
  return new TapedMachine({ runEpoch, settings, instruments }, NOBODY, NO_TAPE);
}

function differenceText({ record, kind, field, expected, got }: TapeDifference, sequences: readonly number[]): string {
  const sequence = sequences[record];
  const place = sequence === undefined ? 'behind the last record' : `record ${sequence}`;
  if (field === 'kind') return `${place}: recorded ${nameOf(expected)}, replayed ${nameOf(got)}`;
  return `${place}, ${nameOf(kind)} ${field}: recorded ${expected}, replayed ${got}`;
}

function nameOf(kind: number): string {
  const recordKind = TAPE_RECORDS[kind as keyof typeof TAPE_RECORDS];
  return recordKind === undefined ? 'nothing' : recordKindName(recordKind);
}
