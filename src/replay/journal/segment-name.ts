import type { SegmentHeader } from '../../wire/segment-header.ts';
import type { JournalStore } from './journal-store.ts';

/** Whose stream of records it is. */
export type Machine = SegmentHeader['machine'];
export const MACHINES: readonly Machine[] = ['ENGINE', 'EXECUTION'];

/** A segment as its file name and the folder tell of it. */
export interface SegmentFileInfo {
  readonly name: string;
  readonly machine: Machine;
  readonly number: number;
  readonly isCompressed: boolean;
  /** As stored. */
  readonly bytes: number;
}

const SEGMENT_NAME = /^(engine|execution)-(\d{6,10})\.dj(\.zst)?$/;
export const COMPRESSED_SUFFIX = '.zst';

/** `engine-000000.dj` */
export function segmentName(machine: Machine, number: number): string {
  return `${machine.toLowerCase()}-${String(number).padStart(6, '0')}.dj`;
}

/** Note that a prune leaves: where the stream begins now. */
export function prunedMarkerName(machine: Machine): string {
  return `${machine.toLowerCase()}-pruned.json`;
}

/**
 * Segments of a stream in the order of their numbers. Where a segment lies there both plain and compressed, a
 * compression was interrupted before it removed the plain one, which is taken.
 */
export function listSegments(store: JournalStore, machine: Machine): SegmentFileInfo[] {
  const byNumber = new Map<number, SegmentFileInfo>();
  for (const { name, bytes } of store.list()) {
    const info = parse(name, bytes);
    if (info?.machine !== machine) continue;
    const other = byNumber.get(info.number);
    if (other === undefined || other.isCompressed) byNumber.set(info.number, info);
  }
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

function parse(name: string, bytes: number): SegmentFileInfo | null {
  const match = SEGMENT_NAME.exec(name);
  if (match === null) return null;
  const machine = match[1] === 'engine' ? 'ENGINE' : 'EXECUTION';
  return { name, machine, number: Number(match[2]), isCompressed: match[3] !== undefined, bytes };
}
