import type { ExecutionReport } from '../../model/execution-report.ts';
import type { CommandRecord } from '../../shm/records/command.ts';
import type { decodeDayEnd, decodeEnd, SnapshotHead, StepRecord } from './payloads.ts';

/** A frame that the machine took, and everything that came of it. */
export interface FrameItem {
  readonly kind: 'frame';
  /** Of the FRAME record. */
  readonly sequence: number;
  /** Of the last record that belongs to it. */
  lastSequence: number;
  /** Payload of the FRAME record: {@link readFramePayload}. */
  readonly frame: Uint8Array;
  /** Payload of the CELLS record; null when nothing was taken. */
  cells: Uint8Array | null;
  /** Payloads of the INTENT records, in order. */
  readonly intents: Uint8Array[];
  readonly dayEnds: ReturnType<typeof decodeDayEnd>[];
  /** Null for a book and an end, which have none, and for a group that was cut off. */
  step: StepRecord | null;
  /** False when the records may end within it: more could have come of it. */
  readonly isWhole: boolean;
}

/** An input between two frames, and the decisions that came of it. */
interface Told {
  readonly sequence: number;
  /** Of the last record that belongs to it. */
  lastSequence: number;
  /** Payloads of the INTENT records, in order. */
  readonly intents: Uint8Array[];
  /** As of a frame. */
  readonly isWhole: boolean;
}

/** An order of the operator that the machine obeyed. */
export interface CommandItem extends Told {
  readonly kind: 'command';
  readonly command: CommandRecord;
}

/** A report of execution that the machine took, in front of the frame that it belongs to. */
export interface ReportItem extends Told {
  readonly kind: 'report';
  readonly report: ExecutionReport;
}

/** An input, with all that belongs to it. */
export type InputItem = FrameItem | CommandItem | ReportItem;

/** An input, or a record that stands for itself. */
export type JournalItem =
  | InputItem
  | {
      readonly kind: 'gap';
      readonly sequence: number;
      /** Last of the sequences that are missing. */
      readonly lastSequence: number;
      readonly missing: number;
      readonly reason: number;
    }
  | {
      readonly kind: 'snapshot';
      readonly sequence: number;
      readonly lastSequence: number;
      readonly head: SnapshotHead;
      readonly state: Uint8Array;
    }
  | {
      readonly kind: 'end';
      readonly sequence: number;
      readonly lastSequence: number;
      readonly end: ReturnType<typeof decodeEnd>;
    }
  /** What came of an input that is not there: it lies in a gap, or the stream is none of an engine's. */
  | { readonly kind: 'orphan'; readonly sequence: number; readonly lastSequence: number; readonly isStep: boolean };
