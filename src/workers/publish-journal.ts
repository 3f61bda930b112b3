import { JournalFolder } from '../adapters/journal/journal-folder.ts';
import { blankAcbUpdate, blankPostureUpdate } from '../engine/live-cells.ts';
import { createFrame, FLAG_ASSET_VEL_DIV, FRAME_BOOK, FRAME_END, type FrameView, hasSignals } from '../model/frame.ts';
import { InputError } from '../model/input-error.ts';
import { readFramePayload } from '../replay/journal/frame-payload.ts';
import type { FrameItem, JournalItem } from '../replay/journal/journal-item.ts';
import { journalItems } from '../replay/journal/journal-steps.ts';
import { RECORD_KINDS } from '../replay/journal/record-kind.ts';
import { type JournalRecord, StreamReader } from '../replay/journal/stream-reader.ts';
import { withoutSuspensions } from '../replay/journal/suspensions.ts';
import type { FramePublisher } from './frame-publisher.ts';
import { JournalCells } from './journal-cells.ts';
import { fillCellsFrame, fillCommandFrame, fillReportFrame } from './journalled-inputs.ts';
import type { JournalledFrames } from './messages.ts';
import { ResumePoint } from './resume-point.ts';

/** How the frames of a journal ended. */
export interface PublishedJournal {
  /** False when a stop cut it short. */
  readonly isWhole: boolean;
  /** True when the journal has an END frame of a source that came to its end. */
  readonly hasEnded: boolean;
  /** Behind the last frame; null when there was none. */
  readonly resumePoint: ResumePoint | null;
}

/**
 * Publishes what the engine consumed behind a record of its journal.
 *
 * @throws JournalCorruption when a record is not as it was written; InputError at a gap.
 */
export function publishJournalled(
  publisher: FramePublisher,
  { dir, fromSequence, lastSegment, isResumed, hasReports }: JournalledFrames,
  assets: number,
): PublishedJournal {
  const store = JournalFolder.open(dir);
  const records = new StreamReader(store, 'ENGINE', lastSegment).records(fromSequence);
  const journal = new JournalPublisher(publisher, assets, isResumed, hasReports);
  const published = journal.publish(withoutSuspensions(records, !isResumed));
  if (published.resumePoint !== null || fromSequence === 0) return published;
  // The state that the run goes on from is that behind the last frame of all, which stands in front of it.
  const last = lastFrame(store, assets, lastSegment);
  publisher.numberFrom(last.sequence + 1);
  return { ...published, resumePoint: new ResumePoint(last, assets) };
}

/** The last frame of a whole journal but an END. @throws Error when a prune has left none. */
function lastFrame(store: JournalFolder, assets: number, lastSegment: number | undefined): FrameView {
  const frame = createFrame(assets);
  let last: Uint8Array | null = null;
  for (const { kind, payload } of new StreamReader(store, 'ENGINE', lastSegment).records()) {
    if (kind !== RECORD_KINDS.FRAME) continue;
    readFramePayload(frame, payload, assets);
    if (frame.kind !== FRAME_END) last = new Uint8Array(payload);
  }
  if (last === null) throw new Error(`journal must have the frame that the run goes on behind, ${store.path} has none`);
  readFramePayload(frame, last, assets);
  return frame;
}

/**
 * Frames with their numbers and clock readings, and in front of them the commands, reports and cell values that were taken
 * with them.
 */
class JournalPublisher {
  private readonly publisher: FramePublisher;
  private readonly assets: number;
  private readonly isPast: boolean;
  private readonly hasReports: boolean;
  private readonly cells = new JournalCells();
  private readonly acb = blankAcbUpdate();
  private readonly posture = blankPostureUpdate();
  /** The frame published last, and the one that is read next. */
  private view: FrameView;
  private ahead: FrameView;
  private hasFrame = false;
  private hasEnded = false;

  /** @param isPast - the frames are not paced: a run that goes on has taken them before. */
  constructor(publisher: FramePublisher, assets: number, isPast: boolean, hasReports: boolean) {
    this.isPast = isPast;
    this.hasReports = hasReports;
    this.publisher = publisher;
    this.assets = assets;
    this.view = createFrame(assets);
    this.ahead = createFrame(assets);
  }

  publish(records: Iterable<JournalRecord>): PublishedJournal {
    let isWhole = true;
    for (const item of journalItems(records)) {
      isWhole = this.publishItem(item);
      if (!isWhole) break;
    }
    this.publisher.flush();
    const resumePoint = this.hasFrame ? new ResumePoint(this.view, this.assets) : null;
    return { isWhole, hasEnded: this.hasEnded, resumePoint };
  }

  private publishItem(item: JournalItem): boolean {
    if (item.kind === 'frame') return this.publishFrame(item);
    if (item.kind === 'command') return this.publishInput((frame) => fillCommandFrame(frame, item.command));
    if (item.kind === 'report' && this.hasReports) {
      return this.publishInput((frame) => fillReportFrame(frame, item.report));
    }
    if (item.kind !== 'gap') return true;
    throw new InputError(
      `journal must have every frame to be replayed, records ${item.sequence} to ${item.lastSequence} are missing (GAP)`,
    );
  }

  private publishFrame(item: FrameItem): boolean {
    readFramePayload(this.ahead, item.frame, this.assets);
    if (this.ahead.kind === FRAME_END) {
      this.hasEnded = this.ahead.flags === 0;
      return true;
    }
    [this.view, this.ahead] = [this.ahead, this.view];
    const hasChanged = item.step?.cellsChanged === 1;
    if (item.cells !== null || hasChanged) {
      this.cells.prepare(item.cells, hasChanged);
      const acb = this.cells.takeAcb(this.acb) ? this.acb : null;
      const posture = this.cells.takePosture(this.posture) ? this.posture : null;
      if (!this.publishInput((frame) => fillCellsFrame(frame, { acb, posture, hasChanged }))) return false;
    }
    const { tsEventDay, tsEventNsOfDay } = this.view;
    if (!this.publisher.publishTicksUntil(tsEventDay, tsEventNsOfDay)) return false;
    const frame = this.isPast ? this.publisher.claimPast() : this.publisher.claim(tsEventDay, tsEventNsOfDay);
    if (frame === null) return false;
    copyFrame(frame, this.view, this.assets);
    this.publisher.numberFrom(this.view.sequence);
    this.hasFrame = true;
    return this.publisher.commit();
  }

  private publishInput(fill: (frame: FrameView) => void): boolean {
    const frame = this.publisher.claimInput();
    if (frame === null) return false;
    fill(frame);
    this.publisher.commitUnnumbered();
    return true;
  }
}

/** Every field but the number and the stamps of this run; vectors keep the bits of every NaN. */
function copyFrame(to: FrameView, from: FrameView, assets: number): void {
  to.kind = from.kind;
  to.flags = from.flags;
  to.assetIndex = from.assetIndex;
  to.tsEventDay = from.tsEventDay;
  to.tsEventNsOfDay = from.tsEventNsOfDay;
  to.tsRecvDay = from.tsRecvDay;
  to.tsRecvNsOfDay = from.tsRecvNsOfDay;
  to.tsTakeDay = from.tsTakeDay;
  to.tsTakeNsOfDay = from.tsTakeNsOfDay;
  to.scanNumber = from.scanNumber;
  if (hasSignals(from.kind, from.flags)) to.signals.set(from.signals);
  to.payload.set(from.kind === FRAME_BOOK ? from.payload : from.payload.subarray(0, assets));
  if ((from.flags & FLAG_ASSET_VEL_DIV) !== 0) to.assetVelDivs.set(from.assetVelDivs);
}
