import type { SegmentHeader } from '../../wire/segment-header.ts';
import type { JournalRule } from './corruption.ts';
import type { SegmentFileInfo } from './segment-name.ts';
import { digestBytes, hex } from './segment-start.ts';

/** Fields that all segments of a stream share, and that a run that goes on with it must share. */
const IDENTITY_FIELDS = [
  'runId',
  'rules',
  'configHash',
  'configJson',
  'universe',
  'nodeVersion',
  'v8Version',
] as const satisfies readonly (keyof SegmentHeader)[];

/** Whose records a stream holds and how they were made: the same in every segment. */
export type StreamIdentity = Pick<SegmentHeader, 'machine' | (typeof IDENTITY_FIELDS)[number]>;

export interface BrokenLink {
  readonly rule: JournalRule;
  readonly detail: string;
}

/** Whether a header belongs to its file and to its stream; null when it does. `expected` null: there is none before. */
export function checkIdentity(
  file: SegmentFileInfo,
  header: SegmentHeader,
  expected: StreamIdentity | null,
): BrokenLink | null {
  if (header.machine !== file.machine) {
    return { rule: 'stream', detail: `the header is of the stream ${header.machine}, the file of ${file.machine}` };
  }
  if (header.segment !== file.number) {
    return { rule: 'segment-number', detail: `the header says segment ${header.segment}, the name ${file.number}` };
  }
  return expected === null ? null : differenceOf(header, expected);
}

/** The first field in which a header is of another run, config or version; null when there is none. */
export function differenceOf(header: StreamIdentity, expected: StreamIdentity): BrokenLink | null {
  const field = IDENTITY_FIELDS.find((name) => String(header[name]) !== String(expected[name]));
  if (field === undefined) return null;
  const detail = `${field} must be ${short(expected[field])}, was ${short(header[field])}`;
  return { rule: 'identity', detail };
}

/** Whether a segment follows the one before, by sequence and by digest; null when it does. */
export function checkLinks(header: SegmentHeader, nextSequence: number, chain: number): BrokenLink | null {
  if (header.firstSequence !== nextSequence) {
    const detail = `its first record must be ${nextSequence}, the header says ${header.firstSequence}`;
    return { rule: 'first-sequence', detail };
  }
  const said = header.previousDigest;
  const due = digestBytes(chain);
  const isLinked =
    said.length === 0
      ? chain === 0 && nextSequence === 0
      : said.length === due.length && due.every((byte, i) => byte === said[i]);
  if (isLinked) return null;
  const found =
    said.length === 0
      ? 'none'
      : [...said]
          .reverse()
          .map((byte) => byte.toString(16).padStart(2, '0'))
          .join('');
  return { rule: 'segment-digest', detail: `the segment before ends with ${hex(chain)}, the header says ${found}` };
}

function short(value: string | readonly string[]): string {
  const text = String(value);
  return text.length <= 80 ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, 80))}…`;
}
