import { describe, expect, test } from 'vitest';
import {
  createFrame,
  FLAG_ASSET_VEL_DIV,
  FRAME_BOOK,
  FRAME_END,
  FRAME_SCAN,
  type FrameView,
} from '../../../../src/model/frame.ts';
import { encodeFramePayload, readFramePayload } from '../../../../src/replay/journal/frame-payload.ts';
import { BarRingProducer } from '../../../../src/shm/bar-ring.ts';
import { slotOffset, usedSlotBytes } from '../../../../src/shm/bar-slot.ts';
import { DEFAULT_SLOTS } from '../../../../src/shm/layout.ts';
import { createRegion } from '../../../../src/shm/region.ts';

const ASSETS = 3;

function frameOf(kind: number, flags = 0): FrameView {
  const frame = createFrame(ASSETS);
  Object.assign(frame, {
    kind,
    flags,
    sequence: 12,
    assetIndex: kind === FRAME_BOOK ? 2 : -1,
    tsEventDay: 20_000,
    tsEventNsOfDay: 1.5e13,
    tsRecvDay: 20_000,
    tsRecvNsOfDay: 1.6e13,
    tsTakeDay: 20_001,
    tsTakeNsOfDay: 17,
    scanNumber: kind === FRAME_BOOK ? Number.NaN : 7,
    receivedNs: 3,
    publishedNs: 4,
  });
  frame.payload.forEach((_, i) => {
    frame.payload[i] = i === 1 ? Number.NaN : 100 + i;
  });
  frame.signals.fill(-0.03);
  frame.assetVelDivs.fill(0.5);
  return frame;
}

/** All that a kind of frame uses. */
function used(frame: FrameView) {
  const { signals, payload, assetVelDivs, ...header } = frame;
  const isScan = frame.kind === FRAME_SCAN;
  return {
    header,
    signals: isScan ? [...signals] : [],
    values: frame.kind === FRAME_BOOK ? [...payload.subarray(0, 20)] : isScan ? [...payload.subarray(0, ASSETS)] : [],
    divergences: (frame.flags & FLAG_ASSET_VEL_DIV) === 0 ? [] : [...assetVelDivs],
  };
}

describe('the payload of a FRAME', () => {
  test.each([
    ['a scan', FRAME_SCAN, 0],
    ['a scan with divergences', FRAME_SCAN, FLAG_ASSET_VEL_DIV],
    ['a book', FRAME_BOOK, 0],
    ['an end', FRAME_END, 0],
  ])('%s comes back as it was', (_situation, kind, flags) => {
    const view = createFrame(1);
    readFramePayload(view, encodeFramePayload(frameOf(kind, flags), ASSETS), ASSETS);
    expect(used(view)).toEqual(used(frameOf(kind, flags)));
  });

  test('is what lies in a slot of the ring', () => {
    const region = createRegion({ assets: ASSETS, hasAssetSignals: true, ...DEFAULT_SLOTS });
    const producer = new BarRingProducer(region);
    const frame = frameOf(FRAME_SCAN, FLAG_ASSET_VEL_DIV);
    const { signals, payload, assetVelDivs, sequence: _, ...header } = frame;
    producer.claim();
    Object.assign(producer.frame, header);
    producer.frame.signals.set(signals);
    producer.frame.payload.set(payload.subarray(0, ASSETS));
    producer.frame.assetVelDivs.set(assetVelDivs);
    producer.commit();
    const at = slotOffset(region, 0);
    const slot = region.bytes.slice(
      at,
      at + usedSlotBytes(frame.kind, frame.flags, ASSETS, region.layout.payloadValues),
    );
    expect(encodeFramePayload({ ...frame, sequence: 0 }, ASSETS)).toEqual(slot);
  });

  test('vectors are views of the payload', () => {
    const payload = encodeFramePayload(frameOf(FRAME_SCAN), ASSETS);
    const view = createFrame(1);
    readFramePayload(view, payload, ASSETS);
    expect([view.signals.buffer, view.payload.buffer]).toEqual([payload.buffer, payload.buffer]);
    view.payload[0] = 5;
    readFramePayload(view, payload, ASSETS);
    expect(view.payload[0]).toBe(5);
  });

  test('one that is too short for its assets is refused', () => {
    const payload = encodeFramePayload(frameOf(FRAME_SCAN), ASSETS);
    expect(() => readFramePayload(createFrame(1), payload, ASSETS + 1)).toThrow(/FRAME of 4 assets must have at least/);
    expect(() => readFramePayload(createFrame(1), payload.subarray(0, 64), ASSETS)).toThrow(
      /at least 192 bytes, had 64/,
    );
  });
});
