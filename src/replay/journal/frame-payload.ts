import {
  BOOK_VALUES,
  FLAG_ASSET_VEL_DIV,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameView,
  hasSignals,
  SIGNAL_VALUES,
} from '../../model/frame.ts';
import { readSlotHeader, usedSlotBytes, writeSlotHeader } from '../../shm/bar-slot.ts';
import { doubleIndex, SLOT_PAYLOAD, SLOT_SIGNALS } from '../../shm/layout.ts';
import { doublesOf } from './record-fields.ts';
import { wordsOf } from './segment-start.ts';

const SIGNALS_AT = doubleIndex(SLOT_SIGNALS);
const PAYLOAD_AT = doubleIndex(SLOT_PAYLOAD);
const NO_VALUES = new Float64Array();

/** Doubles between the start of a slot's payload and its divergences: prices or a snapshot, whichever is longer. */
function payloadValues(assets: number): number {
  return Math.max(assets, BOOK_VALUES);
}

/**
 * Points `frame` at the payload of a FRAME record: header fields copied, vectors as views, none of the values moved. A
 * vector that the frame's kind does not use may be shorter than it would be in the ring.
 *
 * @param frame - reused; its vectors are replaced, and valid as long as `payload` is.
 * @param payload - a slot of the bar ring, 8-aligned; not written.
 * @param assets - of the universe that the journal's header names.
 * @throws Error when the payload is too short for a slot of that many assets.
 */
export function readFramePayload(frame: FrameView, payload: Uint8Array, assets: number): void {
  const doubles = doublesOf(payload);
  requireBytes(payload, SLOT_PAYLOAD, assets);
  readSlotHeader(wordsOf(payload), doubles, 0, frame);
  const values = payloadValues(assets);
  requireBytes(payload, usedSlotBytes(frame.kind, frame.flags, assets, values), assets);
  const payloadEnd = PAYLOAD_AT + values;
  frame.signals = doubles.subarray(SIGNALS_AT, SIGNALS_AT + SIGNAL_VALUES);
  frame.payload = doubles.subarray(PAYLOAD_AT, payloadEnd);
  frame.assetVelDivs = NO_VALUES;
  if ((frame.flags & FLAG_ASSET_VEL_DIV) === 0) return;
  frame.assetVelDivs = doubles.subarray(payloadEnd, payloadEnd + assets);
}

/**
 * A frame as the payload of a FRAME record, which {@link readFramePayload} reads back: as much of a slot as its kind uses,
 * zeros where that leaves holes.
 *
 * @param frame - its vectors may be longer than used.
 */
export function encodeFramePayload(frame: FrameView, assets: number): Uint8Array {
  const { kind, flags } = frame;
  const values = payloadValues(assets);
  const bytes = new Uint8Array(usedSlotBytes(kind, flags, assets, values));
  const doubles = doublesOf(bytes);
  writeSlotHeader(wordsOf(bytes), doubles, 0, frame);
  if (hasSignals(kind, flags)) doubles.set(frame.signals.subarray(0, SIGNAL_VALUES), SIGNALS_AT);
  if (kind === FRAME_BOOK) doubles.set(frame.payload.subarray(0, BOOK_VALUES), PAYLOAD_AT);
  else if (kind === FRAME_SCAN || kind === FRAME_BAR) doubles.set(frame.payload.subarray(0, assets), PAYLOAD_AT);
  if ((flags & FLAG_ASSET_VEL_DIV) !== 0) doubles.set(frame.assetVelDivs.subarray(0, assets), PAYLOAD_AT + values);
  return bytes;
}

function requireBytes(payload: Uint8Array, least: number, assets: number): void {
  if (payload.length >= least) return;
  throw new Error(`FRAME of ${assets} assets must have at least ${least} bytes, had ${payload.length}`);
}
