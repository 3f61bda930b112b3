import {
  BOOK_VALUES,
  FLAG_ASSET_VEL_DIV,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameKind,
  type FrameView,
  SIGNAL_VALUES,
} from '../model/frame.ts';
import {
  doubleIndex,
  SLOT_ASSET_INDEX,
  SLOT_FLAGS,
  SLOT_KIND,
  SLOT_PAYLOAD,
  SLOT_PUBLISHED_NS,
  SLOT_RECEIVED_NS,
  SLOT_SCAN_NUMBER,
  SLOT_SEQUENCE,
  SLOT_SIGNALS,
  SLOT_TS_EVENT_DAY,
  SLOT_TS_EVENT_NS_OF_DAY,
  SLOT_TS_RECV_DAY,
  SLOT_TS_RECV_NS_OF_DAY,
  SLOT_TS_TAKE_DAY,
  SLOT_TS_TAKE_NS_OF_DAY,
  wordIndex,
} from './layout.ts';
import type { Region } from './region.ts';

/** Views of one slot's vectors, made once: a subarray per frame would allocate. */
export interface SlotVectors {
  readonly signals: Float64Array;
  readonly payload: Float64Array;
  readonly assetVelDivs: Float64Array;
}

/** Byte offset of a slot of the bar ring. */
export function slotOffset(region: Region, slot: number): number {
  return region.layout.barRing + slot * region.layout.barStrideBytes;
}

/** The vectors of every slot, in slot order. */
export function slotVectors(region: Region): readonly SlotVectors[] {
  const { payloadValues, assetVelDivValues } = region.layout;
  return Array.from({ length: region.shape.barSlots }, (_, slot) => {
    const payloadAt = slotOffset(region, slot) + SLOT_PAYLOAD;
    return {
      signals: new Float64Array(region.buffer, slotOffset(region, slot) + SLOT_SIGNALS, SIGNAL_VALUES),
      payload: new Float64Array(region.buffer, payloadAt, payloadValues),
      assetVelDivs: new Float64Array(region.buffer, payloadAt + 8 * payloadValues, assetVelDivValues),
    };
  });
}

/** A frame with every field at rest and the given vectors. */
export function blankFrame(vectors: SlotVectors): FrameView {
  return {
    kind: 0,
    flags: 0,
    sequence: 0,
    assetIndex: -1,
    tsEventDay: 0,
    // 0.5 once, so that the field is a double from the start and never changes its representation.
    tsEventNsOfDay: 0.5,
    tsRecvDay: 0,
    tsRecvNsOfDay: 0.5,
    tsTakeDay: 0,
    tsTakeNsOfDay: 0.5,
    scanNumber: 0.5,
    receivedNs: 0.5,
    publishedNs: 0.5,
    signals: vectors.signals,
    payload: vectors.payload,
    assetVelDivs: vectors.assetVelDivs,
  };
}

/**
 * Bytes from the start of a slot that a frame of this kind uses; what lies behind is an earlier frame's.
 *
 * @param payloadValues - of the region's layout.
 */
export function usedSlotBytes(kind: number, flags: number, assets: number, payloadValues: number): number {
  if (kind === FRAME_BOOK) return SLOT_PAYLOAD + 8 * BOOK_VALUES;
  if (kind !== FRAME_SCAN && kind !== FRAME_BAR) return SLOT_PAYLOAD;
  const hasDivergences = (flags & FLAG_ASSET_VEL_DIV) !== 0;
  return SLOT_PAYLOAD + 8 * (hasDivergences ? payloadValues + assets : assets);
}

/** Points the frame at a slot's vectors. */
export function pointFrameAt(frame: FrameView, vectors: SlotVectors): void {
  frame.signals = vectors.signals;
  frame.payload = vectors.payload;
  frame.assetVelDivs = vectors.assetVelDivs;
}

/** Writes the frame's header fields into the slot at `offset`; vectors are written in place by the caller. */
export function writeSlotHeader(words: Int32Array, doubles: Float64Array, offset: number, frame: FrameView): void {
  doubles[doubleIndex(offset + SLOT_SEQUENCE)] = frame.sequence;
  words[wordIndex(offset + SLOT_KIND)] = frame.kind;
  words[wordIndex(offset + SLOT_FLAGS)] = frame.flags;
  words[wordIndex(offset + SLOT_ASSET_INDEX)] = frame.assetIndex;
  words[wordIndex(offset + SLOT_TS_EVENT_DAY)] = frame.tsEventDay;
  words[wordIndex(offset + SLOT_TS_RECV_DAY)] = frame.tsRecvDay;
  doubles[doubleIndex(offset + SLOT_TS_EVENT_NS_OF_DAY)] = frame.tsEventNsOfDay;
  doubles[doubleIndex(offset + SLOT_TS_RECV_NS_OF_DAY)] = frame.tsRecvNsOfDay;
  words[wordIndex(offset + SLOT_TS_TAKE_DAY)] = frame.tsTakeDay;
  doubles[doubleIndex(offset + SLOT_TS_TAKE_NS_OF_DAY)] = frame.tsTakeNsOfDay;
  doubles[doubleIndex(offset + SLOT_SCAN_NUMBER)] = frame.scanNumber;
  doubles[doubleIndex(offset + SLOT_RECEIVED_NS)] = frame.receivedNs;
  doubles[doubleIndex(offset + SLOT_PUBLISHED_NS)] = frame.publishedNs;
}

/** Reads the header fields of the slot at `offset` into the frame. */
export function readSlotHeader(words: Int32Array, doubles: Float64Array, offset: number, frame: FrameView): void {
  frame.sequence = doubles[doubleIndex(offset + SLOT_SEQUENCE)]!;
  frame.kind = words[wordIndex(offset + SLOT_KIND)]! as FrameKind;
  frame.flags = words[wordIndex(offset + SLOT_FLAGS)]!;
  frame.assetIndex = words[wordIndex(offset + SLOT_ASSET_INDEX)]!;
  frame.tsEventDay = words[wordIndex(offset + SLOT_TS_EVENT_DAY)]!;
  frame.tsRecvDay = words[wordIndex(offset + SLOT_TS_RECV_DAY)]!;
  frame.tsEventNsOfDay = doubles[doubleIndex(offset + SLOT_TS_EVENT_NS_OF_DAY)]!;
  frame.tsRecvNsOfDay = doubles[doubleIndex(offset + SLOT_TS_RECV_NS_OF_DAY)]!;
  frame.tsTakeDay = words[wordIndex(offset + SLOT_TS_TAKE_DAY)]!;
  frame.tsTakeNsOfDay = doubles[doubleIndex(offset + SLOT_TS_TAKE_NS_OF_DAY)]!;
  frame.scanNumber = doubles[doubleIndex(offset + SLOT_SCAN_NUMBER)]!;
  frame.receivedNs = doubles[doubleIndex(offset + SLOT_RECEIVED_NS)]!;
  frame.publishedNs = doubles[doubleIndex(offset + SLOT_PUBLISHED_NS)]!;
}
