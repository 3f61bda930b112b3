import {
  type AcbUpdate,
  blankAcbUpdate,
  blankPostureUpdate,
  type LiveCells,
  type PostureUpdate,
} from '../engine/live-cells.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import { REPORT_FIELDS } from '../model/execution-tape.ts';
import { FRAME_CELLS, FRAME_COMMAND, FRAME_REPORT, type FrameView } from '../model/frame.ts';
import { writeFields } from '../replay/journal/record-fields.ts';
import type { CommandRecord } from '../shm/records/command.ts';

/*
 * In the replay of a journal, what the machine took besides frames travels in the bar ring as well, in front of the frame
 * that it was taken with: the ring is the one order of a run. Positions in the payload of such a frame:
 */
export const FRAME_COMMAND_KIND = 0;
export const FRAME_COMMAND_ARGUMENT = 1;
const CELLS_VERSION = 0;
const CELLS_HAS_VALUE = 1;
const CELLS_BOOST = 2;
const CELLS_BETA = 3;
const CELLS_REFUSALS = 4;
const CELLS_IS_NEW = 5;
const CELLS_CHANGED = 6;
const CELLS_HAS_POSTURE = 7;
const CELLS_POSTURE_VERSION = 8;
const CELLS_POSTURE = 9;
const CELLS_RM = 10;
const CELLS_TS_DAY = 11;
const CELLS_TS_NS_OF_DAY = 12;

/** Makes `frame` an order of the operator. */
export function fillCommandFrame(frame: FrameView, { kind, argument }: CommandRecord): void {
  frame.kind = FRAME_COMMAND;
  frame.flags = 0;
  frame.payload[FRAME_COMMAND_KIND] = kind;
  frame.payload[FRAME_COMMAND_ARGUMENT] = argument;
}

/** Makes `frame` a report of execution: its REPORT_FIELDS, in order. */
export function fillReportFrame(frame: FrameView, report: ExecutionReport): void {
  frame.kind = FRAME_REPORT;
  frame.flags = 0;
  writeFields(frame.payload, 0, REPORT_FIELDS, report);
}

/** Fills `report` from a REPORT frame. Allocates nothing. */
export function readReportFrame({ payload }: FrameView, report: ExecutionReport): void {
  for (let i = 0; i < REPORT_FIELDS.length; i++) report[REPORT_FIELDS[i]!] = payload[i]!;
}

/** What the cells answered to a frame; null where it took nothing new. */
export interface CellAnswers {
  readonly acb: AcbUpdate | null;
  readonly posture: PostureUpdate | null;
  /** Whether a cell was written while the step ran. */
  readonly hasChanged: boolean;
}

/** Makes `frame` the answer of the cells to the frame behind it. */
export function fillCellsFrame(frame: FrameView, { acb, posture, hasChanged }: CellAnswers): void {
  frame.kind = FRAME_CELLS;
  frame.flags = 0;
  const { payload } = frame;
  payload[CELLS_IS_NEW] = acb === null ? 0 : 1;
  payload[CELLS_CHANGED] = hasChanged ? 1 : 0;
  payload[CELLS_HAS_POSTURE] = posture === null ? 0 : 1;
  if (acb !== null) {
    payload[CELLS_VERSION] = acb.version;
    payload[CELLS_HAS_VALUE] = acb.hasValue ? 1 : 0;
    payload[CELLS_BOOST] = acb.boost;
    payload[CELLS_BETA] = acb.beta;
    payload[CELLS_REFUSALS] = acb.refusals;
  }
  if (posture === null) return;
  payload[CELLS_POSTURE_VERSION] = posture.version;
  payload[CELLS_POSTURE] = posture.posture;
  payload[CELLS_RM] = posture.rm;
  payload[CELLS_TS_DAY] = posture.tsDay;
  payload[CELLS_TS_NS_OF_DAY] = posture.tsNsOfDay;
}

/** The cells as the journal tells of them. Without a frame of its own a step took nothing and nothing changed. */
export class JournalledCells implements LiveCells {
  private readonly next = blankAcbUpdate();
  private readonly nextPosture = blankPostureUpdate();
  private isNew = false;
  private isPostureNew = false;
  private hasChanged = false;

  /** Takes a CELLS frame: the answers to the frame behind it. */
  prepare({ payload }: FrameView): void {
    this.isNew = payload[CELLS_IS_NEW] === 1;
    this.isPostureNew = payload[CELLS_HAS_POSTURE] === 1;
    this.hasChanged = payload[CELLS_CHANGED] === 1;
    if (this.isNew) this.prepareAcb(payload);
    if (this.isPostureNew) this.preparePosture(payload);
  }

  private prepareAcb(payload: Float64Array): void {
    const { next } = this;
    next.version = payload[CELLS_VERSION]!;
    next.hasValue = payload[CELLS_HAS_VALUE] === 1;
    next.boost = payload[CELLS_BOOST]!;
    next.beta = payload[CELLS_BETA]!;
    next.refusals = payload[CELLS_REFUSALS]!;
  }

  private preparePosture(payload: Float64Array): void {
    const { nextPosture } = this;
    nextPosture.version = payload[CELLS_POSTURE_VERSION]!;
    nextPosture.posture = payload[CELLS_POSTURE] as PostureUpdate['posture'];
    nextPosture.rm = payload[CELLS_RM]!;
    nextPosture.tsDay = payload[CELLS_TS_DAY]!;
    nextPosture.tsNsOfDay = payload[CELLS_TS_NS_OF_DAY]!;
  }

  /** Asked once per step, behind it: another version than the taken one says that a cell changed meanwhile. */
  acbVersion(): number {
    const { hasChanged } = this;
    this.hasChanged = false;
    return this.next.version + (hasChanged ? 1 : 0);
  }

  /** Which of the cells changed is not recorded, nor needed: one is enough. */
  postureVersion(): number {
    return this.nextPosture.version;
  }

  mcVersion(): number {
    return 0;
  }

  takeAcb(update: AcbUpdate): boolean {
    const { next, isNew } = this;
    update.version = next.version;
    if (!isNew) return false;
    this.isNew = false;
    update.boost = next.boost;
    update.beta = next.beta;
    update.hasValue = next.hasValue;
    update.refusals = next.refusals;
    return true;
  }

  takePosture(update: PostureUpdate): boolean {
    const { nextPosture, isPostureNew } = this;
    update.version = nextPosture.version;
    if (!isPostureNew) return false;
    this.isPostureNew = false;
    Object.assign(update, nextPosture);
    return true;
  }
}
