import type { AcbUpdate, LiveCells } from '../engine/actor.ts';
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

/**
 * Makes `frame` the answer of the cells to the next step.
 * @param taken - null when the step took nothing new.
 * @param hasChanged - whether a cell was written while the step ran.
 */
export function fillCellsFrame(frame: FrameView, taken: AcbUpdate | null, hasChanged: boolean): void {
  frame.kind = FRAME_CELLS;
  frame.flags = 0;
  const { payload } = frame;
  payload[CELLS_IS_NEW] = taken === null ? 0 : 1;
  payload[CELLS_CHANGED] = hasChanged ? 1 : 0;
  if (taken === null) return;
  payload[CELLS_VERSION] = taken.version;
  payload[CELLS_HAS_VALUE] = taken.hasValue ? 1 : 0;
  payload[CELLS_BOOST] = taken.boost;
  payload[CELLS_BETA] = taken.beta;
  payload[CELLS_REFUSALS] = taken.refusals;
}

/** The cells as the journal tells of them. Without a frame of its own a step took nothing and nothing changed. */
export class JournalledCells implements LiveCells {
  private readonly next: AcbUpdate = { version: 0, boost: 1, beta: 0, refusals: 0, hasValue: false };
  private isNew = false;
  private hasChanged = false;

  /** Takes a CELLS frame: the answers to the step on the frame behind it. */
  prepare({ payload }: FrameView): void {
    this.isNew = payload[CELLS_IS_NEW] === 1;
    this.hasChanged = payload[CELLS_CHANGED] === 1;
    if (!this.isNew) return;
    const { next } = this;
    next.version = payload[CELLS_VERSION]!;
    next.hasValue = payload[CELLS_HAS_VALUE] === 1;
    next.boost = payload[CELLS_BOOST]!;
    next.beta = payload[CELLS_BETA]!;
    next.refusals = payload[CELLS_REFUSALS]!;
  }

  /** Asked once per step, behind it: another version than the taken one says that a cell changed meanwhile. */
  acbVersion(): number {
    const { hasChanged } = this;
    this.hasChanged = false;
    return this.next.version + (hasChanged ? 1 : 0);
  }

  /** Which of the cells changed is not recorded, nor needed: one is enough. */
  postureVersion(): number {
    return 0;
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
}
