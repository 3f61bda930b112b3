import { JournalFolder } from '../adapters/journal/journal-folder.ts';
import { createFrame, FRAME_END, type FrameView } from '../model/frame.ts';
import { readFramePayload } from '../replay/journal/frame-payload.ts';
import { RECORD_KINDS } from '../replay/journal/record-kind.ts';
import { StreamReader } from '../replay/journal/stream-reader.ts';
import type { JournalledFrames } from './messages.ts';

/**
 * Shows every frame of a journal but its ENDs, also those in front of the state that a run goes on from: a live source has to
 * know what was taken of it.
 *
 * @param assets - of the universe that the journal's header names.
 * @param visit - the frame is valid until it returns.
 * @throws JournalCorruption when a record is not as it was written.
 */
export function visitJournalledFrames(
  { dir, lastSegment }: JournalledFrames,
  assets: number,
  visit: (frame: FrameView) => void,
): void {
  const frame = createFrame(assets);
  for (const { kind, payload } of new StreamReader(JournalFolder.open(dir), 'ENGINE', lastSegment).records()) {
    if (kind !== RECORD_KINDS.FRAME) continue;
    readFramePayload(frame, payload, assets);
    if (frame.kind !== FRAME_END) visit(frame);
  }
}
