import { describe, expect, test } from 'vitest';
import { PostureTable } from '../../../src/engine/posture-source.ts';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { type DayAccount, postureSourceOf, SurvivalPostures } from '../../../src/engine/survival-postures.ts';
import { createFrame, FRAME_BAR, FRAME_SCAN } from '../../../src/model/frame.ts';
import { APEX, HIBERNATE, STALKER, TURTLE } from '../../../src/model/posture.ts';
import type { SafetyRow } from '../../../src/model/safety.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';

const DAY = 20_000;
const LAST_OF_DAY = 86_395;
const UNIVERSE = ['BTCUSDT', 'ETHUSDT', 'USDCUSDT', 'BNBUSDT', 'XRPUSDT']; // four that are not excluded
const CONFIG = { ...createChampionConfig(), survival: true, vol_window: 4, vol_p60: 0.001 };
const CALM = [100, 50, 1, 20, 2];

/** A stack over frames that are made by hand, and the account that it asks. */
class Feed {
  readonly account = { equity: 1000, capitalAtDayStart: 1000 };
  readonly postures: SurvivalPostures;

  constructor(rows: readonly SafetyRow[] = [], account?: DayAccount) {
    const params = deriveRunParams(CONFIG, UNIVERSE, 5000);
    this.postures = new SurvivalPostures(rows, params, account ?? this.account);
    this.postures.postureOn(DAY);
  }

  bar(second: number, prices: readonly number[] = CALM, day = DAY, isStep = true): this {
    const frame = createFrame(UNIVERSE.length);
    frame.kind = isStep ? FRAME_SCAN : FRAME_BAR;
    frame.tsEventDay = day;
    frame.tsEventNsOfDay = second * NS_PER_SECOND;
    frame.payload.set(prices);
    this.postures.onFrame(frame, isStep);
    return this;
  }

  /** A bar every 5 s, both ends included. */
  bars(from: number, to: number, day = DAY): this {
    for (let second = from; second <= to; second += 5) this.bar(second, CALM, day);
    return this;
  }

  get lowest() {
    const { lowest } = this.postures.run();
    return { at: lowest?.ts.slice(11, 19), rm: lowest?.rm, sensors: lowest?.sensors };
  }
}

describe('evaluations', () => {
  test('are at every whole 5 s of UTC, and see what came at their moment', () => {
    const feed = new Feed().bar(2);
    expect(feed.postures.run().evaluations).toBe(0); // the first is at 5 s: a frame at 5 s may still come
    feed.bar(5);
    expect(feed.postures.run().evaluations).toBe(0);
    feed.bar(5.1);
    expect(feed.postures.run().evaluations).toBe(1);
    feed.bar(31); // 10, 15, 20, 25, 30
    expect(feed.postures.run().evaluations).toBe(6);
  });

  test('a sensor without a full window says 1, and entries wait for it', () => {
    const feed = new Feed().bars(0, 60);
    expect(feed.postures.run()).toMatchObject({ evaluations: 12, lowestRm: 1 }); // 0 to 55
    expect(feed.lowest.sensors).toEqual({ feed: Number.NaN, memory: 1, coverage: 1, stress: Number.NaN, capital: 1 });
    expect(feed.postures.mayEnter).toBe(false);
    feed.bar(65); // evaluates 60 s after the first bar: 60 s of feed, and four returns of 0
    expect(feed.postures.mayEnter).toBe(true);
  });
});

describe('sensors of a day made by hand', () => {
  test('feed: two bars of twelve are missing', () => {
    // At 75 s the window is (15, 75]: 20, 25, ... 60 are 9 bars, and 75: 10 of 12. At 70 s it was (10, 70]: 15 ... 60, 10 too.
    const feed = new Feed().bars(0, 60).bar(75).bar(80);
    expect(feed.lowest).toMatchObject({ at: '00:01:10', rm: 10 / 12 });
    expect(feed.postures.run().postures).toEqual({ APEX: 14, STALKER: 2, TURTLE: 0, HIBERNATE: 0 }); // 65 s: 11/12 = 0.917
  });

  test('coverage: one of four prices is no price, and the excluded one does not count', () => {
    const feed = new Feed().bars(0, 60).bar(65, [100, Number.NaN, Number.NaN, 20, 2]).bar(70);
    expect(feed.lowest).toMatchObject({ at: '00:01:05', rm: 0.75 });
  });

  test('stress: prices that swing by 1 % are ten times the calibrated volatility', () => {
    // Returns +0.01 and -1/101: mean (0.01 - 1/101)/2, deviation (0.01 + 1/101)/2 = 0.00995049505 = 9.95049505 x 0.001.
    const feed = new Feed().bars(0, 60);
    for (let i = 0; i < 6; i++) feed.bar(65 + 5 * i, [i % 2 === 0 ? 101 : 100, 50, 1, 20, 2]);
    expect(feed.lowest.at).toBe('00:01:20'); // the fourth swing fills the window of four
    expect(feed.lowest.rm).toBeCloseTo(1 - (9.9504950495 - 5) / 20, 9); // 0.7525: STALKER
  });

  test('capital: a loss of 6 % at a limit of 10 %', () => {
    const feed = new Feed().bars(0, 60);
    feed.account.equity = 940;
    feed.bar(65); // evaluates 60 s
    expect(feed.lowest).toMatchObject({ at: '00:01:00', rm: 1 - 0.5 * 0.6 });
    expect(feed.postures.run().postures).toMatchObject({ APEX: 12, TURTLE: 1 });
  });

  test('a 0.1 s bar between two scans lets time pass and counts as no bar', () => {
    const feed = new Feed().bars(0, 60);
    for (let tenth = 601; tenth <= 751; tenth++) feed.bar(tenth / 10, CALM, DAY, false);
    expect(feed.lowest).toMatchObject({ at: '00:01:15', rm: 9 / 12 }); // (15, 75] holds 20 to 60
  });
});

describe('postures of days', () => {
  test('a day begins with what the stack said at the end of the day before', () => {
    const feed = new Feed().bars(0, 60);
    feed.account.equity = 940;
    feed.bars(65, LAST_OF_DAY);
    const { posture, rm } = feed.postures.postureOn(DAY + 1);
    expect([posture, rm]).toEqual([TURTLE, 0.7]);
    expect(feed.postures.run().days).toEqual([
      { date: '2024-10-04', posture: 'APEX', rm: 1, source: 'stack' },
      { date: '2024-10-05', posture: 'TURTLE', rm: 0.7, source: 'stack' },
    ]);
  });

  test('silence up to midnight is a feed that is down', () => {
    const feed = new Feed().bars(0, LAST_OF_DAY - 60); // the last 60 s are missing: at 23:59:55 nothing is in the window
    expect(feed.postures.postureOn(DAY + 1)).toMatchObject({ posture: HIBERNATE, rm: 0 });
    // HIBERNATE ends with the day, and only when twelve evaluations in a row have earned it.
    feed.bars(0, LAST_OF_DAY, DAY + 1);
    expect(feed.postures.postureOn(DAY + 2)).toMatchObject({ posture: APEX, rm: 1 });
  });

  test('between days that do not follow one another the stack begins anew', () => {
    const feed = new Feed().bars(0, 600);
    expect(feed.postures.postureOn(DAY + 2)).toMatchObject({ posture: APEX, rm: 1 });
    expect(feed.postures.mayEnter).toBe(false);
    const before = feed.postures.run().evaluations;
    feed.bars(0, 65, DAY + 2);
    expect(feed.postures.run().evaluations - before).toBe(13);
    expect(feed.postures.run().lowestRm).toBe(1); // the day before is not in the window
  });

  test('a row of safety.csv wins for its day, and the stack goes on beside it', () => {
    const feed = new Feed([{ day: DAY + 1, posture: STALKER, rm: 0.8 }]).bars(0, LAST_OF_DAY);
    expect(feed.postures.postureOn(DAY + 1)).toMatchObject({ posture: STALKER, rm: 0.8 });
    feed.bars(0, LAST_OF_DAY, DAY + 1);
    expect(feed.postures.postureOn(DAY + 2)).toMatchObject({ posture: APEX, rm: 1 });
    expect(feed.postures.run().days.map((day) => day.source)).toEqual(['stack', 'safety.csv', 'stack']);
  });
});

test('its state goes through a snapshot: two that were cut and one that was not say the same', () => {
  const whole = new Feed().bars(0, 60).bar(75).bars(80, LAST_OF_DAY);
  const first = new Feed().bars(0, 60).bar(75);
  const writer = new SnapshotWriter();
  first.postures.walkState(writer);
  const second = new Feed();
  const reader = new SnapshotReader(writer.bytes());
  second.postures.walkState(reader);
  expect(reader.remaining).toBe(0);
  second.bars(80, LAST_OF_DAY);
  expect(second.postures.run()).toEqual(whole.postures.run());
  expect(second.postures.postureOn(DAY + 1)).toMatchObject(whole.postures.postureOn(DAY + 1));
});

test('a run without a stack has the table, whose memory takes no byte of a snapshot', () => {
  const params = deriveRunParams({ ...CONFIG, survival: false }, UNIVERSE, 5000);
  const source = postureSourceOf([], params, { equity: 1, capitalAtDayStart: 1 });
  const writer = new SnapshotWriter();
  source.walkState(writer);
  expect(source).toBeInstanceOf(PostureTable);
  expect([writer.length, source.run(), source.mayEnter]).toEqual([0, null, true]);
});
