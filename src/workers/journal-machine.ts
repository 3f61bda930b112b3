import type { Rules } from '../engine/actor.ts';
import type { DayResult } from '../model/day-result.ts';
import { createFrame, FLAG_INTERRUPTED, FRAME_END, type FrameView } from '../model/frame.ts';
import { InputError } from '../model/input-error.ts';
import { dayFromDate } from '../model/time.ts';
import { readFramePayload } from '../replay/journal/frame-payload.ts';
import type { CommandItem, FrameItem, JournalItem, ReportItem } from '../replay/journal/journal-item.ts';
import { encodeIntent } from '../replay/journal/payloads.ts';
import { decodeRunInputs, fillModeOf } from '../replay/journal/run-inputs.ts';
import type { StreamIdentity } from '../replay/journal/segment-links.ts';
import { compareEnd, compareFrame, compareTold, type Decided, type Mismatch } from './compare-decisions.ts';
import { EngineMachine } from './engine-machine.ts';
import { JournalCells } from './journal-cells.ts';
import { runConfigHash } from './run-config-hash.ts';

/** Where a replay of a journal stands, between two groups of records. */
export interface JournalStanding {
  /** Last record whose effect is in the state; -1 before the first. */
  readonly throughSequence: number;
  /** Snapshot of the machine; null for a fresh one, and where it is lost. */
  readonly state: Uint8Array | null;
  /** Behind a GAP nobody knows the state, until a snapshot stands in the stream. */
  readonly isLost: boolean;
}

/** The start of a journal. */
export const JOURNAL_BEGIN: JournalStanding = { throughSequence: -1, state: null, isLost: false };

/** What came of stepping a journal again. */
export interface JournalVerdict {
  /** Frames and ends whose recorded decisions were compared: every scan and bar, and what else decided something. */
  readonly steps: number;
  readonly agreeing: number;
  /** Scans and bars behind a GAP, whose state nobody knows. */
  readonly unverified: number;
  readonly firstMismatch: Mismatch | null;
}

/**
 * Steps a machine from what a journal says that it consumed, and compares what it decides with what the journal says
 * that was decided. By the rules of the header, cells and clock readings as recorded.
 */
export class JournalMachine {
  readonly machine: EngineMachine;
  private readonly assets: number;
  private readonly cells = new JournalCells();
  private readonly frame: FrameView;
  /** Last record that was seen. */
  private seenThrough: number;
  /** Reports whose frame is still to come: taken with it, as a stop takes them back with its END frame. */
  private pending: ReportItem[] = [];
  private isLost: boolean;
  /** State before an operator's stop, while that is the last thing there: a run that was resumed went on from it. */
  private beforeStop: Uint8Array | null = null;
  /** Last record that changed the state: a snapshot of before it is of no use behind a gap. */
  private changedBy: number;
  private decided: Decided = { intents: [], dayEnds: [] };
  private steps = 0;
  private agreeing = 0;
  private unverified = 0;
  private firstMismatch: Mismatch | null = null;

  /**
   * @param identity - of the segments' headers.
   * @throws InputError when the header's inputs are not whole, or its config is not that of its hash.
   * @throws SnapshotError when the standing's state is of another machine.
   */
  constructor(
    identity: Pick<StreamIdentity, 'rules' | 'universe' | 'configJson' | 'configHash'>,
    from = JOURNAL_BEGIN,
  ) {
    const { universe } = identity;
    const inputs = decodeRunInputs(identity.configJson);
    this.machine = new EngineMachine(
      { ...inputs, universe, fills: fillModeOf(inputs) },
      {
        rules: identity.rules.toLowerCase() as Rules,
        cells: this.cells,
        intents: { emit: (intent) => this.decided.intents.push(encodeIntent(intent)) },
        onDayEnd: (result) => this.onDayEnd(result),
      },
    );
    requireConfigHash(identity.configHash, runConfigHash(this.machine.identity.configHash, inputs.routed));
    this.assets = universe.length;
    this.frame = createFrame(this.assets);
    this.seenThrough = from.throughSequence;
    this.changedBy = from.throughSequence;
    this.isLost = from.isLost;
    if (from.state !== null) this.machine.restore(from.state);
  }

  get verdict(): JournalVerdict {
    const { steps, agreeing, unverified, firstMismatch } = this;
    return { steps, agreeing, unverified, firstMismatch };
  }

  /** Where it stands. Writes a snapshot: for the end of a segment, not for every step. */
  standing(): JournalStanding {
    const { isLost } = this;
    const throughSequence = this.pending.length === 0 ? this.seenThrough : this.pending[0]!.sequence - 1;
    const isFresh = throughSequence === -1;
    const state = isLost || isFresh ? null : (this.beforeStop ?? this.machine.snapshot());
    return { throughSequence, state, isLost };
  }

  /** Takes what follows in the stream. */
  take(item: JournalItem): void {
    if (item.kind === 'snapshot') this.onSnapshot(item.head.throughSequence, item.state);
    else {
      if (item.kind === 'frame' || item.kind === 'command' || item.kind === 'report') this.goOnBehindStop();
      if (item.kind === 'gap' || item.sequence > this.seenThrough + 1) this.lose(item);
      else if (this.isLost) this.passOver(item);
      else this.takeNext(item);
      this.changedBy = item.lastSequence;
    }
    // A snapshot among the records of a frame comes behind it, with a lower sequence.
    this.seenThrough = Math.max(this.seenThrough, item.lastSequence);
  }

  private takeNext(item: Exclude<JournalItem, { kind: 'snapshot' | 'gap' }>): void {
    if (item.kind === 'report') this.pending.push(item);
    else if (item.kind === 'frame') this.step(item);
    else if (item.kind === 'command') {
      this.takePending();
      this.tell(item, () => this.machine.obey(item.command.kind));
    } else if (item.kind === 'orphan') this.count(item.sequence, 'the record stands behind no frame');
    // The frame of these reports never came: that life of the run ended in between.
    else if (this.pending.length > 0) this.pending = [];
    else this.count(item.sequence, compareEnd(item.end, this.machine.stateHash()));
  }

  private step(item: FrameItem): void {
    readFramePayload(this.frame, item.frame, this.assets);
    const isStop = this.frame.kind === FRAME_END && (this.frame.flags & FLAG_INTERRUPTED) !== 0;
    if (isStop) this.beforeStop = this.machine.snapshot();
    const intentsBefore = this.takePending();
    this.decided = { intents: [], dayEnds: [] };
    this.cells.prepare(item.cells, item.step?.cellsChanged === 1);
    this.machine.take(this.frame);
    const mismatch = compareFrame(
      item,
      this.frame.sequence,
      this.decided,
      this.machine.engine.lifetimeBar,
      intentsBefore,
    );
    const isCompared = item.step !== null || item.intents.length > 0 || item.dayEnds.length > 0;
    if (mismatch !== null || isCompared) this.count(item.sequence, mismatch);
  }

  /** @returns how many intents were decided on the reports. */
  private takePending(): number {
    let intents = 0;
    for (const item of this.pending) {
      this.tell(item, () => this.machine.hear(item.report));
      intents += this.decided.intents.length;
    }
    this.pending = [];
    return intents;
  }

  /** Gives the machine an input that is no frame. */
  private tell(item: CommandItem | ReportItem, give: () => void): void {
    this.decided = { intents: [], dayEnds: [] };
    give();
    const mismatch = compareTold(item, this.decided);
    if (mismatch !== null || item.intents.length > 0) this.count(item.sequence, mismatch);
  }

  private goOnBehindStop(): void {
    if (this.beforeStop !== null) this.machine.restore(this.beforeStop);
    this.beforeStop = null;
  }

  private count(sequence: number, difference: string | null): void {
    this.steps += 1;
    if (difference === null) this.agreeing += 1;
    else this.firstMismatch ??= { sequence, frameSequence: this.frame.sequence, difference };
  }

  /** A stream that was pruned begins behind records that are needed, like one with a gap. */
  private lose(item: JournalItem): void {
    this.isLost = true;
    this.pending = [];
    this.passOver(item);
  }

  private passOver(item: JournalItem): void {
    const isStep = item.kind === 'frame' ? item.step !== null : item.kind === 'orphan' && item.isStep;
    if (isStep) this.unverified += 1;
  }

  /** Goes on from a snapshot, but only where the state is lost: otherwise the machine's own is what is being proved. */
  private onSnapshot(throughSequence: number, state: Uint8Array): void {
    if (!this.isLost || throughSequence < this.changedBy) return;
    this.machine.restore(state);
    this.isLost = false;
  }

  private onDayEnd({ date, bars, trades }: DayResult): void {
    this.decided.dayEnds.push({ day: dayFromDate(date), bars, trades, stateHash: this.machine.stateHash() });
  }
}

function requireConfigHash(ofHeader: string, ofConfig: string): void {
  if (ofHeader === ofConfig) return;
  throw new InputError(`journal's config must have the hash of its header, ${ofHeader}, was ${ofConfig}`);
}
