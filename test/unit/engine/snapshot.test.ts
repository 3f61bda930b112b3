import { beforeEach, describe, expect, it, test } from 'vitest';
import { DolphinActor } from '../../../src/engine/actor.ts';
import { NO_CELLS } from '../../../src/engine/live-cells.ts';
import { PostureTable } from '../../../src/engine/posture-source.ts';
import {
  restoreSnapshot,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_LAYOUT,
  type SnapshotIdentity,
  writeSnapshot,
} from '../../../src/engine/snapshot.ts';
import { SnapshotError, SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import type { Stateful, StateWalk } from '../../../src/model/state-walk.ts';
import { snapshotIdentity, stateHash } from '../../../src/workers/state-hash.ts';
import { bookFrame, DAY, Desk } from './desk.ts';

const LAYOUT_AT = 8;
const RULES_AT = 12;
const CONFIG_AT = 20;
const UNIVERSE_AT = 52;

/** A machine of one component that walks whatever a test lets it. */
const walking = (walkState: (walk: StateWalk) => void): Stateful => ({ walkState });

interface Machine {
  readonly desk: Desk;
  readonly actor: DolphinActor;
  readonly identity: SnapshotIdentity;
}

function machineOf(settings: ConstructorParameters<typeof Desk>[0] = {}): Machine {
  const desk = new Desk(settings);
  const posture = new PostureTable([]);
  const ports = { posture, cells: NO_CELLS, onDayEnd: () => undefined, onInterrupted: () => undefined };
  const actor = new DolphinActor(desk.engine, ports, 'replay');
  return { desk, actor, identity: snapshotIdentity(desk.engine.params, 'replay') };
}

const snapshotOf = ({ actor, identity }: Machine) => writeSnapshot(actor, identity);

describe('a snapshot is refused', () => {
  let machine: Machine;
  let snapshot: Uint8Array;
  beforeEach(() => {
    machine = machineOf();
    machine.actor.onFrame(machine.desk.scan([100, 50, 20]));
    snapshot = snapshotOf(machine);
  });

  const changed = (at: number, value: number) => snapshot.map((byte, i) => (i === at ? value : byte));
  const restoring = (bytes: Uint8Array, into = machineOf()) => {
    return () => restoreSnapshot(into.actor, into.identity, bytes);
  };

  it('by a machine of another layout, naming both', () => {
    const message = `snapshot was taken with layout 77, this machine has layout ${SNAPSHOT_LAYOUT}`;
    expect(restoring(changed(LAYOUT_AT, 77))).toThrow(new SnapshotError(message));
  });

  it('by a machine of other rules, naming both', () => {
    const message = 'snapshot was taken with rules live, this machine has rules replay';
    expect(restoring(changed(RULES_AT, 1))).toThrow(new SnapshotError(message));
    expect(restoring(changed(RULES_AT, 2))).toThrow('rules must be one of 0, 1, was 2');
  });

  it('by a machine of another config, naming both', () => {
    const other = machineOf({ max_hold_bars: 119 });
    const [ours, theirs] = [machine.identity.configHash, other.identity.configHash];
    const message = `snapshot was taken with config hash ${ours}, this machine has config hash ${theirs}`;
    expect(restoring(snapshot, other)).toThrow(new SnapshotError(message));
    expect(restoring(changed(CONFIG_AT, snapshot[CONFIG_AT]! ^ 1))).toThrow('config hash');
  });

  it('by a machine of another universe, naming both', () => {
    const { params } = machine.desk.engine;
    const [first, ...rest] = params.universe;
    const theirs = snapshotIdentity({ ...params, universe: [...rest, first!] }, 'replay');
    const message = `universe hash ${machine.identity.universeHash}, this machine has universe hash ${theirs.universeHash}`;
    expect(() => restoreSnapshot(machine.actor, theirs, snapshot)).toThrow(message);
    expect(restoring(changed(UNIVERSE_AT, snapshot[UNIVERSE_AT]! ^ 1))).toThrow('universe hash');
  });

  it('by a machine of another bar interval, as of another config', () => {
    const { params } = machine.desk.engine;
    const theirs = snapshotIdentity({ ...params, barIntervalNs: params.barIntervalNs / 50 }, 'replay');
    expect(() => restoreSnapshot(machine.actor, theirs, snapshot)).toThrow('config hash');
  });

  it('by a machine of other fills, as of another config', () => {
    const { params } = machine.desk.engine;
    const theirs = snapshotIdentity({ ...params, fills: 'routed' }, 'replay');
    expect(() => restoreSnapshot(machine.actor, theirs, snapshot)).toThrow('config hash');
  });

  it('when it is no snapshot', () => {
    expect(restoring(new Uint8Array(0))).toThrow('not a snapshot');
    expect(restoring(changed(0, 65))).toThrow('not a snapshot');
    expect(restoring(snapshot.subarray(0, SNAPSHOT_HEADER_BYTES - 1))).toThrow('not a snapshot');
  });

  it('when it is cut off or too long, at every length', () => {
    const longer = new Uint8Array(snapshot.length + 1);
    longer.set(snapshot);
    const message = `snapshot must have ${snapshot.length} bytes, had`;
    expect(restoring(longer)).toThrow(message);
    for (let length = SNAPSHOT_HEADER_BYTES; length < snapshot.length; length += 97) {
      expect(restoring(snapshot.subarray(0, length))).toThrow(message);
    }
  });

  it('is taken from the middle of a larger buffer', () => {
    const larger = new Uint8Array(snapshot.length + 13);
    larger.set(snapshot, 7);
    const other = machineOf();
    restoreSnapshot(other.actor, other.identity, larger.subarray(7, 7 + snapshot.length));
    expect(snapshotOf(other)).toEqual(snapshot);
  });
});

test('every NaN is the same one', () => {
  const patterns = [
    [0, 0x7ff80000],
    [1, 0x7ff80000],
    [0, 0xfff80000],
    [0xdead, 0x7ff00000],
  ] as const;
  const written = patterns.map((words) => {
    const array = new Float64Array(new Uint32Array(words).buffer);
    const writer = new SnapshotWriter();
    writer.number('x', array[0]!);
    writer.doubles('array', array, { base: 0, count: 1 });
    return Buffer.from(writer.bytes()).toString('hex');
  });
  expect(written).toEqual(patterns.map(() => '000000000000f87f000000000000f87f'));
});

test.each([
  ['a whole number', (walk: StateWalk, x: number) => walk.integer('x', x), -7, 'f9ffffff'],
  ['a count', (walk: StateWalk, x: number) => walk.count('x', x, 300), 258, '02010000'],
  ['a double', (walk: StateWalk, x: number) => walk.number('x', x), -0, '0000000000000080'],
  ['an infinity', (walk: StateWalk, x: number) => walk.number('x', x), Number.NEGATIVE_INFINITY, '000000000000f0ff'],
])('%s is little-endian and comes back', (_, walkOne, value, hex) => {
  const writer = new SnapshotWriter();
  expect(walkOne(writer, value)).toBe(value);
  expect(Buffer.from(writer.bytes()).toString('hex')).toBe(hex);
  expect(walkOne(new SnapshotReader(writer.bytes()), 1)).toBe(value);
});

test('a ring is written oldest first, wherever it begins, with a stride as without', () => {
  const writer = new SnapshotWriter();
  const ring = Float64Array.of(-1, 3, 4, 5, 1, 2);
  writer.doubles('ring', ring, { base: 1, count: 5, first: 3, slots: 5 });
  const columns = Int32Array.of(1, 10, 2, 20, 3, 30);
  writer.integers('columns', columns, { base: 1, count: 3, stride: 2 });
  const reader = new SnapshotReader(writer.bytes());
  const plain = new Float64Array(5);
  reader.doubles('ring', plain, { base: 0, count: 5 });
  expect([...plain]).toEqual([1, 2, 3, 4, 5]);
  const back = new Int32Array(6);
  reader.integers('columns', back, { base: 1, count: 3, stride: 2 });
  expect([...back]).toEqual([0, 10, 0, 20, 0, 30]);
  expect(reader.remaining).toBe(0);
});

describe('a value that cannot be there is named with its path', () => {
  const bytesOf = (...values: number[]) => {
    const writer = new SnapshotWriter();
    for (const value of values) writer.integer('x', value);
    return writer.bytes();
  };
  const reading = (bytes: Uint8Array, walkState: (walk: StateWalk) => void) => () =>
    new SnapshotReader(bytes).part(
      'desk',
      walking((walk) => walk.part('log', walking(walkState))),
    );

  it('a count out of its range, or of more than is left', () => {
    const message = 'snapshot is damaged: desk.log.rows must be from 0 to 4, was 5';
    expect(reading(bytesOf(5), (walk) => walk.count('rows', 0, 4))).toThrow(new SnapshotError(message));
    expect(reading(bytesOf(-1), (walk) => walk.count('rows', 0, 4))).toThrow('was -1');
    expect(reading(bytesOf(2, 0), (walk) => walk.count('rows', 0, 4, 8))).toThrow('rows needs 16 bytes, 4 are left');
  });

  it('a code or flag that means nothing', () => {
    expect(reading(bytesOf(2), (walk) => walk.flag('isOpen', false))).toThrow('desk.log.isOpen');
    expect(reading(bytesOf(3), (walk) => walk.code('side', 'a', ['a', 'b']))).toThrow('desk.log.side');
  });

  it('an element that its column cannot hold', () => {
    const column = { base: 0, count: 1 };
    expect(reading(bytesOf(200), (walk) => walk.integers('signs', new Int8Array(1), column))).toThrow('was 200');
    const unsigned = new Uint32Array(1);
    reading(bytesOf(-1), (walk) => walk.integers('words', unsigned, column))();
    expect(unsigned[0]).toBe(2 ** 32 - 1);
  });

  it('a field after the end', () => {
    expect(reading(bytesOf(), (walk) => walk.number('x', 0))).toThrow('desk.log.x needs 8 bytes, 0 are left');
    expect(reading(bytesOf(), (walk) => walk.integer('x', 0))).toThrow('desk.log.x needs 4 bytes');
  });

  it('a field described wrongly, when it is written', () => {
    const writing = (walkState: (walk: StateWalk) => void) => () =>
      new SnapshotWriter().part('desk', walking(walkState));
    expect(writing((walk) => walk.integer('bar', 0.5))).toThrow(/desk.bar must be a whole number of 32 bits, was 0.5/);
    expect(writing((walk) => walk.integer('bar', 2 ** 31))).toThrow('2147483648');
    expect(writing((walk) => walk.count('rows', -1, 4))).toThrow('desk.rows must be from 0 to 4, was -1');
    expect(writing((walk) => walk.code('side', 'c', ['a', 'b']))).toThrow('desk.side');
  });
});

test('bytes that no field takes are refused', () => {
  const identity = { rules: 'replay', configHash: 'ab'.repeat(32), universeHash: 'cd'.repeat(32) } as const;
  const two = walking((walk) => [walk.integer('a', 1), walk.integer('b', 2)]);
  const one = walking((walk) => walk.integer('a', 1));
  expect(() => restoreSnapshot(one, identity, writeSnapshot(two, identity))).toThrow('4 bytes are left after the last');
});

test('an identity that is no hash is refused', () => {
  const identity = { rules: 'replay', configHash: 'AB', universeHash: 'cd'.repeat(32) } as const;
  expect(() =>
    writeSnapshot(
      walking(() => undefined),
      identity,
    ),
  ).toThrow('config hash must be 64 lower-case hex digits');
});

test('a state as large as it likes', () => {
  const large = new Float64Array(100_000).map((_, i) => i);
  const writer = new SnapshotWriter();
  writer.integer('first', 1);
  writer.doubles('large', large, { base: 0, count: large.length });
  expect(writer.bytes().length).toBe(4 + 8 * large.length);
  const back = new Float64Array(large.length);
  const reader = new SnapshotReader(writer.bytes());
  reader.integer('first', 0);
  reader.doubles('large', back, { base: 0, count: back.length });
  expect(back).toEqual(large);
});

describe('what is gone leaves no trace in the hash', () => {
  /** A quiet first day, the same second one. @param day1 - prices of a bar of the first day. */
  function hashAfter(day1: (bar: number) => readonly number[], bid: number): string {
    const machine = machineOf({ vol_detector: 'percentile', boost_mode: 'proxyB' });
    const { actor, desk } = machine;
    const take = (frame: ReturnType<Desk['scan']>) => actor.onFrame(frame);
    for (let bar = 0; bar < 30; bar++) {
      take(bookFrame(1, bid + bar, 1000, DAY, bar * 5));
      take(desk.scan(day1(bar), { velDiv: 0, number: bar + 1, second: bar * 5 }));
    }
    for (let bar = 0; bar < 6; bar++) {
      take(bookFrame(1, 500 + bar, 1000, DAY + 1, bar * 5));
      take(desk.scan([100 + (bar % 2), 50, 20], { velDiv: 0, day: DAY + 1, number: bar + 1, second: bar * 5 }));
    }
    return stateHash(snapshotOf(machine));
  }

  it('a day whose histories, order books and windows were others', () => {
    const rising = hashAfter((bar) => [100 + bar, 50, 20], 700);
    const falling = hashAfter((bar) => [200 - bar, 60, 10 + (bar % 3)], 900);
    expect(falling).toBe(rising);
  });

  it('but a missing price is in the day result, and the hash tells', () => {
    const whole = hashAfter((bar) => [100 + bar, 50, 20], 700);
    expect(hashAfter((bar) => [100 + bar, 50, bar === 3 ? Number.NaN : 20], 700)).not.toBe(whole);
  });
});
