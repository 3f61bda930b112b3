import type { ExecutionReport } from '../../../model/execution-report.ts';
import { createFrame, FRAME_BAR, FRAME_BOOK, FRAME_END, FRAME_SCAN, type FrameView } from '../../../model/frame.ts';
import type { CommandRecord } from '../../../shm/records/command.ts';
import { readFramePayload } from '../frame-payload.ts';
import type { FrameItem, JournalItem } from '../journal-item.ts';
import type { decodeEnd } from '../payloads.ts';

/** A frame of one journal with what came before and of it. */
export interface FrameStep {
  readonly item: FrameItem;
  /** Views into the item. */
  readonly frame: FrameView;
  /** Orders obeyed since the frame before. */
  readonly commands: readonly CommandRecord[];
  /** Reports taken with it. */
  readonly reports: readonly ExecutionReport[];
  /** Payloads of the decisions on both. */
  readonly intentsBefore: readonly Uint8Array[];
}

/** What one stream held besides its frames; filled while its steps are taken. */
export interface StreamTally {
  frames: number;
  /** Last frame that is no END; null before the first. */
  last: { readonly day: number; readonly nsOfDay: number } | null;
  /** Records missing in gaps. */
  missing: number;
  end: ReturnType<typeof decodeEnd> | null;
}

export function createTally(): StreamTally {
  return { frames: 0, last: null, missing: 0, end: null };
}

/** The frames of a stream in order. Snapshots are no inputs and are passed over; gaps and ends go to the tally. */
export function* frameSteps(
  items: Iterable<JournalItem>,
  assetsOf: () => number,
  tally: StreamTally,
): Generator<FrameStep, void> {
  let commands: CommandRecord[] = [];
  let reports: ExecutionReport[] = [];
  let intentsBefore: Uint8Array[] = [];
  for (const item of items) {
    if (item.kind === 'command' || item.kind === 'report') intentsBefore.push(...item.intents);
    if (item.kind === 'command') commands.push(item.command);
    else if (item.kind === 'report') reports.push(item.report);
    else if (item.kind === 'gap') tally.missing += item.missing;
    else if (item.kind === 'end') tally.end = item.end;
    else if (item.kind === 'frame') {
      const frame = createFrame(1);
      readFramePayload(frame, item.frame, assetsOf());
      tally.frames += 1;
      if (frame.kind !== FRAME_END) tally.last = { day: frame.tsEventDay, nsOfDay: frame.tsEventNsOfDay };
      yield { item, frame, commands, reports, intentsBefore };
      [commands, reports, intentsBefore] = [[], [], []];
    }
  }
}

/** A frame of both journals, or one that the other lacks. */
export type StepPair =
  | { readonly a: FrameStep; readonly b: FrameStep }
  | { readonly a: FrameStep; readonly b: null }
  | { readonly a: null; readonly b: FrameStep };

/**
 * Two streams side by side, by venue time: a frame that one of them lacks does not set the rest against each other. Holds
 * one step of each.
 */
export function* pairSteps(a: Iterator<FrameStep>, b: Iterator<FrameStep>): Generator<StepPair, void> {
  let left = a.next();
  let right = b.next();
  while (!(left.done === true && right.done === true)) {
    const order =
      left.done === true ? 1 : right.done === true ? -1 : compareFrames(left.value.frame, right.value.frame);
    if (order === 0) yield { a: left.value as FrameStep, b: right.value as FrameStep };
    else if (order < 0) yield { a: left.value as FrameStep, b: null };
    else yield { a: null, b: right.value as FrameStep };
    if (order <= 0) left = a.next();
    if (order >= 0) right = b.next();
  }
}

/** Kinds in the order in which frames of one instant stand in the ring. */
const KIND_ORDER = [FRAME_BOOK, FRAME_SCAN, FRAME_BAR, FRAME_END];

/** Order in the ring: by time, an END behind everything. */
function compareFrames(a: FrameView, b: FrameView): number {
  const isEndA = a.kind === FRAME_END;
  const isEndB = b.kind === FRAME_END;
  if (isEndA || isEndB) return Number(isEndA) - Number(isEndB);
  return (
    a.tsEventDay - b.tsEventDay ||
    a.tsEventNsOfDay - b.tsEventNsOfDay ||
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    a.assetIndex - b.assetIndex
  );
}
