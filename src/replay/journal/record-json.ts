import { TAPE_FIELDS, type TapeKind } from '../../model/execution-tape.ts';
import {
  BOOK_VALUES,
  createFrame,
  FLAG_ASSET_VEL_DIV,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameView,
  hasSignals,
  SIGNAL_FIELDS,
} from '../../model/frame.ts';
import { readFramePayload } from './frame-payload.ts';
import { gapReason, gapSpan } from './gap.ts';
import {
  decodeCells,
  decodeCommand,
  decodeDayEnd,
  decodeEnd,
  decodeIntent,
  decodeReport,
  decodeSnapshotHead,
  decodeStep,
  snapshotState,
  TAKEN_FIELDS,
} from './payloads.ts';
import { RECORD_KINDS, type RecordKind, recordKindName } from './record-kind.ts';
import type { JournalRecord } from './stream-reader.ts';
import { decodeTape, tapeKindOf } from './tape-records.ts';

type Json = Record<string, unknown>;

/** A record as an object for JSON lines: where it stands, then its content. JSON has no NaN: it becomes null. */
export function recordToJson(record: JournalRecord, universe: readonly string[]): Json {
  const { sequence, kind, segment, offset, payload } = record;
  return { sequence, kind: recordKindName(kind), segment, offset, ...contentOf(kind, payload, universe) };
}

function contentOf(kind: RecordKind, payload: Uint8Array, universe: readonly string[]): Json {
  try {
    return decodeContent(kind, payload, universe);
  } catch (error) {
    // The bytes are as they were written; another version may read them.
    return { unreadable: (error as Error).message, payloadHex: hexOf(payload) };
  }
}

function decodeContent(kind: RecordKind, payload: Uint8Array, universe: readonly string[]): Json {
  switch (kind) {
    case RECORD_KINDS.FRAME:
      return frameToJson(payload, universe);
    case RECORD_KINDS.CELLS:
      return {
        cells: decodeCells(payload).map(({ cell, version, values }) => ({
          cell,
          version,
          ...named(TAKEN_FIELDS[cell], values),
        })),
      };
    case RECORD_KINDS.COMMAND:
      return { command: decodeCommand(payload) };
    case RECORD_KINDS.INTENT:
      return { intent: decodeIntent(payload) };
    case RECORD_KINDS.STEP:
      return decodeStep(payload);
    case RECORD_KINDS.GAP:
      return { missing: gapSpan(payload), reason: gapReason(payload) };
    case RECORD_KINDS.SNAPSHOT:
      return { ...decodeSnapshotHead(payload), stateBytes: snapshotState(payload).length };
    case RECORD_KINDS.DAY_END: {
      const dayEnd = decodeDayEnd(payload);
      return { ...dayEnd, stateHash: hexOf(dayEnd.stateHash) };
    }
    case RECORD_KINDS.REPORT:
      return { report: decodeReport(payload) };
    case RECORD_KINDS.END: {
      const end = decodeEnd(payload);
      return { ...end, stateHash: hexOf(end.stateHash) };
    }
    default:
      return tapeToJson(kind, payload);
  }
}

/** Under one name, as an entry has fields of names that the line has too. */
function tapeToJson(kind: RecordKind, payload: Uint8Array): Json {
  const tapeKind = tapeKindOf(kind) as TapeKind; // every other kind has a case of its own
  return { entry: named(TAPE_FIELDS[tapeKind], decodeTape(tapeKind, payload)) };
}

/** Names of the kinds of frames that a journal holds, by their codes. */
export const FRAME_KIND_NAMES = ['', 'SCAN', 'BAR', 'BOOK', 'END'] as const;

function frameToJson(payload: Uint8Array, universe: readonly string[]): Json {
  const frame = createFrame(1);
  readFramePayload(frame, payload, universe.length);
  return {
    frame: FRAME_KIND_NAMES[frame.kind] ?? frame.kind,
    frameSequence: frame.sequence,
    flags: frame.flags,
    asset: universe[frame.assetIndex] ?? null,
    tsEventDay: frame.tsEventDay,
    tsEventNsOfDay: frame.tsEventNsOfDay,
    tsRecvDay: frame.tsRecvDay,
    tsRecvNsOfDay: frame.tsRecvNsOfDay,
    tsTakeDay: frame.tsTakeDay,
    tsTakeNsOfDay: frame.tsTakeNsOfDay,
    receivedNs: frame.receivedNs,
    publishedNs: frame.publishedNs,
    scanNumber: frame.scanNumber,
    ...vectorsToJson(frame, universe.length),
  };
}

function vectorsToJson({ kind, flags, signals, payload, assetVelDivs }: FrameView, assets: number): Json {
  if (kind === FRAME_BOOK) return { book: [...payload.subarray(0, BOOK_VALUES)] };
  if (kind !== FRAME_SCAN && kind !== FRAME_BAR) return {};
  return {
    ...(hasSignals(kind, flags) ? { signals: named(SIGNAL_FIELDS, signals) } : {}),
    prices: [...payload.subarray(0, assets)],
    ...((flags & FLAG_ASSET_VEL_DIV) === 0 ? {} : { assetVelDivs: [...assetVelDivs] }),
  };
}

function named(names: readonly string[], values: Float64Array): Json {
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
