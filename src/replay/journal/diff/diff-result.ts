import { FRAME_END } from '../../../model/frame.ts';
import type { NamedDecision } from './compare-decisions.ts';
import type { FieldDifference } from './compare-inputs.ts';
import type { SettingDifference } from './compare-settings.ts';
import type { StreamTally } from './frame-steps.ts';

/** One of two things, for each journal. */
export interface Both<T> {
  readonly a: T;
  readonly b: T;
}

/** Where a frame stands. Null where the journal does not have it. */
export interface StepPlace {
  readonly frameSequence: Both<number | null>;
  /** Of the FRAME record. */
  readonly record: Both<number | null>;
  /** Lifetime index of the bar; null of a book, and where the step is not recorded. */
  readonly bar: Both<number | null>;
  /** SCAN, BAR, BOOK or END, by its code in model/frame.ts. */
  readonly kind: number;
  /** Venue time. */
  readonly day: number;
  readonly nsOfDay: number;
}

/** The first input in which two journals differ; `field` is null where one of them lacks the frame. */
export interface InputDifference extends StepPlace {
  readonly difference: FieldDifference | null;
}

/** The first frame on which something else was decided, with what the decision was made from. */
export interface DecisionDifference extends StepPlace {
  readonly decisions: Both<readonly NamedDecision[]>;
  /** The scan's global divergence; NaN when missing. */
  readonly velDiv: Both<number>;
  /** Of each asset that was decided on. */
  readonly prices: readonly (Both<number> & { readonly asset: string })[];
  /** By the posture table of each run. */
  readonly posture: Both<{ readonly posture: string; readonly rm: number }>;
  /** First differing input of this very frame; null when its inputs are the same: the cause lies before it. */
  readonly input: FieldDifference | null;
}

/** Where a stream ends. */
export interface StreamEnding {
  readonly frames: number;
  /** Venue time of the last frame; null when there is none. */
  readonly last: StreamTally['last'];
  /** Records missing in gaps. */
  readonly missing: number;
  /** Code of the END record; null when the stream has none. */
  readonly reason: number | null;
  readonly stateHash: Uint8Array;
  /** What is wrong with a torn tail; null when the stream ends whole. */
  readonly torn: string | null;
}

export interface DiffCounts {
  /** Frames that both have. */
  readonly frames: number;
  /** Frames of both with an input that differs. */
  readonly inputs: number;
  readonly onlyInA: number;
  readonly onlyInB: number;
  /** Frames on which something else was decided. */
  readonly decisions: number;
  /** Ends of days with other bars, trades or state. */
  readonly dayEnds: number;
}

/** How two journals of an engine differ. */
export interface JournalDiff {
  readonly isEqual: boolean;
  readonly settings: readonly SettingDifference[];
  readonly versions: readonly SettingDifference[];
  readonly firstInput: InputDifference | null;
  readonly firstDecision: DecisionDifference | null;
  readonly firstDayEnd: StepPlace | null;
  readonly counts: DiffCounts;
  readonly endings: Both<StreamEnding>;
}

/** True of the frame that ends a stream, which has no time of its own. */
export function isEndFrame({ kind }: StepPlace): boolean {
  return kind === FRAME_END;
}
