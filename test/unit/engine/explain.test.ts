import { describe, expect, test } from 'vitest';
import { AlphaEngine } from '../../../src/engine/engine.ts';
import { type BarExplanation, BarWatch } from '../../../src/engine/explain.ts';
import { FLAG_ASSET_VEL_DIV, type FrameView } from '../../../src/model/frame.ts';
import { APEX, HIBERNATE } from '../../../src/model/posture.ts';
import type { StrategyConfig } from '../../../src/model/strategy.ts';
import { bookFrame, DAY, Desk, NONE, UNIVERSE } from './desk.ts';

/** A desk whose engine is watched. */
function watched(settings: Partial<StrategyConfig> = {}, posture: 0 | 3 = APEX) {
  const desk = new Desk(settings);
  const watch = new BarWatch();
  const engine = new AlphaEngine(desk.engine.params, watch);
  engine.beginDay(DAY, posture, 1);
  const take = (frame: FrameView, canEnter = true): BarExplanation => {
    watch.onFrame(frame, engine);
    engine.step(frame, canEnter);
    return watch.explain(engine);
  };
  const warmUp = () => {
    for (const btc of [100, 101, 100, 101]) take(desk.scan([btc, 50, 20], { velDiv: 0 }));
  };
  return { desk, watch, engine, take, warmUp };
}

const gate = (explanation: BarExplanation, name: string) => explanation.gates.find((line) => line.gate === name)!;
const line = (explanation: BarExplanation, symbol: string) =>
  explanation.ranking.find(({ assetIndex }) => assetIndex === UNIVERSE.indexOf(symbol))!;

describe('gates that the step did not come to are judged all the same', () => {
  test('a weak signal: reached and failed; behind it direction and ranking as they stand', () => {
    const { desk, take, warmUp } = watched();
    warmUp();
    const explanation = take(desk.scan([101, 49, 20.5], { velDiv: -0.01 }));
    expect(explanation.gates.map(({ isReached }) => isReached)).toEqual([true, true, ...Array(6).fill(false)]);
    expect(gate(explanation, 'signal')).toMatchObject({ isPassed: false, value: -0.01, threshold: -0.02 });
    expect(gate(explanation, 'direction')).toMatchObject({ isPassed: true, candidates: { left: 1, asked: 3 } });
    expect(gate(explanation, 'sizing').isPassed).toBe(true);
    expect(explanation.ranking[0]).toMatchObject({ assetIndex: 1, verdict: 'best' });
    expect(line(explanation, 'BNBUSDT').verdict).toBe('direction');
    expect(explanation.action).toEqual({ kind: 'none' });
  });

  test('no signal at all sizes nothing', () => {
    const { desk, take, warmUp } = watched();
    warmUp();
    const explanation = take(desk.scan([101, 49, 20], { velDiv: NONE }));
    expect(explanation.size.notional).toBeNaN();
    expect(gate(explanation, 'sizing').isPassed).toBe(false);
    expect(explanation.counted).toEqual({ missingSignals: 1 });
  });

  test('an open breaker is named, and everything behind it is judged', () => {
    const { desk, take, warmUp, engine } = watched();
    warmUp();
    engine.breaker.trip('manual');
    const explanation = take(desk.scan([101, 49, 20]));
    expect([explanation.breaker, gate(explanation, 'risk').isPassed]).toEqual(['manual', false]);
    expect(gate(explanation, 'irp')).toMatchObject({ isReached: false, isPassed: true });
  });
});

describe('why an asset was turned away', () => {
  test('its price, its book, its exclusion', () => {
    const { desk, take, engine } = watched({ excluded_assets: ['BNBUSDT'] });
    for (const btc of [100, 101, 100, 101]) take(desk.scan([btc, 50, 20], { velDiv: 0 }));
    engine.applyBook(bookFrame(1, 1000, 1000, DAY, 21));
    engine.applyBook(bookFrame(1, 3000, 1000, DAY, 22));
    const explanation = take(desk.scan([NONE, 49, 20]));
    expect(line(explanation, 'BTCUSDT')).toMatchObject({ verdict: 'noPrice', price: NONE });
    expect(line(explanation, 'ETHUSDT').verdict).toBe('bookOtherSide');
    expect(line(explanation, 'ETHUSDT').book?.z).toBeGreaterThan(0.4);
    expect(line(explanation, 'BNBUSDT').verdict).toBe('excluded');
    expect(gate(explanation, 'orderBook')).toMatchObject({ isReached: true, isPassed: false });
  });

  test('its own divergence, where scans bring one per asset', () => {
    const { desk, take, warmUp } = watched();
    warmUp();
    const frame = desk.scan([101, 49, 19], { velDiv: NONE });
    frame.flags = FLAG_ASSET_VEL_DIV;
    frame.assetVelDivs.set([NONE, -0.035, -0.01]);
    const explanation = take(frame);
    expect(explanation.action).toMatchObject({ kind: 'entry', assetIndex: 1 });
    expect(explanation.size.leverage).toBeCloseTo(1.0625, 12);
    expect(line(explanation, 'BNBUSDT').verdict).toBe('signal');
    expect(gate(explanation, 'signal')).toMatchObject({ value: -0.035, candidates: { left: 1, asked: 3 } });
  });
});

describe('what the engine did', () => {
  test('holds, with a price and without one', () => {
    const { desk, take, warmUp } = watched();
    warmUp();
    take(desk.scan([101, 49, 20]));
    const held = take(desk.scan([101, 48.9, 20]));
    expect(held.notAsked).toBe('positionOpen');
    expect(held.action).toMatchObject({ kind: 'hold', assetIndex: 1, barsHeld: 1, entryPrice: 49, maxHoldBars: 120 });
    if (held.action.kind !== 'hold') throw new Error('no hold');
    expect(held.action.change).toBeCloseTo(-(48.9 / 49 - 1), 15);
    expect(held.action.toTakeProfit).toBeCloseTo(0.0095 + (48.9 / 49 - 1), 15);
    const blind = take(desk.scan([101, NONE, 20]));
    expect(blind.action).toMatchObject({ kind: 'hold', price: NONE, change: NONE, barsHeld: 2 });
    expect(blind.counted).toEqual({ invalidPrices: 1 });
  });

  test('hibernates', () => {
    const { desk, take } = watched({}, HIBERNATE);
    const explanation = take(desk.scan([101, 49, 20]));
    expect(explanation.notAsked).toBe('hibernate');
    expect(explanation.gates.some(({ isReached }) => isReached)).toBe(false);
  });

  test('the first bar of a day counts from zero', () => {
    const { desk, take, watch, engine } = watched();
    take(desk.scan([NONE, NONE, 20]));
    const frame = desk.scan([NONE, 50, 20], { day: DAY + 1, second: 5 });
    watch.onFrame(frame, engine);
    engine.endDay();
    engine.beginDay(DAY + 1, APEX, 1);
    engine.step(frame, true);
    expect(watch.explain(engine)).toMatchObject({ barOfDay: 0, bar: 1, counted: { invalidPrices: 1 } });
  });

  test('only the bar stepped last can be explained', () => {
    const { desk, engine, watch, take } = watched();
    expect(() => watch.explain(engine)).toThrow(RangeError);
    take(desk.scan([100, 50, 20]));
    engine.step(desk.scan([100, 50, 20]), true);
    expect(() => watch.explain(engine)).toThrow('bar to explain must be the one stepped last (1), was 0');
  });
});
