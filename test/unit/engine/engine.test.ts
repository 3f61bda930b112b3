import { describe, expect, test } from 'vitest';
import { FLAG_ASSET_VEL_DIV } from '../../../src/model/frame.ts';
import { APEX, HIBERNATE, STALKER } from '../../../src/model/posture.ts';
import { isoFrom, NS_PER_SECOND } from '../../../src/model/time.ts';
import { AdaptiveCircuitBreaker } from '../../../src/risk/adaptive-circuit-breaker.ts';
import { bookFrame, DAY, Desk, NONE } from './desk.ts';

/** A desk whose day has begun. */
function desk(settings: ConstructorParameters<typeof Desk>[0] = {}, posture: 0 | 1 | 2 | 3 = APEX, rm = 1): Desk {
  const d = new Desk(settings);
  d.engine.beginDay(DAY, posture, rm);
  return d;
}

describe('entry', () => {
  test('a falling asset on a SHORT signal, sized by the signal', () => {
    const d = desk();
    d.openShort({ velDiv: -0.035 });
    const { position } = d.engine;
    expect([position.direction, position.assetIndex, position.entryPrice, position.bucket]).toEqual([-1, 1, 49, 2]);
    expect(position.leverage).toBeCloseTo(1.0625, 12); // 0.5 + 4.5 x 0.5^3
    expect(position.notional).toBeCloseTo(25_000 * 0.2 * 1.0625, 8);
    expect(position.qty).toBe(position.notional / 49);
    expect(d.engine.tally.obMissing).toBe(1);
    expect(d.intents).toHaveLength(1);
    expect(d.intents[0]).toMatchObject({ kind: 1, reason: 0, direction: -1, assetIndex: 1, lifetimeBar: 4, price: 49 });
  });

  test.each([
    ['a signal just too weak', { velDiv: -0.0199 }, 'signal'],
    ['a signal beyond 10', { velDiv: -11 }, 'signal'],
    ['no signal', { velDiv: NONE }, 'signal'],
    ['the other side', { velDiv: 0.03 }, 'signal'],
  ] as const)('none on %s', (_, fields, gate) => {
    const d = desk();
    d.openShort(fields);
    expect(d.engine.position.isOpen).toBe(false);
    expect(d.funnel()[gate]).toEqual([5, 0]);
    expect(d.engine.tally.missingSignals).toBe(Number.isNaN(fields.velDiv) || fields.velDiv < -10 ? 1 : 0);
  });

  test('LONG is the mirror', () => {
    const d = desk({ direction: 'long' });
    d.warmUp();
    d.step([101, 51, 20], { velDiv: 0.035 });
    expect([d.engine.position.direction, d.engine.position.assetIndex]).toEqual([1, 1]);
    expect(d.engine.position.leverage).toBeCloseTo(1.0625, 12);
    expect(d.engine.position.bucket).toBe(2);
  });

  test('with both, the sign of the divergence chooses the side', () => {
    const long = desk({ direction: 'both' });
    long.warmUp();
    long.step([101, 51, 20], { velDiv: 0.03 });
    expect(long.engine.position.direction).toBe(1);
    const short = desk({ direction: 'both' });
    short.openShort({ velDiv: -0.03 });
    expect(short.engine.position.direction).toBe(-1);
    const neither = desk({ direction: 'both' });
    neither.openShort({ velDiv: 0 });
    expect(neither.funnel().signal).toEqual([5, 0]);
  });

  test('with both, each side has its own boost, and the day reports that of SHORT', () => {
    const fearful = { day: DAY, fundingBtc: 0, dvolBtc: 0, fearGreed: 0, w750Velocity: NONE };
    const leverageOf = (velDiv: number, eth: number) => {
      const d = new Desk({ direction: 'both' });
      d.engine.setAcb(new AdaptiveCircuitBreaker([fearful]));
      d.engine.beginDay(DAY, APEX, 1);
      d.warmUp();
      d.step([101, eth, 20], { velDiv });
      expect(d.engine.boost).toBeCloseTo(1.3466, 4);
      return d.engine.position.leverage;
    };
    // beta 0.2, x = 1.75: 1 + 0.2 x 5.359375; leverage by signal 1.0625
    const common = 1.0625 * (1 + 0.2 * 1.75 ** 3);
    expect(leverageOf(-0.035, 49)).toBeCloseTo(common * (1 + 0.5 * Math.log(2)), 10);
    expect(leverageOf(0.035, 51)).toBeCloseTo(common * (1 - (0.5 * Math.log(2)) / Math.log(6)), 10);
  });

  test('the choice is the highest alignment, then the highest momentum, then the lowest index', () => {
    const d = desk();
    d.warmUp();
    d.step([101, 49, 19.5]); // both fell below the basket; BNBUSDT by more
    expect(d.engine.position.assetIndex).toBe(2);
    const tie = desk();
    for (const btc of [100, 101, 100, 101]) tie.step([btc, 50, 50], { velDiv: 0 });
    tie.step([101, 49, 49]);
    expect(tie.engine.position.assetIndex).toBe(1);
  });

  test('none without a valid price: the asset is no candidate on this bar', () => {
    const d = desk();
    d.warmUp();
    d.step([102, 49, 20], { velDiv: 0 });
    d.step([103, NONE, 20]);
    expect(d.engine.position.isOpen).toBe(false);
    expect(d.funnel().direction).toEqual([1, 0]);
  });

  test('no capital, or too small a position: stops at sizing, the cap still counted', () => {
    const poor = desk({ initial_capital: 10 });
    poor.openShort();
    expect(poor.funnel().sizing).toEqual([1, 0]);
    const capped = desk({ initial_capital: 0.1, max_leverage: 50 });
    capped.openShort({ velDiv: -0.05 });
    expect(capped.funnel().sizing).toEqual([1, 0]);
    expect(capped.engine.tally.leverageCapped).toBe(1);
  });

  test('the ceiling of the posture caps it', () => {
    const d = desk({}, STALKER, 0.8);
    d.openShort({ velDiv: -0.06 });
    expect(d.engine.position.leverage).toBe(2);
    expect(d.engine.tally.leverageCapped).toBe(1);
  });

  test('a bar that may not enter still counts nothing at the gates', () => {
    const d = desk();
    d.warmUp();
    d.engine.step(d.scan([101, 49, 20]), false);
    expect(d.engine.position.isOpen).toBe(false);
    expect(d.funnel().warmup).toEqual([4, 4]);
  });

  test('a forewarner that says RED closes the risk gate, another scale sizes', () => {
    const red = new Desk();
    red.engine.setMcForewarner({ assess: () => ({ status: 'RED', scale: 1 }) });
    red.engine.beginDay(DAY, APEX, 1);
    red.openShort();
    expect(red.funnel().risk).toEqual([1, 0]);
    const orange = new Desk();
    orange.engine.setMcForewarner({ assess: () => ({ status: 'ORANGE', scale: 0.75 }) });
    orange.engine.beginDay(DAY, APEX, 1);
    orange.openShort({ velDiv: -0.05 });
    expect(orange.engine.position.leverage).toBeCloseTo(3.75, 12);
  });

  test('without the alpha layers the first confirmed asset is taken, whatever its book', () => {
    const d = desk({ use_alpha_layers: false });
    d.engine.applyBook(bookFrame(1, 9000, 1000, DAY, 1));
    d.warmUp();
    d.step([101, 49.9, 19]);
    expect(d.engine.position.assetIndex).toBe(1);
    expect(d.engine.tally.obMissing).toBe(1);
    expect([d.funnel().orderBook, d.funnel().irp]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test('a book that leans against the trade holds it back; that of another asset does not', () => {
    const against = desk();
    against.engine.applyBook(bookFrame(1, 1000, 1000, DAY, 1));
    against.engine.applyBook(bookFrame(1, 3000, 1000, DAY, 2));
    against.openShort();
    expect(against.funnel().orderBook).toEqual([1, 0]);
    const other = desk();
    other.engine.applyBook(bookFrame(2, 3000, 1000, DAY, 2));
    other.openShort();
    expect(other.funnel().orderBook).toEqual([1, 1]);
  });

  test('refused snapshots are counted', () => {
    const d = desk();
    d.engine.applyBook(bookFrame(1, -1, 1000, DAY, 1));
    expect(d.engine.tally.obRefused).toBe(1);
  });
});

describe('a divergence per asset', () => {
  const scanWith = (d: Desk, prices: number[], velDivs: number[]) => {
    const frame = d.scan(prices, { velDiv: NONE });
    frame.flags = FLAG_ASSET_VEL_DIV;
    frame.assetVelDivs.set(velDivs);
    return frame;
  };

  test('lets only those on that pass by themselves, sized by their own', () => {
    const d = desk();
    d.warmUp();
    d.engine.step(scanWith(d, [101, 49, 19], [0, -0.035, -0.01]), true);
    expect(d.engine.position.assetIndex).toBe(1); // BNBUSDT fell by more
    expect(d.engine.position.leverage).toBeCloseTo(1.0625, 12);
    expect(d.engine.tally.missingSignals).toBe(0);
  });

  test('with both, each asset has its own side', () => {
    const d = desk({ direction: 'both' });
    d.warmUp();
    d.engine.step(scanWith(d, [101, 49, 20.5], [NONE, 0.03, 0.03]), true); // ETHUSDT asks for LONG but fell
    expect([d.engine.position.assetIndex, d.engine.position.direction]).toEqual([2, 1]);
  });

  test('passes the signal gate with nobody: none', () => {
    const d = desk();
    d.warmUp();
    d.engine.step(scanWith(d, [101, 49, 20], [-0.01, NONE, -11]), true);
    expect(d.funnel().signal).toEqual([5, 0]);
  });
});

describe('exit', () => {
  test('take profit, with fees of both ends in the pnl', () => {
    const d = desk();
    d.openShort({ velDiv: -0.05 });
    const { notional, qty } = d.engine.position;
    d.step([101, 48.5, 20]);
    const trade = d.engine.run().trades[0]!;
    const entryFee = 0.62 * -0.0002 + 0.38 * 0.0004;
    const exitFee = 0.5 * -0.0002 + 0.5 * 0.0004;
    const fees = notional * entryFee + qty * 48.5 * exitFee;
    expect(trade).toMatchObject({ reason: 'TAKE_PROFIT', exit: 48.5, entryBar: 4, exitBar: 5 });
    expect(trade.fees).toBeCloseTo(fees, 10);
    expect(trade.pnl).toBeCloseTo(-(48.5 / 49 - 1) * notional - fees, 8);
    expect(d.engine.capital).toBe(25_000 + trade.pnl);
  });

  test('a bar that closes opens none', () => {
    const d = desk();
    d.openShort();
    d.step([102, 48, 19]);
    expect(d.engine.position.isOpen).toBe(false);
    expect(d.funnel().warmup).toEqual([5, 5]); // the closing bar is not asked
    d.step([101, 47, 18]);
    expect(d.engine.position.isOpen).toBe(true);
  });

  test('max hold counts steps: the step after the entry is 1', () => {
    const d = desk({ max_hold_bars: 3 });
    d.openShort();
    for (let i = 0; i < 3; i++) {
      expect(d.engine.position.isOpen).toBe(true);
      d.step([101, 49, 20], { velDiv: 0 });
    }
    const trade = d.engine.run().trades[0]!;
    expect([trade.reason, trade.exitBar - trade.entryBar]).toEqual(['MAX_HOLD', 3]);
  });

  test('max hold is reached by steps alone where bars come closer than their interval', () => {
    const d = desk({ max_hold_bars: 3 });
    d.openShort(); // at second 25
    for (const second of [26, 27]) d.step([101, 49, 20], { velDiv: 0, second });
    expect(d.engine.position.isOpen).toBe(true);
    d.step([101, 49, 20], { velDiv: 0, second: 28 });
    expect(d.engine.run().trades[0]?.reason).toBe('MAX_HOLD');
  });

  test('after an outage the clock decides', () => {
    const d = desk({ max_hold_bars: 10 });
    d.openShort(); // at second 25
    d.step([101, 49, 20], { velDiv: 0, second: 74.999 });
    expect(d.engine.position.isOpen).toBe(true);
    d.step([101, 49, 20], { velDiv: 0, second: 75 });
    expect(d.engine.run().trades[0]?.reason).toBe('MAX_HOLD');
  });

  test('without a price it waits, counted once, and closes at the next one', () => {
    const d = desk({ max_hold_bars: 2 });
    d.openShort();
    for (let i = 0; i < 4; i++) d.step([101, NONE, 20], { velDiv: 0 });
    expect(d.engine.tally.lateExits).toBe(1);
    d.step([101, 49.1, 20], { velDiv: 0 });
    expect(d.engine.run().trades[0]).toMatchObject({ reason: 'MAX_HOLD', exit: 49.1, exitBar: 9 });
  });

  test('a stop, and the daily loss limit, which keeps the day closed', () => {
    const stopped = desk({ stop_pct: 0.01 });
    stopped.openShort();
    stopped.step([101, 49.5, 20]);
    expect(stopped.engine.run().trades[0]?.reason).toBe('STOP');

    // 25000 x 0.2 x 5 = 25000 notional: -2.04 % of it is -2.04 % of the capital
    const broke = desk({ daily_loss_limit_pct: 0.02 });
    broke.openShort({ velDiv: -0.05 });
    broke.step([101, 50, 20]);
    expect(broke.engine.run().trades[0]?.reason).toBe('RISK');
    broke.step([100, 49, 19]);
    expect(broke.funnel().risk.at(-1)).toBe(1); // the entry's own bar alone
    expect(broke.engine.breaker.status).toBe('dailyLoss');
  });

  test('a take profit on a bar with the day at its limit does not untrip it', () => {
    const d = desk({ max_consecutive_losses: 1, max_hold_bars: 1 });
    d.openShort();
    d.step([101, 49.2, 20], { velDiv: 0 });
    expect(d.engine.run().trades[0]?.reason).toBe('MAX_HOLD');
    expect(d.engine.breaker.status).toBe('consecutiveLosses');
  });
});

describe('the end of a day', () => {
  test('closes at the last valid price; more than 24 bars old it is stale', () => {
    const fresh = desk();
    fresh.openShort();
    fresh.step([101, 49.2, 20], { velDiv: 0 });
    for (let i = 0; i < 24; i++) fresh.step([101, NONE, 20], { velDiv: 0 });
    expect(fresh.engine.endDay().counters.staleFills).toBe(0);
    expect(fresh.engine.run().trades[0]).toMatchObject({ reason: 'DAY_END', exit: 49.2, exitBar: 29 });

    const stale = desk();
    stale.openShort();
    for (let i = 0; i < 25; i++) stale.step([101, NONE, 20], { velDiv: 0 });
    expect(stale.engine.endDay().counters.staleFills).toBe(1);
    expect(stale.engine.run().trades[0]?.exit).toBe(49);
  });

  test('leaves a carried position open; its pnl counts on the day it closes, whose generator draws its fee', () => {
    const d = desk({ carry_positions: true, close_at_day_end: false, fee_draw: 'sampled', max_hold_bars: 1000 });
    d.openShort();
    expect(d.engine.endDay()).toMatchObject({ trades: 0, pnl: 0 });
    d.engine.beginDay(DAY + 1, APEX, 1);
    d.step([101, 48, 20], { velDiv: 0, day: DAY + 1, second: 5 });
    const day = d.engine.endDay();
    const trade = d.engine.run().trades[0]!;
    expect(day).toMatchObject({ date: '2026-01-06', trades: 1, pnl: d.engine.capital - 25_000 });
    expect(trade).toMatchObject({
      date: '2026-01-06',
      entryTs: isoFrom(DAY, 25 * NS_PER_SECOND),
      reason: 'TAKE_PROFIT',
    });
    // both days draw 0.3745 first: maker at entry (< 0.62), maker at exit (< 0.5)
    expect(trade.fees).toBeCloseTo(-0.0002 * trade.notional * (1 + 48 / 49), 10);
  });

  test('makes the next one independent: histories, counters, breaker and generator begin anew', () => {
    const d = desk();
    d.openShort();
    d.engine.breaker.trip('manual');
    d.engine.endDay();
    d.engine.beginDay(DAY + 1, APEX, 1);
    expect([d.engine.barsToday, d.engine.lifetimeBar, d.engine.tally.bars]).toEqual([0, 5, 0]);
    expect(d.engine.histories.momentum(0, 1)).toBeNaN();
    expect(d.engine.canOpen()).toBe(true);
    d.step([1, 1, 1], { day: DAY + 1, second: 5 });
    expect(d.engine.tally.gaps).toBe(0); // the first bar of a day follows nothing
  });
});

describe('input quality', () => {
  test('invalid prices are counted per asset, excluded ones left out', () => {
    const d = new Desk({ excluded_assets: ['BNBUSDT'] });
    d.engine.beginDay(DAY, APEX, 1);
    d.step([0, -1, NONE]);
    d.step([1, Number.POSITIVE_INFINITY, NONE]);
    expect(d.engine.tally.invalidPrices).toBe(3);
  });

  test.each([
    ['12.5 s after 5 s bars is no gap', 12.5, 0],
    ['a nanosecond more is one', 12.500000001, 1],
  ])('%s', (_, seconds, gaps) => {
    const d = desk();
    d.step([100, 50, 20], { second: 5 });
    d.step([100, 50, 20], { second: 5 + seconds });
    expect(d.engine.tally.gaps).toBe(gaps);
  });
});

describe('HIBERNATE', () => {
  test('flat: counts what comes and advances, asks no gate', () => {
    const d = desk({}, HIBERNATE, 0.1);
    d.openShort();
    d.step([NONE, 49, 20], { velDiv: NONE, second: 100 });
    const day = d.engine.endDay();
    expect(day).toMatchObject({ bars: 6, posture: 'HIBERNATE', trades: 0 });
    expect(day.counters).toMatchObject({ invalidPrices: 1, missingSignals: 1, gaps: 1 });
    expect(day.funnel.warmup).toEqual([0, 0]);
    expect(d.engine.lifetimeBar).toBe(6);
  });

  test('with a position: closes it at its first valid price, counting on meanwhile', () => {
    const d = desk({ carry_positions: true, close_at_day_end: false, max_hold_bars: 7 });
    d.openShort();
    d.engine.endDay();
    d.engine.beginDay(DAY + 1, HIBERNATE, 0.1);
    for (const second of [5, 10]) d.step([101, NONE, 20], { day: DAY + 1, second });
    expect(d.engine.tally.lateExits).toBe(1); // a day later the clock says overdue
    d.step([101, 40, 20], { day: DAY + 1, second: 15 }); // far beyond take profit
    expect(d.engine.run().trades[0]).toMatchObject({ reason: 'HIBERNATE', exit: 40 });
    expect(d.engine.position.barsHeld).toBe(3);
  });
});

describe('updates of boost and beta from outside', () => {
  test('replace the values of the day for both sides, within their range', () => {
    const d = desk();
    expect(d.engine.updateAcbBoost(9, 9)).toBe(true);
    expect([d.engine.boost, d.engine.beta]).toEqual([2, 5]);
    d.engine.updateAcbBoost(1.5, 0);
    d.openShort({ velDiv: -0.035 });
    expect(d.engine.position.leverage).toBeCloseTo(1.5 * 1.0625, 12);
  });

  test.each([
    [NONE, 1],
    [1, NONE],
    [Number.POSITIVE_INFINITY, 0],
  ])('(%d, %d) is refused and counted, the values stay', (boost, beta) => {
    const d = desk();
    expect(d.engine.updateAcbBoost(boost, beta)).toBe(false);
    expect([d.engine.boost, d.engine.beta, d.engine.tally.acbRejected]).toEqual([1, 0, 1]);
  });
});
