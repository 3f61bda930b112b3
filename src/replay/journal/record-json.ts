import {
  BOOK_VALUES,
  FLAG_ASSET_VEL_DIV,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  SIGNAL_FIELDS,
  SIGNAL_VALUES,
} from '../../model/frame.ts';
import {
  CELL_FIELDS,
  SLOT_ASSET_INDEX,
  SLOT_FLAGS,
  SLOT_KIND,
  SLOT_PAYLOAD,
  SLOT_SCAN_NUMBER,
  SLOT_SEQUENCE,
  SLOT_SIGNALS,
  SLOT_TS_EVENT_DAY,
  SLOT_TS_EVENT_NS_OF_DAY,
  SLOT_TS_RECV_DAY,
  SLOT_TS_RECV_NS_OF_DAY,
} from '../../shm/layout.ts';
import { gapReason, gapSpan } from './gap.ts';
import {
  decodeCells,
  decodeCommand,
  decodeDayEnd,
  decodeEnd,
  decodeIntent,
  decodeSnapshotHead,
  decodeStep,
  doublesOf,
  snapshotState,
} from './payloads.ts';
import { RECORD_KINDS, recordKindName } from './record-kind.ts';
import type { JournalRecord } from './stream-reader.ts';

type Json = Record<string, unknown>;

/** A record as an object for JSON lines: where it stands, then its content. JSON has no NaN: it becomes null. */
export function recordToJson(record: JournalRecord, universe: readonly string[]): Json {
  const { sequence, kind, segment, offset, payload } = record;
  return { sequence, kind: recordKindName(kind), segment, offset, ...contentOf(kind, payload, universe) };
}

function contentOf(kind: number, payload: Uint8Array, universe: readonly string[]): Json {
  try {
    return decodeContent(kind, payload, universe);
  } catch (error) {
    // The bytes are as they were written; another version may read them.
    return { unreadable: (error as Error).message, payloadHex: hexOf(payload) };
  }
}

function decodeContent(kind: number, payload: Uint8Array, universe: readonly string[]): Json {
  switch (kind) {
    case RECORD_KINDS.FRAME:
      return frameToJson(payload, universe);
    case RECORD_KINDS.CELLS:
      return {
        cells: decodeCells(payload).map(({ cell, version, values }) => ({
          cell,
          version,
          ...named(CELL_FIELDS[cell], values),
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
    default: {
      const end = decodeEnd(payload);
      return { ...end, stateHash: hexOf(end.stateHash) };
    }
  }
}

const FRAME_KIND_NAMES = ['', 'SCAN', 'BAR', 'BOOK', 'END'];

function frameToJson(payload: Uint8Array, universe: readonly string[]): Json {
  if (payload.length < SLOT_PAYLOAD)
    throw new Error(`FRAME must have at least ${SLOT_PAYLOAD} bytes, had ${payload.length}`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const int = (at: number) => view.getInt32(at, true);
  const double = (at: number) => view.getFloat64(at, true);
  const kind = int(SLOT_KIND);
  return {
    frame: FRAME_KIND_NAMES[kind] ?? kind,
    frameSequence: double(SLOT_SEQUENCE),
    flags: int(SLOT_FLAGS),
    asset: universe[int(SLOT_ASSET_INDEX)] ?? null,
    tsEventDay: int(SLOT_TS_EVENT_DAY),
    tsEventNsOfDay: double(SLOT_TS_EVENT_NS_OF_DAY),
    tsRecvDay: int(SLOT_TS_RECV_DAY),
    tsRecvNsOfDay: double(SLOT_TS_RECV_NS_OF_DAY),
    scanNumber: double(SLOT_SCAN_NUMBER),
    ...vectorsToJson(kind, int(SLOT_FLAGS), doublesOf(payload), universe.length),
  };
}

function vectorsToJson(kind: number, flags: number, doubles: Float64Array, assets: number): Json {
  const from = SLOT_PAYLOAD >> 3;
  if (kind === FRAME_BOOK) return { book: [...doubles.subarray(from, from + BOOK_VALUES)] };
  if (kind !== FRAME_SCAN && kind !== FRAME_BAR) return {};
  const prices = { prices: [...doubles.subarray(from, from + assets)] };
  if (kind === FRAME_BAR) return prices;
  const signalsAt = SLOT_SIGNALS >> 3;
  const signals = named(SIGNAL_FIELDS, doubles.subarray(signalsAt, signalsAt + SIGNAL_VALUES));
  const divergencesAt = from + Math.max(assets, BOOK_VALUES);
  const hasDivergences = (flags & FLAG_ASSET_VEL_DIV) !== 0;
  const divergences = hasDivergences
    ? { assetVelDivs: [...doubles.subarray(divergencesAt, divergencesAt + assets)] }
    : {};
  return { signals, ...prices, ...divergences };
}

function named(names: readonly string[], values: Float64Array): Json {
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
