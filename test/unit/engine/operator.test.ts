import { describe, expect, test } from 'vitest';
import { DolphinActor } from '../../../src/engine/actor.ts';
import { NO_CELLS } from '../../../src/engine/live-cells.ts';
import { PostureTable } from '../../../src/engine/posture-source.ts';
import {
  COMMAND_FLATTEN,
  COMMAND_HALT,
  COMMAND_RESET,
  COMMAND_RESUME,
  COMMAND_STOP,
} from '../../../src/model/command.ts';
import { RISK } from '../../../src/model/exit-reason.ts';
import { INTENT_EXIT } from '../../../src/model/intent.ts';
import { APEX, HIBERNATE } from '../../../src/model/posture.ts';
import type { SafetyRow } from '../../../src/model/safety.ts';
import type { StrategyConfig } from '../../../src/model/strategy.ts';
import { DAY, Desk, endFrame, NONE } from './desk.ts';

/** A desk whose engine is run by an actor; `step` gives prices of BTC, ETH and BNB. */
function stage(settings: Partial<StrategyConfig> = {}, hibernatesFrom = Number.POSITIVE_INFINITY) {
  const desk = new Desk(settings);
  const safety = [DAY, DAY + 1].map(
    (day): SafetyRow => ({
      day,
      posture: day < hibernatesFrom ? APEX : HIBERNATE,
      rm: 1,
    }),
  );
  const ports = {
    posture: new PostureTable(safety),
    cells: NO_CELLS,
    onDayEnd: () => undefined,
    onInterrupted: () => undefined,
  };
  const actor = new DolphinActor(desk.engine, ports, 'replay');
  const step = (prices: readonly number[], fields: Parameters<Desk['scan']>[1] = {}) => {
    const frame = desk.scan(prices, fields);
    actor.onFrame(frame);
  };
  for (const btc of [100, 101, 100, 101]) step([btc, 50, 20], { velDiv: 0 });
  let btc = 101;
  /** A bar on which every gate is open, with a fall of ETHUSDT to this price. */
  const signal = (eth = 49) => {
    step([btc, eth, 20]);
    btc = 201 - btc; // so that volatility stays above 0
  };
  const exits = () => desk.intents.filter(({ kind }) => kind === INTENT_EXIT);
  const trades = () => desk.engine.run().trades;
  return { desk, engine: desk.engine, actor, step, signal, exits, trades };
}

describe('HALT', () => {
  test('bars an entry at the risk gate, where it counts as reached and not passed', () => {
    const s = stage();
    s.actor.onCommand(COMMAND_HALT);
    s.signal();
    expect(s.desk.intents).toEqual([]);
    expect(s.desk.funnel()).toMatchObject({ volatility: [1, 1], risk: [1, 0], direction: [0, 0] });
  });

  test('lets the exits of an open position be', () => {
    const s = stage();
    s.signal();
    s.actor.onCommand(COMMAND_HALT);
    s.step([101, 48, 20], { velDiv: 0 }); // 2 % below the entry of a SHORT: far beyond the take profit
    expect(s.trades().map(({ reason }) => reason)).toEqual(['TAKE_PROFIT']);
  });

  test('holds over midnight', () => {
    const s = stage();
    s.actor.onCommand(COMMAND_HALT);
    for (const btc of [100, 101, 100, 101]) s.step([btc, 50, 20], { velDiv: 0, day: DAY + 1 });
    s.step([101, 49, 20], { day: DAY + 1 });
    expect(s.desk.intents).toEqual([]);
  });
});

describe('RESUME', () => {
  test('lets positions open from the next frame on', () => {
    const s = stage();
    s.actor.onCommand(COMMAND_HALT);
    s.signal();
    s.actor.onCommand(COMMAND_RESUME);
    s.signal(48);
    expect(s.desk.intents).toHaveLength(1);
  });

  test('takes no ordered close back', () => {
    const s = stage();
    s.signal();
    s.actor.onCommand(COMMAND_FLATTEN);
    s.actor.onCommand(COMMAND_RESUME);
    expect([s.engine.isHalted, s.engine.isFlattening]).toEqual([false, true]);
    s.step([101, 49.01, 20], { velDiv: 0 });
    expect(s.exits().map(({ reason }) => reason)).toEqual([RISK]);
  });
});

describe('FLATTEN', () => {
  test('closes at the next valid price, reason RISK, and bars entries', () => {
    const s = stage();
    s.signal();
    s.actor.onCommand(COMMAND_FLATTEN);
    s.step([101, NONE, 20], { velDiv: 0 });
    expect([s.exits().length, s.engine.isFlattening]).toEqual([0, true]);
    s.step([101, 49.01, 20], { velDiv: 0 });
    expect(s.exits().map(({ reason, price }) => [reason, price])).toEqual([[RISK, 49.01]]);
    expect([s.engine.isFlattening, s.engine.isHalted]).toEqual([false, true]);
    s.signal(48);
    expect(s.desk.intents).toHaveLength(2);
  });

  test('is the reason, whatever other exit the same bar has', () => {
    const s = stage();
    s.signal();
    s.actor.onCommand(COMMAND_FLATTEN);
    s.step([101, 48, 20], { velDiv: 0 }); // a take profit
    expect(s.trades().map(({ reason }) => reason)).toEqual(['RISK']);
  });

  test('is the reason in HIBERNATE as well', () => {
    const s = stage({ close_at_day_end: false, carry_positions: true }, DAY + 1);
    s.signal();
    s.actor.onCommand(COMMAND_FLATTEN);
    s.step([101, 49.01, 20], { velDiv: 0, day: DAY + 1 });
    expect(s.trades().map(({ reason }) => reason)).toEqual(['RISK']);
  });

  test('is done when the end of the day closes the position first', () => {
    const s = stage();
    s.signal();
    s.actor.onCommand(COMMAND_FLATTEN);
    s.step([101, 49.01, 20], { velDiv: 0, day: DAY + 1 });
    expect(s.trades().map(({ reason }) => reason)).toEqual(['DAY_END']);
    expect(s.engine.isFlattening).toBe(false);
  });

  test('orders nothing for a position that is opened later', () => {
    const s = stage();
    s.actor.onCommand(COMMAND_FLATTEN);
    s.actor.onCommand(COMMAND_RESUME);
    s.signal();
    s.step([101, 49.01, 20], { velDiv: 0 });
    expect([s.engine.position.isOpen, s.exits().length]).toEqual([true, 0]);
  });
});

describe('RESET', () => {
  test('closes a tripped breaker, and ends no halt', () => {
    const s = stage();
    s.engine.breaker.trip('manual');
    s.actor.onCommand(COMMAND_HALT);
    s.actor.onCommand(COMMAND_RESET);
    expect([s.engine.breaker.status, s.engine.canOpen()]).toEqual([null, false]);
    s.actor.onCommand(COMMAND_RESUME);
    expect(s.engine.canOpen()).toBe(true);
  });
});

test('each kind twice is once', () => {
  const s = stage();
  for (const kind of [COMMAND_HALT, COMMAND_HALT, COMMAND_FLATTEN, COMMAND_FLATTEN]) s.actor.onCommand(kind);
  for (const kind of [COMMAND_RESUME, COMMAND_RESUME]) s.actor.onCommand(kind);
  expect(s.engine.run().warnings.filter((text) => text.startsWith('Operator'))).toHaveLength(1);
});

test.each([0, COMMAND_STOP, 6, NONE])('kind %s is refused', (kind) => {
  expect(() => stage().actor.onCommand(kind)).toThrow('command must be HALT, RESUME, FLATTEN or RESET (1 to 4), was');
});

describe('the report says', () => {
  const notes = (s: ReturnType<typeof stage>) => s.engine.run().warnings.filter((text) => text.startsWith('Operator'));

  test('from when to when entries were halted', () => {
    const s = stage();
    s.actor.onCommand(COMMAND_HALT);
    s.signal();
    s.actor.onCommand(COMMAND_RESUME);
    expect(notes(s)).toEqual(['Operator halt: no entries from 2026-01-05 00:00:20 to 2026-01-05 00:00:25.']);
  });

  test('that a halt lasted from the start to the end; a flatten without a position is one', () => {
    const desk = new Desk();
    const ports = { posture: new PostureTable([]), cells: NO_CELLS, onDayEnd: () => {}, onInterrupted: () => {} };
    const actor = new DolphinActor(desk.engine, ports, 'replay');
    actor.onCommand(COMMAND_FLATTEN);
    actor.onFrame(endFrame());
    expect(desk.engine.run().warnings).toContain('Operator halt: no entries from the start to the end.');
  });

  test('the first of two orders to resume', () => {
    const s = stage();
    s.actor.onCommand(COMMAND_HALT);
    s.actor.onCommand(COMMAND_RESUME);
    s.signal();
    s.actor.onCommand(COMMAND_RESUME);
    expect(notes(s)).toEqual(['Operator halt: no entries from 2026-01-05 00:00:20 to 2026-01-05 00:00:20.']);
  });

  test('that a position was ordered closed', () => {
    const s = stage();
    s.signal();
    s.actor.onCommand(COMMAND_HALT);
    s.actor.onCommand(COMMAND_FLATTEN);
    expect(notes(s)).toEqual(['Operator flatten: no entries from 2026-01-05 00:00:25 to the end.']);
  });

  test('the first five halts, and how many there were beside', () => {
    const s = stage();
    for (let i = 0; i < 7; i++) {
      s.actor.onCommand(COMMAND_HALT);
      s.signal(49 - i / 100);
      s.actor.onCommand(COMMAND_RESUME);
      s.step([101, 50, 20], { velDiv: 0 });
    }
    expect(notes(s)).toHaveLength(6);
    expect(notes(s).at(-1)).toBe('Operator halts beside these: 2.');
  });
});
