import { describe, expect, test } from 'vitest';
import { DolphinActor, type Rules } from '../../../src/engine/actor.ts';
import { AlphaEngine } from '../../../src/engine/engine.ts';
import { NO_CELLS } from '../../../src/engine/live-cells.ts';
import { PostureTable } from '../../../src/engine/posture-source.ts';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import {
  FLAG_BAR_SIGNALS,
  FRAME_BAR,
  FRAME_SCAN,
  type FrameView,
  SIGNAL_INSTABILITY_50,
  SIGNAL_V750,
  SIGNAL_VEL_DIV,
} from '../../../src/model/frame.ts';
import { INTENT_ENTRY, type Intent } from '../../../src/model/intent.ts';
import { HIBERNATE, type Posture } from '../../../src/model/posture.ts';
import { createChampionConfig, type StrategyConfig } from '../../../src/model/strategy.ts';
import { blankFrame, DAY, UNIVERSE } from './desk.ts';

/** Gates open as soon as prices move; at 0.1 s with scans of 0.2 s a count of one bar is two steps. */
const OPEN_GATES: Partial<StrategyConfig> = {
  warmup_bars: 0,
  dc_lookback_bars: 1,
  lookback: 1,
  vol_window: 2,
  vol_p60: 0,
  min_irp_alignment: 0,
  fee_draw: 'expected',
};
const FLAT = [100, 50, 20] as const;

class Feed {
  readonly engine: AlphaEngine;
  readonly actor: DolphinActor;
  readonly intents: Intent[] = [];
  readonly ended: unknown[] = [];
  private number = 0;

  constructor(settings: Partial<StrategyConfig>, intervalMs = 5000, rules: Rules = 'replay', posture?: Posture) {
    const config = { ...createChampionConfig(), ...OPEN_GATES, ...settings };
    const emit = (intent: Intent) => this.intents.push({ ...intent });
    this.engine = new AlphaEngine(deriveRunParams(config, UNIVERSE, intervalMs), { emit });
    const rows = posture === undefined ? [] : [{ day: DAY, posture, rm: 1 }];
    this.actor = new DolphinActor(
      this.engine,
      {
        posture: new PostureTable(rows),
        cells: NO_CELLS,
        onDayEnd: (result) => this.ended.push(result),
        onInterrupted: () => undefined,
      },
      rules,
    );
  }

  scan(second: number, prices: readonly number[], velDiv: number, fields: Partial<FrameView> = {}): this {
    const frame = blankFrame(FRAME_SCAN, DAY, second);
    frame.scanNumber = ++this.number;
    frame.signals[SIGNAL_VEL_DIV] = velDiv;
    frame.payload.set(prices);
    return this.take({ ...frame, ...fields });
  }

  bar(second: number, prices: readonly number[], fields: Partial<FrameView> = {}): this {
    const frame = blankFrame(FRAME_BAR, DAY, second);
    frame.payload.set(prices);
    return this.take({ ...frame, ...fields });
  }

  take(frame: FrameView, ageSeconds = 0): this {
    this.actor.onFrame({
      ...frame,
      tsTakeDay: frame.tsEventDay,
      tsTakeNsOfDay: frame.tsEventNsOfDay + ageSeconds * 1e9,
    });
    return this;
  }

  /** Swinging prices, then a SHORT of ETHUSDT at 49 on the scan at 25 s. */
  openShort(): this {
    [100, 101, 100, 101].forEach((btc, i) => void this.scan(5 * (i + 1), [btc, 50, 20], 0));
    this.scan(25, [101, 49, 20], -0.03);
    expect(this.engine.position.isOpen).toBe(true);
    return this;
  }

  get last(): Intent {
    return this.intents.at(-1)!;
  }
}

describe('resolution 5s', () => {
  test('a bar is no frame of its: nothing is stepped, crossed or counted', () => {
    const feed = new Feed({ resolution: '5s' }).openShort();
    const before = feed.engine.tally.counters();
    feed.bar(25.1, [101, 40, 20]).bar(25.1, [101, 40, 20]);
    feed.take({ ...blankFrame(FRAME_BAR, DAY - 1, 5) }).take({ ...blankFrame(FRAME_BAR, DAY + 1, 5) });
    expect([feed.intents.length, feed.ended.length, feed.engine.lifetimeBar]).toEqual([1, 0, 5]);
    expect(feed.engine.tally.counters()).toEqual(before);
  });
});

describe('resolution hybrid', () => {
  const hybrid = (settings: Partial<StrategyConfig> = {}) =>
    new Feed({ resolution: 'hybrid', ...settings }).openShort();

  test('a bar takes a profit between two scans, at its price and time, on the bar of the scan before', () => {
    const feed = hybrid().bar(25.1, [101, 48.9, 20]).bar(25.2, [101, 48.5, 20]);
    expect(feed.last).toMatchObject({ reason: 1, price: 48.5, tsEventNsOfDay: 25.2e9, lifetimeBar: 4 });
    expect(feed.engine.position.barsHeld).toBe(0);
    expect([feed.engine.lifetimeBar, feed.engine.tally.bars]).toEqual([5, 5]);
  });

  test('a bar opens nothing, and the scan after a close on a bar may', () => {
    const feed = hybrid().bar(25.1, [101, 48.5, 20]).bar(25.2, [101, 47, 20]);
    expect(feed.intents).toHaveLength(2);
    feed.scan(30, [100, 48, 20], -0.03);
    expect(feed.last).toMatchObject({ kind: INTENT_ENTRY, lifetimeBar: 5 });
  });

  test('max_hold_bars counts scans, and the clock closes on a bar', () => {
    const feed = hybrid({ max_hold_bars: 2 });
    for (let i = 1; i < 49; i++) feed.bar(25 + i / 10, [101, 49, 20]);
    feed.scan(30, [101, 49, 20], 0);
    expect(feed.engine.position.barsHeld).toBe(1);
    feed.bar(34.9, [101, 49, 20]);
    expect(feed.engine.position.isOpen).toBe(true);
    feed.bar(35, [101, 49, 20]); // no scan has come: 10 s are two bars of 5 s
    expect(feed.last).toMatchObject({ reason: 3, lifetimeBar: 5, tsEventNsOfDay: 35e9 });
  });

  test('a bar at the instant of the last scan, or older, tells nothing new; one not later than the last bar is counted', () => {
    const feed = hybrid();
    feed.bar(25, [101, 40, 20]).bar(24.9, [101, 40, 20]);
    expect([feed.intents.length, feed.engine.tally.duplicateScans]).toEqual([1, 0]);
    feed.bar(25.1, [101, 49, 20]).bar(25.1, [101, 40, 20]);
    expect([feed.intents.length, feed.engine.tally.duplicateScans]).toEqual([1, 1]);
  });

  test('the price after a decision is that of the next bar', () => {
    const feed = hybrid().bar(25, [101, 47, 20]).bar(25.1, [101, 48.9, 20]).scan(30, [101, 48.5, 20], 0);
    feed.bar(30.1, [101, 48.7, 20]);
    expect(feed.engine.run().trades[0]).toMatchObject({ entryNextBar: 48.9, exitNextBar: 48.7 });
  });

  test('an overdue position without a price is late once, and leaves at the first price of a bar', () => {
    const feed = hybrid({ max_hold_bars: 1 }).scan(30, [101, Number.NaN, 20], 0);
    feed.bar(30.1, [101, Number.NaN, 20]).bar(30.2, [101, 49.1, 20]);
    expect(feed.engine.tally.lateExits).toBe(1);
    expect(feed.last).toMatchObject({ reason: 3, price: 49.1, lifetimeBar: 5 });
  });

  test('the breaker is asked and the drawdown marked on bars', () => {
    const feed = hybrid({ daily_loss_limit_pct: 0.01 });
    feed.bar(25.1, [101, 60, 20]);
    expect(feed.last.reason).toBe(6);
    expect(feed.engine.run().maxDrawdownMarked).toBeGreaterThan(0.01);
    expect(feed.engine.breaker.isTripped).toBe(true);
  });

  test('gaps, histories and input quality are those of scans', () => {
    const feed = hybrid();
    const prices = feed.engine.histories.priceCount(1);
    feed.bar(25.1, [Number.NaN, 49, 20]).bar(29.9, [101, 49, 20]);
    feed.scan(60, [101, 49, 20], 0);
    expect([feed.engine.tally.gaps, feed.engine.tally.invalidPrices]).toEqual([1, 0]);
    expect(feed.engine.histories.priceCount(1)).toBe(prices + 1);
  });

  test('a bar of the next day ends the day, at the time of the last bar', () => {
    const feed = hybrid().bar(27, [101, 49.2, 20]);
    feed.take(blankFrame(FRAME_BAR, DAY + 1, 0));
    expect(feed.ended).toHaveLength(1);
    expect(feed.last).toMatchObject({ reason: 4, price: 49.2, tsEventNsOfDay: 27e9, tsEventDay: DAY, lifetimeBar: 4 });
  });

  test('a bar of an old day is counted and forgotten', () => {
    const feed = hybrid().take({ ...blankFrame(FRAME_BAR, DAY - 1, 5) });
    expect(feed.engine.tally.duplicateScans).toBe(1);
  });

  test('in HIBERNATE a position that was carried in leaves at its first price, on a bar', () => {
    const feed = new Feed({ resolution: 'hybrid', carry_positions: true, close_at_day_end: false }, 5000, 'replay');
    feed.openShort();
    Object.assign(feed.actor, { ports: { ...hibernating(feed) } });
    feed.take({ ...blankFrame(FRAME_BAR, DAY + 1, 1), payload: Float64Array.of(101, Number.NaN, 20) });
    expect(feed.engine.position.isOpen).toBe(true);
    feed.take({ ...blankFrame(FRAME_BAR, DAY + 1, 1.1), payload: Float64Array.of(101, 49.3, 20) });
    expect(feed.last).toMatchObject({ reason: 5, price: 49.3 });
  });
});

function hibernating(feed: Feed) {
  return {
    posture: new PostureTable([DAY, DAY + 1].map((day) => ({ day, posture: HIBERNATE, rm: 1 }))),
    cells: NO_CELLS,
    onDayEnd: (result: unknown) => feed.ended.push(result),
    onInterrupted: () => undefined,
  };
}

describe('resolution 0.1s', () => {
  /** Scans of 0.2 s, two steps each, so that counts are short. */
  const fine = (settings: Partial<StrategyConfig> = {}, rules: Rules = 'replay') =>
    new Feed({ resolution: '0.1s', ...settings }, 200, rules);

  /** Prices that swing from bar to bar, without a signal; the last bar is at 1 s. */
  const warm = (feed: Feed): Feed => {
    feed.scan(0.1, FLAT, 0);
    for (let i = 1; i <= 10; i++) feed.bar(i / 10, [i % 2 === 0 ? 100 : 101, 50, 20]);
    return feed;
  };

  test('a scan steps nothing; the bar at its instant steps once, on its signal', () => {
    const feed = warm(fine());
    const bars = feed.engine.tally.bars;
    feed.scan(1.1, [101, 49, 20], -0.03);
    expect([feed.engine.tally.bars, feed.intents.length]).toEqual([bars, 0]);
    feed.bar(1.1, [101, 49, 20]);
    expect(feed.engine.tally.bars).toBe(bars + 1);
    expect(feed.last).toMatchObject({ kind: INTENT_ENTRY, price: 49, tsEventNsOfDay: 1.1e9 });
  });

  test('counts of bars are multiplied: the longest hold is two steps per bar', () => {
    const feed = warm(fine({ max_hold_bars: 2 }));
    feed.scan(1.1, FLAT, -0.03).bar(1.1, [101, 49, 20]);
    for (let i = 2; i <= 4; i++) feed.bar(1 + i / 10, [101, 49, 20]);
    expect(feed.engine.position.barsHeld).toBe(3);
    feed.bar(1.5, [101, 49, 20]);
    expect(feed.last).toMatchObject({ reason: 3, tsEventNsOfDay: 1.5e9 });
  });

  test('a held signal opens on a later bar, when the other gates open only then', () => {
    const feed = warm(fine());
    feed.scan(1.1, FLAT, -0.03).bar(1.1, [101, 50, 20]); // no asset has fallen
    expect(feed.intents).toHaveLength(0);
    feed.bar(1.2, [101, 49, 20]);
    expect(feed.last).toMatchObject({ kind: INTENT_ENTRY, tsEventNsOfDay: 1.2e9 });
  });

  test('a close spends the signal: the next position waits for the next scan', () => {
    const feed = warm(fine({ max_hold_bars: 1 }));
    feed.scan(1.1, FLAT, -0.03).bar(1.1, [101, 49, 20]).bar(1.2, [101, 49, 20]).bar(1.3, [101, 49, 20]);
    expect(feed.last.reason).toBe(3);
    feed.bar(1.4, [100, 48, 20]).bar(1.5, [101, 47, 20]);
    expect(feed.intents).toHaveLength(2);
    feed.scan(1.6, FLAT, -0.03).bar(1.6, [100, 46, 20]);
    expect(feed.intents).toHaveLength(3);
  });

  test('a signal is held for 2.5 scan intervals, not longer', () => {
    const atAge = (second: number) => {
      const feed = warm(fine()).scan(1.1, FLAT, -0.03);
      // Flat until then; no gap in between, or there would be no volatility either.
      for (let t = 1.1; t < second - 0.05; t += 0.1) feed.bar(t, [Math.round(t * 10) % 2 === 0 ? 100 : 101, 50, 20]);
      return feed.bar(second, [101, 49, 20]).intents.length;
    };
    expect(atAge(1.6)).toBe(1);
    expect(atAge(1.65)).toBe(0);
  });

  test('signals of its own make a bar independent of scans', () => {
    const feed = warm(fine());
    const own = (velDiv: number) => ({ flags: FLAG_BAR_SIGNALS, signals: Float64Array.of(velDiv, 0, 0, 0, 0, 0, 0) });
    feed.bar(1.1, [101, 49, 20], own(0));
    expect(feed.intents).toHaveLength(0);
    feed.bar(1.2, [101, 48, 20], own(-0.03));
    expect(feed.intents).toHaveLength(1);
  });

  test('a missing signal is counted once per scan, an invalid price once per bar', () => {
    const feed = warm(fine()).scan(1.1, FLAT, Number.NaN);
    for (let i = 11; i <= 14; i++) feed.bar(i / 10, [101, 0, 20]);
    expect([feed.engine.tally.missingSignals, feed.engine.tally.invalidPrices]).toEqual([1, 4]);
  });

  test('the proxy boost takes each signal once', () => {
    const feed = warm(fine({ boost_mode: 'proxyB' }));
    const scanOf = (i: number) => {
      const frame = blankFrame(FRAME_SCAN, DAY, 1.1 + i / 10);
      frame.signals.set([i, 0], SIGNAL_INSTABILITY_50);
      frame.signals[SIGNAL_V750] = 0;
      feed
        .take({ ...frame, scanNumber: 100 + i })
        .bar(1.1 + i / 10, FLAT)
        .bar(1.15 + i / 10, FLAT);
    };
    for (let i = 0; i < 99; i++) scanOf(i);
    expect(feed.engine.regime.proxy).toBe(1); // fewer than 100 values
    scanOf(99);
    expect(feed.engine.regime.proxy).toBeCloseTo(1 + 0.2 * (2 * 0.99 - 1), 12);
  });

  test('a step more than 2.5 bars of 0.1 s after the last one comes after a gap', () => {
    const feed = warm(fine()).bar(1.25, FLAT);
    expect(feed.engine.tally.gaps).toBe(0);
    feed.bar(1.51, FLAT);
    expect(feed.engine.tally.gaps).toBe(1);
  });

  test('bars that do not go forward are dropped and counted', () => {
    const feed = warm(fine());
    const { bars } = feed.engine.tally;
    feed.bar(1, FLAT).bar(0.9, FLAT);
    expect([feed.engine.tally.bars, feed.engine.tally.duplicateScans]).toEqual([bars, 2]);
  });

  test('live, nothing is opened on a stale scan or on a stale bar', () => {
    const entriesOf = (scanAge: number, barAge: number) => {
      const feed = warm(fine({}, 'live'));
      const scan = blankFrame(FRAME_SCAN, DAY, 1.1);
      scan.signals[SIGNAL_VEL_DIV] = -0.03;
      feed.take({ ...scan, scanNumber: 50 }, scanAge);
      const bar = blankFrame(FRAME_BAR, DAY, 1.1);
      bar.payload.set([101, 49, 20]);
      feed.take(bar, barAge);
      return [feed.intents.length, feed.engine.tally.staleScans];
    };
    expect(entriesOf(0, 0)).toEqual([1, 0]);
    expect(entriesOf(11, 0)).toEqual([0, 1]);
    expect(entriesOf(0, 11)).toEqual([0, 1]);
  });

  test('no signal is held over midnight', () => {
    const feed = warm(fine()).scan(1.1, FLAT, -0.03);
    for (let i = 1; i < 12; i++) {
      const bar = blankFrame(FRAME_BAR, DAY + 1, i / 10);
      bar.payload.set([i % 2 === 0 ? 100 : 101, 50 - i, 20]);
      feed.take(bar);
    }
    expect(feed.intents).toHaveLength(0);
  });
});
