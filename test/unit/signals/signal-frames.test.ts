import { describe, expect, it } from 'vitest';
import {
  createFrame,
  FLAG_ASSET_VEL_DIV,
  FLAG_LAST_OF_DAY,
  FLAG_STALE,
  FRAME_BOOK,
  FRAME_SCAN,
} from '../../../src/model/frame.ts';
import type { ScanReading } from '../../../src/model/scan-reading.ts';
import { type FrameMessage, SignalFrames } from '../../../src/workers/signal-frames.ts';

const UNIVERSE = ['BTCUSDT', 'ETHUSDT'];
const ID = { unixNs: 1n, ordinal: 0 };

function message(changes: Partial<ScanReading> = {}): FrameMessage {
  const scan = {
    day: 20_458,
    nsOfDay: 5e9,
    scanNumber: 3,
    signals: Float64Array.of(-0.04, 0.01, 0.05, 0, 0, 0, 0),
    prices: new Map([['ETHUSDT', 3000]]),
    assetVelDivs: null,
    isLastOfDay: false,
    ...changes,
  };
  return { kind: 'scan', id: ID, scan, signals: [], factors: null };
}

function frameOf(from: FrameMessage, isStale = false, hasAssetSignals = true) {
  const frames = new SignalFrames(UNIVERSE, hasAssetSignals);
  frames.set(from, isStale);
  const frame = createFrame(UNIVERSE.length);
  frames.fill(frame);
  expect(frames.hasNext).toBe(false);
  return frame;
}

describe('SignalFrames', () => {
  it('puts a scan into the order of the universe; what it does not state is missing', () => {
    const frame = frameOf(message({ isLastOfDay: true }));
    expect(frame).toMatchObject({
      kind: FRAME_SCAN,
      flags: FLAG_LAST_OF_DAY,
      tsEventDay: 20_458,
      tsEventNsOfDay: 5e9,
      scanNumber: 3,
    });
    expect([...frame.payload.slice(0, 2)]).toEqual([Number.NaN, 3000]);
    expect([...frame.signals]).toEqual([-0.04, 0.01, 0.05, 0, 0, 0, 0]);
  });

  it('flags a stale scan, and leaves its figures as they were told', () => {
    const frame = frameOf(message({ isLastOfDay: true }), true);
    expect(frame.flags).toBe(FLAG_STALE | FLAG_LAST_OF_DAY);
    expect([frame.signals[0], frame.payload[1]]).toEqual([-0.04, 3000]);
    const perAsset = frameOf(message({ assetVelDivs: new Map([['ETHUSDT', -0.05]]) }), true);
    expect([perAsset.flags, ...perAsset.assetVelDivs]).toEqual([FLAG_STALE | FLAG_ASSET_VEL_DIV, Number.NaN, -0.05]);
  });

  it('flags a divergence per asset', () => {
    const frame = frameOf(message({ assetVelDivs: new Map([['ETHUSDT', -0.05]]) }));
    expect(frame.flags).toBe(FLAG_ASSET_VEL_DIV);
    expect([...frame.assetVelDivs]).toEqual([Number.NaN, -0.05]);
  });

  it('puts a snapshot under the index of its asset', () => {
    const values = Float64Array.from({ length: 20 }, (_, i) => i + 1);
    const frame = frameOf({ kind: 'book', id: ID, book: { day: 20_458, nsOfDay: 1, symbol: 'ETHUSDT', values } });
    expect(frame).toMatchObject({ kind: FRAME_BOOK, assetIndex: 1, tsEventNsOfDay: 1 });
    expect([...frame.payload]).toEqual([...values]);
  });

  it('refuses a symbol of another universe, and velocities that the ring has no room for', () => {
    expect(() => frameOf(message({ prices: new Map([['SOLUSDT', 1]]) }))).toThrow(
      /^key asset_prices: SOLUSDT is not of the universe/,
    );
    const perAsset = message({ assetVelDivs: new Map([['ETHUSDT', -0.05]]) });
    expect(() => frameOf(perAsset, false, false)).toThrow(/^key assets: states velocities/);
  });
});
