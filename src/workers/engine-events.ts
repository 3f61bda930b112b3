import type { AcbUpdate, PostureUpdate } from '../engine/live-cells.ts';
import type { DayResult } from '../model/day-result.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import type { FrameView } from '../model/frame.ts';
import type { Intent } from '../model/intent.ts';
import type { CommandRecord } from '../shm/records/command.ts';

/** What the engine tells the journal, in the order of design §3: reports, a frame, then everything that came of it. */
export interface EngineEvents {
  /**
   * A frame is about to be taken.
   * @param slotOffset - of its slot in the region.
   * @returns false when no entry may be decided on it, because the journal has a gap that is still open.
   */
  frame(frame: FrameView, slotOffset: number): boolean;
  /** The step took a value from the ACB's cell. */
  acbTaken(update: AcbUpdate): void;
  /** A frame took a value from the posture's cell. */
  postureTaken(update: PostureUpdate): void;
  /** A report of execution is about to be taken, in front of the frame that it came with. */
  report(report: ExecutionReport): void;
  /** A decision, inside the step or on a report. @returns its number among the events. */
  intent(intent: Intent): number;
  /** An order of the operator was obeyed. */
  command(command: CommandRecord): void;
  dayEnd(day: number, result: DayResult, stateHash: () => Uint8Array): void;
  /** The step on a scan or a bar is over. @param decided - position in `stamps` of the monotonic ns at which it was. */
  step(step: StepOutcome, stamps: Float64Array, decided: number): void;
  /** The machine has taken its END frame. @param reason - 0 the source ended, 1 it was stopped. */
  end(reason: number, stateHash: () => Uint8Array): void;
  /** Hands on what was told so far. */
  publish(): void;
  /** Events that a watermark must cover before anything that was told so far may leave the process; 0 without a journal. */
  readonly committed: number;
  /** True while what is told is on disk already, from before a crash: no other input may come in between. */
  readonly isCatchingUp: boolean;
}

/** What came of a step; one reusable record of the agent. */
export interface StepOutcome {
  frameSequence: number;
  cellsChanged: boolean;
  intents: number;
  lifetimeBar: number;
}

/** A run that keeps no journal. */
export const NO_EVENTS: EngineEvents = {
  frame: () => true,
  acbTaken: () => undefined,
  postureTaken: () => undefined,
  report: () => undefined,
  intent: () => 0,
  command: () => undefined,
  dayEnd: () => undefined,
  step: () => undefined,
  end: () => undefined,
  publish: () => undefined,
  committed: 0,
  isCatchingUp: false,
};
