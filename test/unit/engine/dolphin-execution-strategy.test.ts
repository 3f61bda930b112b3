import { describe, expect, test } from 'vitest';
import {
  type AssetSignal,
  DolphinExecutionStrategy,
  SIGNAL_NO_DIVERGENCE,
  SIGNAL_NOT_TRADED,
  SIGNAL_TAKEN,
  SIGNAL_WEAK_ALIGNMENT,
  SIGNAL_WEAK_MOMENTUM,
  signalFiltersOf,
} from '../../../src/engine/dolphin-execution-strategy.ts';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { APEX } from '../../../src/model/posture.ts';
import {
  createChampionConfig,
  createDolphinExecutionConfig,
  type StrategyConfig,
} from '../../../src/model/strategy.ts';
import { DAY, Desk, NONE, UNIVERSE } from './desk.ts';

const BTC = 0;
const ETH = 1;
const BNB = 2;

function signal(fields: Partial<AssetSignal> = {}): AssetSignal {
  return { assetIndex: ETH, velDiv: -0.03, price: NONE, irpAlignment: NONE, momentum: NONE, ...fields };
}

/** An engine with its gates open behind the strategy, warmed up: the next scan may trade. */
function front(settings: Partial<StrategyConfig> = {}, excluded = [0, 0, 0]) {
  const desk = new Desk(settings);
  desk.engine.beginDay(DAY, APEX, 1);
  const filters = { irpAlignmentMin: 0.45, momentumMagnitudeMin: 0.000075 };
  const strategy = new DolphinExecutionStrategy(Uint8Array.from(excluded), filters, desk.engine);
  const scan = (prices: number[], velDiv = NONE) => strategy.onScan(desk.scan(prices, { velDiv }), true);
  for (const btc of [100, 101, 100, 101]) scan([btc, 50, 20]);
  return { desk, strategy, scan, position: desk.engine.position };
}

describe('filters', () => {
  test.each([
    ['nothing but a divergence', {}, SIGNAL_TAKEN],
    ['alignment at the minimum', { irpAlignment: 0.45 }, SIGNAL_TAKEN],
    ['alignment below it', { irpAlignment: 0.4499 }, SIGNAL_WEAK_ALIGNMENT],
    ['momentum at the minimum', { momentum: -0.000075 }, SIGNAL_TAKEN],
    ['momentum below it', { momentum: 0.0000749 }, SIGNAL_WEAK_MOMENTUM],
    ['no divergence', { velDiv: NONE }, SIGNAL_NO_DIVERGENCE],
    ['a divergence beyond 10', { velDiv: -11 }, SIGNAL_NO_DIVERGENCE],
    ['an asset outside the universe', { assetIndex: 3 }, SIGNAL_NOT_TRADED],
    ['no asset', { assetIndex: -1 }, SIGNAL_NOT_TRADED],
  ])('%s', (_, fields, answer) => {
    const { strategy, scan, position } = front();
    expect(strategy.onSignal(signal(fields))).toBe(answer);
    expect(strategy.answers[answer]).toBe(1);
    scan([101, 49, 20]);
    expect(position.isOpen).toBe(answer === SIGNAL_TAKEN);
  });

  test('an excluded asset is not traded', () => {
    expect(front({}, [0, 1, 0]).strategy.onSignal(signal())).toBe(SIGNAL_NOT_TRADED);
  });

  test('a strong figure from outside opens nothing where the engine itself sees none', () => {
    const { strategy, scan, position, desk } = front();
    strategy.onSignal(signal({ irpAlignment: 1, momentum: -0.5 }));
    scan([101, 51, 20]); // ETH rises under a SHORT signal
    expect(position.isOpen).toBe(false);
    expect(desk.funnel().direction).toEqual([1, 0]);
  });
});

describe('per asset', () => {
  test('the asset with the signal is traded, not the one that fell most', () => {
    const { strategy, scan, position } = front();
    strategy.onSignal(signal({ assetIndex: BNB }));
    scan([101, 40, 19.9]);
    expect([position.assetIndex, position.entryPrice]).toEqual([BNB, 19.9]);
  });

  test('the divergence of the scan does not count', () => {
    const { scan, position } = front();
    scan([101, 49, 20], -0.05);
    expect(position.isOpen).toBe(false);
  });

  test('a signal serves one scan; of two the later holds', () => {
    const { strategy, scan, position } = front();
    strategy.onSignal(signal());
    strategy.onSignal(signal({ velDiv: 0 }));
    scan([101, 49, 20]);
    expect(position.isOpen).toBe(false);
    strategy.onSignal(signal());
    strategy.dropSignals();
    scan([101, 48, 20]);
    expect(position.isOpen).toBe(false);
  });
});

describe('price', () => {
  test('that of the signal when it states one, else that of the scan', () => {
    for (const [stated, entry] of [
      [48.5, 48.5],
      [NONE, 49],
      [0, 49],
      [-3, 49],
    ] as const) {
      const { strategy, scan, position } = front();
      strategy.onSignal(signal({ price: stated }));
      scan([101, 49, 20]);
      expect(position.entryPrice).toBe(entry);
    }
  });

  test('it holds for its scan alone: the next one marks and exits at the market', () => {
    const { strategy, scan, desk } = front({ max_hold_bars: 1 });
    strategy.onSignal(signal({ price: 48.5 }));
    scan([101, 49, 20]);
    scan([101, 49, 20]);
    expect(desk.intents.map(({ price }) => price)).toEqual([48.5, 49]);
  });
});

test('its volatility detector: high is above the 75th percentile of its own history', () => {
  const swings = { vol_detector: 'percentile', vol_window: 2 } as const;
  const isOpenAfter = (lastBtc: number) => {
    const { strategy, scan, position, desk } = front(swings);
    // A range of volatilities: each swing is a little wider than the one before.
    for (let i = 1; i <= 120; i++) scan([100 + (i % 2) * (1 + i / 100), 50, 20]);
    expect(desk.engine.volatility.permissiveBars).toBe(0); // nobody asked while the history was short
    strategy.onSignal(signal());
    scan([lastBtc, 49, 20]);
    return position.isOpen;
  };
  expect(isOpenAfter(104)).toBe(true); // the widest swing
  expect(isOpenAfter(100)).toBe(false); // the calmest
});

test('while its history is short the detector permits, and the run says how often', () => {
  const { strategy, scan, position, desk } = front({ vol_detector: 'percentile' });
  expect(desk.engine.run().warnings.join()).not.toMatch(/volatility/);
  strategy.onSignal(signal());
  scan([101, 49, 20]);
  expect(position.isOpen).toBe(true);
  expect(desk.engine.run().warnings.join()).toMatch(/volatility detector let 1 bars pass/);
});

test('its settings: percentile detector, 99 bps, and the filters of the audit', () => {
  const { signals, vol_detector, fixed_tp_pct, ...same } = createDolphinExecutionConfig();
  expect([signals, vol_detector, fixed_tp_pct]).toEqual(['asset', 'percentile', 0.0099]);
  expect({ ...createChampionConfig(), ...same }).toEqual(createChampionConfig());
  const { irpAlignmentMin, momentumMagnitudeMin } = signalFiltersOf(createDolphinExecutionConfig());
  expect([irpAlignmentMin, momentumMagnitudeMin]).toEqual([0.45, expect.closeTo(0.000075, 12)]);
});

test('comes back from its state with the signals that no scan has taken', () => {
  const { strategy } = front();
  strategy.onSignal(signal({ assetIndex: BTC, price: 99 }));
  const writer = new SnapshotWriter();
  strategy.walkState(writer);
  const seen: number[][] = [];
  const port = {
    step: (scan: { payload: Float64Array; assetVelDivs: Float64Array }) =>
      seen.push([...scan.payload.slice(0, UNIVERSE.length), ...scan.assetVelDivs]),
  };
  const after = new DolphinExecutionStrategy(new Uint8Array(3), { irpAlignmentMin: 0, momentumMagnitudeMin: 0 }, port);
  after.walkState(new SnapshotReader(writer.bytes()));
  after.onScan(new Desk().scan([101, 49, 20]), true);
  expect(seen).toEqual([[99, 49, 20, -0.03, NONE, NONE]]);
  expect([...after.answers]).toEqual([...strategy.answers]);
});
