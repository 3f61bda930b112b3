import { describe, expect, test } from 'vitest';
import { DolphinActor, type Rules } from '../../../src/engine/actor.ts';
import {
  type AcbUpdate,
  type LiveCells,
  NO_CELLS,
  NO_POSTURE,
  type PostureUpdate,
} from '../../../src/engine/live-cells.ts';
import { type DayPosture, type PostureSource, PostureTable } from '../../../src/engine/posture-source.ts';
import type { DayResult } from '../../../src/model/day-result.ts';
import { FLAG_INTERRUPTED, FLAG_STALE, FRAME_BAR, type FrameView } from '../../../src/model/frame.ts';
import { APEX, HIBERNATE, POSTURE_NAMES, type Posture, STALKER, TURTLE } from '../../../src/model/posture.ts';
import type { SafetyRow } from '../../../src/model/safety.ts';
import type { StrategyConfig } from '../../../src/model/strategy.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';
import { blankFrame, bookFrame, DAY, Desk, endFrame, NONE } from './desk.ts';

/** A writer in another thread, played by hand: `push` publishes, `duringStep` publishes while a step runs. */
class FakeCells implements LiveCells {
  acb = 0;
  posture = 0;
  mc = 0;
  private pending: Omit<AcbUpdate, 'version'> | null = null;
  private said: Pick<PostureUpdate, 'posture' | 'rm'> | null = null;

  push(update: Partial<AcbUpdate>): void {
    this.pending = { boost: 1, beta: 0, refusals: 0, hasValue: true, ...update };
    this.acb++;
  }

  acbVersion(): number {
    return this.acb;
  }
  postureVersion(): number {
    return this.posture;
  }
  mcVersion(): number {
    return this.mc;
  }

  say(posture: PostureUpdate['posture'], rm: number): void {
    this.said = { posture, rm };
    this.posture++;
  }

  takePosture(update: PostureUpdate): boolean {
    update.version = this.posture;
    if (this.said === null) return false;
    Object.assign(update, this.said);
    this.said = null;
    return true;
  }

  takeAcb(update: AcbUpdate): boolean {
    update.version = this.acb;
    if (this.pending === null) return false;
    Object.assign(update, this.pending);
    this.pending = null;
    return true;
  }
}

/** A survival stack, played by hand. */
class FakeStack implements PostureSource {
  readonly mayEnter = true;
  posture: Posture = STALKER;
  rm = 0.8;
  postureOn = (): DayPosture => ({ posture: this.posture, rm: this.rm, origin: 'stack' });
  onFrame(): void {}
  run = () => null;
  walkState(): void {}
}

interface StageOptions {
  readonly source?: PostureSource;
  readonly rules?: Rules;
  readonly safety?: readonly SafetyRow[];
  readonly cells?: LiveCells;
  readonly settings?: Partial<StrategyConfig>;
}

/** A desk whose engine is run by an actor. */
function stage({ rules = 'replay', safety = [], source, cells = NO_CELLS, settings = {} }: StageOptions = {}) {
  const desk = new Desk(settings);
  const days: DayResult[] = [];
  const state = { interruptedAfter: -1 };
  const ports = {
    posture: source ?? new PostureTable(safety),
    cells,
    onDayEnd: (result: DayResult) => days.push(result),
    onInterrupted: () => {
      state.interruptedAfter = days.length;
    },
  };
  const actor = new DolphinActor(desk.engine, ports, rules);
  /** Takes a frame, read `ageSeconds` after it happened. */
  const take = (frame: FrameView, ageSeconds = 0) =>
    actor.onFrame({
      ...frame,
      tsTakeDay: frame.tsEventDay,
      tsTakeNsOfDay: frame.tsEventNsOfDay + ageSeconds * NS_PER_SECOND,
    });
  const scan = (fields: Parameters<Desk['scan']>[1] = {}, ageSeconds = 0, prices = [100, 50, 20]) =>
    take(desk.scan(prices, { velDiv: 0, ...fields }), ageSeconds);
  return { desk, engine: desk.engine, actor, days, state, take, scan };
}

describe('the date boundary', () => {
  test('is that of ts_event: ends the day, reads the posture, begins the next', () => {
    const s = stage({ safety: [{ day: DAY + 1, posture: STALKER, rm: 0.8 }] });
    s.scan({ day: DAY, second: 86_395 });
    s.scan({ day: DAY + 1, second: 0 });
    expect(s.days.map(({ date, bars, posture }) => [date, bars, posture])).toEqual([['2026-01-05', 1, 'APEX']]);
    s.take(endFrame());
    expect(s.days[1]).toMatchObject({ date: '2026-01-06', bars: 1, posture: 'STALKER' });
    expect(s.actor.hasEnded).toBe(true);
    expect(s.state.interruptedAfter).toBe(-1);
  });

  test('is crossed by an order-book snapshot, too, which then belongs to the new day', () => {
    const s = stage();
    s.scan({ day: DAY, second: 86_395 });
    s.take(bookFrame(1, 2000, 1000, DAY + 1, 1));
    expect(s.days).toHaveLength(1);
    expect(s.engine.book.isUsable(1, DAY + 1, 2 * NS_PER_SECOND)).toBe(true);
  });

  test('a frame of an earlier day is dropped and counted', () => {
    const s = stage();
    s.scan({ day: DAY + 1, second: 5 });
    s.scan({ day: DAY, second: 10 });
    expect(s.days).toHaveLength(0);
    expect([s.engine.tally.bars, s.engine.tally.duplicateScans]).toEqual([1, 1]);
  });

  test('days may be missing in between', () => {
    const s = stage();
    s.scan({ day: DAY });
    s.scan({ day: DAY + 3 });
    s.take(endFrame());
    expect(s.days.map(({ date }) => date)).toEqual(['2026-01-05', '2026-01-08']);
  });

  test('an end without a day ends nothing', () => {
    const s = stage();
    s.take(endFrame());
    expect([s.days.length, s.actor.hasEnded]).toEqual([0, true]);
  });

  test('a posture of HIBERNATE holds until it is read again', () => {
    const s = stage({ safety: [{ day: DAY, posture: HIBERNATE, rm: 0.2 }] });
    s.scan();
    s.scan({ day: DAY + 1, second: 5 });
    s.take(endFrame());
    expect(s.days.map(({ posture, bars, funnel }) => [posture, bars, funnel.warmup[0]])).toEqual([
      ['HIBERNATE', 1, 0],
      ['APEX', 1, 1],
    ]);
  });
});

describe('an interrupted end', () => {
  test('records the day as it stands: the position stays open, no trade is made up', () => {
    const s = stage();
    s.engine.beginDay(DAY, 0, 1);
    for (const btc of [100, 101, 100, 101]) s.scan({}, 0, [btc, 50, 20]);
    s.scan({ velDiv: -0.03 }, 0, [101, 49, 20]);
    expect(s.engine.position.isOpen).toBe(true);
    s.take(endFrame(FLAG_INTERRUPTED));
    expect(s.days).toHaveLength(1);
    expect(s.days[0]?.trades).toBe(0);
    expect(s.state.interruptedAfter).toBe(1); // told after the day's result
    expect(s.engine.run().trades).toEqual([]);
  });
});

describe('repeated scans', () => {
  test('replay: a number not greater than the last of the day is skipped before anything else', () => {
    const s = stage();
    for (const number of [5, 5, 3, 6]) s.scan({ number, velDiv: NONE });
    expect([s.engine.tally.bars, s.engine.tally.duplicateScans, s.engine.tally.missingSignals]).toEqual([2, 2, 2]);
  });

  test('replay: numbers may start again with each day', () => {
    const s = stage();
    s.scan({ number: 900, day: DAY });
    s.scan({ number: 1, day: DAY + 1, second: 5 });
    expect([s.engine.tally.bars, s.engine.tally.duplicateScans]).toEqual([1, 0]);
  });

  test('replay: a number that is none is skipped', () => {
    const s = stage();
    s.scan({ number: NONE });
    expect([s.engine.tally.bars, s.engine.tally.duplicateScans]).toEqual([0, 1]);
  });

  test('live: a backwards or repeated stamp is dropped, a smaller number with a newer one begins a new sequence', () => {
    const s = stage({ rules: 'live' });
    s.scan({ number: 10, second: 5 });
    s.scan({ number: 11, second: 5 });
    s.scan({ number: 12, second: 4 });
    expect([s.engine.tally.bars, s.engine.tally.duplicateScans, s.actor.scanResets]).toEqual([1, 2, 0]);
    s.scan({ number: 1, second: 10 });
    s.scan({ number: 2, second: 15 });
    expect([s.engine.tally.bars, s.engine.tally.duplicateScans, s.actor.scanResets]).toEqual([3, 2, 1]);
  });
});

describe('stale scans', () => {
  const enterAt = (rules: Rules, ageSeconds: number, flags = 0) => {
    const s = stage({ rules });
    for (const btc of [100, 101, 100, 101]) s.scan({}, 0, [btc, 50, 20]);
    s.take(Object.assign(s.desk.scan([101, 49, 20], { velDiv: -0.03 }), { flags }), ageSeconds);
    return { isOpen: s.engine.position.isOpen, staleScans: s.engine.tally.staleScans, s };
  };

  test.each([
    [10, true, 0],
    [10.1, false, 1],
    [-10.1, false, 1],
  ])('live, taken %f s after they happened: entry %s', (age, isOpen, staleScans) => {
    expect(enterAt('live', age)).toMatchObject({ isOpen, staleScans });
  });

  test('live, one that its source found too old bars an entry, and is no scan without a signal', () => {
    const { isOpen, staleScans, s } = enterAt('live', 0, FLAG_STALE);
    expect({ isOpen, staleScans, missing: s.engine.tally.missingSignals }).toEqual({
      isOpen: false,
      staleScans: 1,
      missing: 0,
    });
  });

  test('replay never asks', () => {
    expect(enterAt('replay', 3600)).toMatchObject({ isOpen: true, staleScans: 0 });
    expect(enterAt('replay', 0, FLAG_STALE)).toMatchObject({ isOpen: true, staleScans: 0 });
  });

  test('exits are still managed', () => {
    const { s } = enterAt('live', 0);
    s.scan({}, 60, [101, 40, 20]);
    expect(s.engine.run().trades[0]?.reason).toBe('TAKE_PROFIT');
  });
});

describe('updates of boost and beta', () => {
  test('are applied at the top of the next step, hold for the steps after it, and end with the day', () => {
    const cells = new FakeCells();
    const s = stage({ cells });
    s.scan();
    cells.push({ boost: 1.5, beta: 0.3 });
    expect([s.engine.boost, s.engine.beta]).toEqual([1, 0]);
    s.scan();
    s.scan();
    expect([s.engine.boost, s.engine.beta]).toEqual([1.5, 0.3]);
    s.scan({ day: DAY + 1, second: 5 });
    expect([s.engine.boost, s.engine.beta]).toEqual([1, 0]);
  });

  test('a later one replaces an earlier one', () => {
    const cells = new FakeCells();
    const s = stage({ cells });
    cells.push({ boost: 1.5 });
    cells.push({ boost: 1.25 });
    s.scan();
    expect(s.engine.boost).toBe(1.25);
  });

  test('refusals of the writer are counted, and change nothing by themselves', () => {
    const cells = new FakeCells();
    const s = stage({ cells });
    s.scan();
    cells.push({ boost: NONE, beta: NONE, refusals: 3, hasValue: false });
    s.scan();
    expect([s.engine.tally.acbRejected, s.engine.boost]).toEqual([3, 1]);
  });
});

describe('the posture that the memory says, by live rules', () => {
  const live = (options: StageOptions = {}) => {
    const cells = new FakeCells();
    const s = stage({ ...options, rules: 'live', cells });
    const held = () => [POSTURE_NAMES[s.engine.posture], s.engine.regime.rm];
    return { ...s, cells, held };
  };

  test('is read at the start of a day, also where an order book begins it', () => {
    const { cells, held, scan, take } = live();
    cells.say(STALKER, 0.8);
    scan({ day: DAY, second: 0 });
    expect(held()).toEqual(['STALKER', 0.8]);
    cells.say(APEX, 0.95);
    scan({ day: DAY, second: 5 });
    expect(held()).toEqual(['STALKER', 0.8]); // a rise waits
    take(bookFrame(1, 2000, 1000, DAY + 1, 1));
    expect(held()).toEqual(['APEX', 0.95]);
  });

  test('said after the last step of the day before, it is what an order book begins the day with', () => {
    const { cells, held, scan, take } = live();
    scan({ day: DAY, second: 0 });
    cells.say(TURTLE, 0.6);
    take(bookFrame(1, 2000, 1000, DAY + 1, 1));
    expect(held()).toEqual(['TURTLE', 0.6]);
  });

  test('is honoured at the next step when it falls, and holds to the end of the day', () => {
    const { cells, held, scan, actor } = live();
    scan({ day: DAY, second: 0 });
    expect(held()).toEqual(['APEX', 1]);
    cells.say(TURTLE, 0.55);
    scan({ day: DAY, second: 5 });
    expect(held()).toEqual(['TURTLE', 0.55]);
    cells.say(STALKER, 0.8);
    scan({ day: DAY, second: 10 });
    expect(held()).toEqual(['TURTLE', 0.55]);
    expect(actor.notes()).toEqual([
      'Nobody said a posture at the start of 1 days: they began with APEX and Rm 1.',
      'The posture fell 1 times within a day, the last time on 2026-01-05, to TURTLE: that holds to the end of the day.',
    ]);
    scan({ day: DAY + 1, second: 0 });
    expect(held()).toEqual(['STALKER', 0.8]);
  });

  test('HIBERNATE closes what is held', () => {
    const { cells, scan, engine } = live();
    for (const btc of [100, 101, 100, 101]) scan({}, 0, [btc, 50, 20]);
    scan({ velDiv: -0.03 }, 0, [101, 49, 20]);
    expect(engine.position.isOpen).toBe(true);
    cells.say(HIBERNATE, 0.2);
    scan({});
    expect(engine.tradesFrom(0).map(({ reason }) => reason)).toEqual(['HIBERNATE']);
  });

  test('a memory that takes its word back says nothing at the next day; within the day nothing rises', () => {
    const { cells, held, scan, actor } = live();
    cells.say(TURTLE, 0.6);
    scan({ day: DAY, second: 0 });
    cells.say(NO_POSTURE, NONE);
    scan({ day: DAY, second: 5 });
    expect(held()).toEqual(['TURTLE', 0.6]);
    scan({ day: DAY + 1, second: 0 });
    expect(held()).toEqual(['APEX', 1]);
    expect(actor.notes()).toEqual(['Nobody said a posture at the start of 1 days: they began with APEX and Rm 1.']);
  });

  test('a row that was recorded for the day is what it begins with, and a fall of the memory counts', () => {
    const { cells, held, scan } = live({ safety: [{ day: DAY, posture: STALKER, rm: 0.8 }] });
    cells.say(APEX, 0.99);
    scan({ day: DAY, second: 0 });
    expect(held()).toEqual(['STALKER', 0.8]);
    cells.say(TURTLE, 0.6);
    scan({ day: DAY, second: 5 });
    expect(held()).toEqual(['TURTLE', 0.6]);
  });

  test('the own stack is heard where the memory says nothing, and its falls count as well', () => {
    const source = new FakeStack();
    const { cells, held, scan, actor } = live({ source });
    scan({ day: DAY, second: 0 });
    expect(held()).toEqual(['STALKER', 0.8]);
    Object.assign(source, { posture: TURTLE, rm: 0.6 });
    scan({ day: DAY, second: 5 });
    expect(held()).toEqual(['TURTLE', 0.6]);
    cells.say(APEX, 0.95);
    scan({ day: DAY + 1, second: 0 });
    expect(held()).toEqual(['APEX', 0.95]); // the memory's word goes first, also against a fall of the own stack
    Object.assign(source, { posture: HIBERNATE, rm: 0.1 });
    scan({ day: DAY + 1, second: 5 });
    expect(held()).toEqual(['APEX', 0.95]);
    expect(actor.notes().filter((note) => note.startsWith('Nobody'))).toEqual([]);
  });

  test('by replay rules nothing of it is taken', () => {
    const cells = new FakeCells();
    const s = stage({ cells });
    cells.say(HIBERNATE, 0.1);
    s.scan({ day: DAY, second: 0 });
    s.scan({ day: DAY + 1, second: 0 });
    expect([s.engine.posture, s.actor.notes()]).toEqual([APEX, []]);
  });
});

describe('stale state', () => {
  test.each(['acb', 'posture', 'mc'] as const)('a version of %s that changes during the step marks the day', (cell) => {
    const cells = new FakeCells();
    const s = stage({ cells });
    s.scan();
    const step = s.engine.step.bind(s.engine);
    s.engine.step = (frame, canEnter) => {
      cells[cell]++;
      step(frame, canEnter);
    };
    s.scan();
    s.take(endFrame());
    expect(s.days[0]).toMatchObject({ staleState: true, counters: { staleStateEvents: 1 } });
  });

  test('changes between steps do not', () => {
    const cells = new FakeCells();
    const s = stage({ cells });
    s.scan();
    cells.push({ boost: 1.5 });
    cells.posture += 2;
    cells.mc++;
    s.scan();
    s.take(endFrame());
    expect(s.days[0]).toMatchObject({ staleState: false, counters: { staleStateEvents: 0 } });
  });
});

test('bars of another resolution are none of its business', () => {
  const s = stage();
  s.scan();
  s.take(blankFrame(FRAME_BAR, DAY, 7));
  expect([s.engine.tally.bars, s.engine.tally.duplicateScans]).toEqual([1, 0]);
});

test('a day without a row in the table of postures is APEX at 1', () => {
  const table = new PostureTable([{ day: DAY, posture: STALKER, rm: 0.8 }]);
  expect(table.postureOn(DAY)).toEqual({ posture: STALKER, rm: 0.8, origin: 'recorded' });
  expect(table.postureOn(DAY + 1)).toEqual({ posture: 0, rm: 1, origin: 'default' });
});
