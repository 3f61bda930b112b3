import { JournalFolder } from '../adapters/journal/journal-folder.ts';
import type { ShadowAnswer, ShadowRequest } from './shadow-verifier.ts';
import { verifySegment } from './verify-segment.ts';

/** Task of the shadow's pool (piscina): one closed segment of a journal. Never throws. */
export default function shadowTask({ dir, ...segment }: ShadowRequest): ShadowAnswer {
  try {
    return { ok: true, verdict: verifySegment(JournalFolder.open(dir), segment) };
  } catch (cause) {
    return { ok: false, reason: cause instanceof Error ? cause.message : String(cause) };
  }
}
