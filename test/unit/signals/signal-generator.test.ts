import { describe, expect, it } from 'vitest';
import { generateSignals, type SignalParams } from '../../../src/alpha/signals/signal-generator.ts';
import { deriveLeverageParams, deriveRunParams } from '../../../src/engine/run-params.ts';
import { LONG, SHORT } from '../../../src/model/direction.ts';
import {
  createFrame,
  FLAG_ASSET_VEL_DIV,
  FRAME_SCAN,
  type FrameView,
  SIGNAL_VEL_DIV,
} from '../../../src/model/frame.ts';
import { createChampionConfig, type StrategyConfig } from '../../../src/model/strategy.ts';

const UNIVERSE = ['BTCUSDT', 'ETHUSDT', 'USDCUSDT', 'SOLUSDT'];

function paramsOf(changes: Partial<StrategyConfig> = {}): SignalParams {
  const params = deriveRunParams({ ...createChampionConfig(), ...changes }, UNIVERSE, 5000);
  const { excluded, directionRule } = params;
  return { universe: UNIVERSE, excluded, directionRule, leverage: deriveLeverageParams(params) };
}

function scan(velDiv: number, assetVelDivs?: readonly number[]): FrameView {
  const frame = createFrame(UNIVERSE.length);
  frame.kind = FRAME_SCAN;
  frame.signals[SIGNAL_VEL_DIV] = velDiv;
  frame.payload.set([60_000, 3000, 1, Number.NaN]);
  if (assetVelDivs !== undefined) {
    frame.flags = FLAG_ASSET_VEL_DIV;
    frame.assetVelDivs.set(assetVelDivs);
  }
  return frame;
}

describe('generateSignals', () => {
  it('speaks for every asset with a price that is not excluded, where one divergence holds for all', () => {
    // strength (-0.02 + 0.035) / (-0.02 + 0.05) = 0.5; the audited min(|vd| * 20, 1) would say 0.7
    expect(generateSignals(scan(-0.035), paramsOf())).toEqual([
      { symbol: 'BTCUSDT', direction: SHORT, velDiv: -0.035, strength: expect.closeTo(0.5, 12), price: 60_000 },
      { symbol: 'ETHUSDT', direction: SHORT, velDiv: -0.035, strength: expect.closeTo(0.5, 12), price: 3000 },
    ]);
  });

  it.each([
    ['at the threshold', -0.02, 0],
    ['at the extreme', -0.05, 1],
    ['beyond it', -0.4, 1],
  ])('has the strength of the leverage formula %s', (_, velDiv, strength) => {
    expect(generateSignals(scan(velDiv), paramsOf())[0]?.strength).toBe(strength);
  });

  it.each([
    ['short of the threshold', -0.0199],
    ['on the other side', 0.05],
    ['missing', Number.NaN],
    ['beyond ±10', -10.5],
  ])('makes none of a divergence %s', (_, velDiv) => {
    expect(generateSignals(scan(velDiv), paramsOf())).toEqual([]);
  });

  it('asks each asset for its own, where the scan states them, and never for the global one', () => {
    const signals = generateSignals(scan(-0.5, [Number.NaN, -0.03, -0.05, -0.05]), paramsOf());
    expect(signals.map(({ symbol, velDiv }) => [symbol, velDiv])).toEqual([['ETHUSDT', -0.03]]);
  });

  it('takes the side of the divergence with both, and the mirrored strength', () => {
    const signals = generateSignals(scan(0, [-0.05, 0.035, 0, 0]), paramsOf({ direction: 'both' }));
    expect(signals.map(({ direction }) => direction)).toEqual([SHORT, LONG]);
    expect(signals[1]?.strength).toBeCloseTo(0.5, 12);
  });
});
