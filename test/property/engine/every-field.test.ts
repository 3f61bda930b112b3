import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DolphinActor } from '../../../src/engine/actor.ts';
import { AlphaEngine } from '../../../src/engine/engine.ts';
import { type LiveCells, NO_CELLS } from '../../../src/engine/live-cells.ts';
import { PostureTable } from '../../../src/engine/posture-source.ts';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import { restoreSnapshot, SNAPSHOT_LAYOUT, writeSnapshot } from '../../../src/engine/snapshot.ts';
import { SnapshotError } from '../../../src/engine/snapshot-bytes.ts';
import { COMMAND_HALT, COMMAND_RESUME } from '../../../src/model/command.ts';
import { FILL_MODES, type FillMode } from '../../../src/model/fill-mode.ts';
import { STALKER } from '../../../src/model/posture.ts';
import type { StrategyConfig } from '../../../src/model/strategy.ts';
import { AdaptiveCircuitBreaker } from '../../../src/risk/adaptive-circuit-breaker.ts';
import { snapshotIdentity, stateHash } from '../../../src/workers/state-hash.ts';
import { HandExecution } from './hand-execution.ts';
import { type HostileRun, hostileBarRun, STEPPED_BAR_INTERVAL_MS } from './hostile-frames.ts';
import { fieldsOf, type StateField } from './recording-walk.ts';

/**
 * Memory of the machine that is no state: nothing reads it before it is written again, or it follows from what is
 * described. Anything else that changes and is not described is a field that a restart would lose.
 */
const NO_STATE: Readonly<Record<string, string>> = {
  'acbUpdate.version': 'set by every take, before it is compared',
  'acbUpdate.boost': 'scratch of a take',
  'acbUpdate.beta': 'scratch of a take',
  'acbUpdate.refusals': 'scratch of a take',
  'acbUpdate.hasValue': 'scratch of a take',
  'watch.update.version': 'set by every take, before it is compared',
  'watch.update.posture': 'scratch of a take',
  'watch.update.rm': 'scratch of a take',
  'watch.update.tsDay': 'scratch of a take',
  'watch.update.tsNsOfDay': 'scratch of a take',
  'engine.entry.chosenAsset': 'scratch of a decision',
  'engine.entry.chosenDirection': 'scratch of a decision',
  'engine.entry.chosenVelDiv': 'scratch of a decision',
  'engine.entry.chosenHasBook': 'scratch of a decision',
  'engine.entry.count': 'scratch of a decision',
  'engine.entry.candidates': 'scratch of a decision',
  'engine.entry.directions': 'scratch of a decision',
  'engine.entry.velDivs': 'scratch of a decision',
  'engine.entry.momentums': 'scratch of a decision',
  'engine.sizing.ticket.direction': 'scratch of an entry',
  'engine.sizing.ticket.assetIndex': 'scratch of an entry',
  'engine.sizing.ticket.notional': 'scratch of an entry',
  'engine.sizing.ticket.leverage': 'scratch of an entry',
  'engine.sizing.ticket.makerRate': 'scratch of an entry',
  'engine.sizing.ticket.bucket': 'scratch of an entry',
  'engine.market.histories.runs': 'the assets that are not sparse',
  'engine.market.histories.runCount': 'the assets that are not sparse',
  'engine.market.histories.denseCount': 'the assets that are not sparse',
  'engine.market.histories.signCounts': 'sums of the signs',
  'engine.market.histories.basketSum': 'scratch of a bar',
  'engine.market.histories.basketCount': 'scratch of a bar',
  'engine.market.histories.sparse.list': 'the sparse assets',
  'engine.market.histories.sparse.count': 'the sparse assets',
  'engine.market.book.marketSign': 'made anew before it is asked',
  'engine.market.book.agreementPct': 'made anew before it is asked',
  'engine.market.book.cascadeCount': 'made anew before it is asked',
  'engine.market.book.regimeSignal': 'made anew before it is asked',
  'engine.market.book.usableAsymmetries': 'scratch of a market refresh',
  'engine.market.book.depthTotals.sorted': 'the arrivals in order',
  'engine.market.book.spreads.sorted': 'the arrivals in order',
  'engine.market.volatility.history.sorted': 'the arrivals in order',
  'engine.market.book.depthTotals.cursors': 'the count, in a ring that is not full',
  'engine.market.book.spreads.cursors': 'the count, in a ring that is not full',
  'engine.market.volatility.history.cursors': 'the count, in a ring that is not full',
  'engine.market.proxyBoost.cursor': 'the count, in a ring that is not full',
  'engine.desk.nextBarPrices.exitsWaiting': 'number of exits that wait',
  'engine.desk.isClosingBar': 'said of every bar anew',
  cellsChanged: 'said of every step anew',
  mayEnter: 'told from outside, as the frames are',
  'engine.held.frame.kind': 'of the bar that is stepped',
  'engine.held.frame.sequence': 'of the bar that is stepped',
  'engine.held.frame.assetIndex': 'of the bar that is stepped',
  'engine.held.frame.tsEventDay': 'of the bar that is stepped',
  'engine.held.frame.tsEventNsOfDay': 'of the bar that is stepped',
  'engine.held.frame.tsRecvDay': 'of the bar that is stepped',
  'engine.held.frame.tsRecvNsOfDay': 'of the bar that is stepped',
  'engine.held.frame.tsTakeDay': 'of the bar that is stepped',
  'engine.held.frame.tsTakeNsOfDay': 'of the bar that is stepped',
  'engine.held.frame.scanNumber': 'of the bar that is stepped',
  'engine.held.frame.receivedNs': 'of the bar that is stepped',
  'engine.held.frame.publishedNs': 'of the bar that is stepped',
  'engine.held.frame.payload': 'of the bar that is stepped',
};
const NO_STATE_BY_FILLS: Readonly<Record<FillMode, Readonly<Record<string, string>>>> = {
  analytic: { 'engine.desk.trades.rows': 'the closed ones and at most one more' },
  routed: {
    'engine.desk.account.trades.rows': 'the closed ones and at most one more',
    'engine.desk.closedDay': 'of a trade that was closed since the last bar',
    'engine.desk.closedNsOfDay': 'of a trade that was closed since the last bar',
  },
};
/** Reused records, and what a machine is made of. */
const NO_STATE_BELOW = ['engine.desk.intent', 'engine.desk.close', 'engine.desk.entry', 'engine.desk.account.close'];
/** Settings, tables and ports: they belong to the identity or come in anew. */
const GIVEN = new Set(['params', 'config', 'ports', 'limits', 'fees', 'exitParams', 'leverageParams', 'bookParams']);
const GIVEN_PATHS = new Set([
  'rules',
  'ignoresBars',
  'stepsOnBars',
  'front',
  'watch.source',
  'watch.cells',
  'engine.routed',
  'engine.desk.trades.isRouted',
  'engine.desk.trades.stride',
  'engine.desk.account.trades.isRouted',
  'engine.desk.account.trades.stride',
  'engine.desk.account.exitRate',
  'engine.held.assets',
  'engine.held.lapseNs',
  'engine.market.volatility.minHistory',
  'engine.regimeOfDay.acb',
  'engine.regimeOfDay.forewarner',
  'engine.market.histories.assets',
  'engine.market.histories.included',
  'engine.market.histories.lookbackBars',
  'engine.market.histories.referenceAsset',
  'engine.market.histories.priceSlots',
  'engine.market.histories.sparse.priceSlots',
  'engine.market.histories.sparse.excluded',
  'engine.market.histories.sparse.lookbackBars',
  'engine.market.book.assets',
  'engine.market.book.excluded',
  'engine.market.book.depthTotals.window',
  'engine.market.book.spreads.window',
  'engine.market.volatility.history.window',
]);

/** Every optional part on; the rings of which the settings say the length are short, and full. */
const EVERYTHING: Partial<StrategyConfig> = {
  direction: 'both',
  warmup_bars: 0,
  lookback: 4,
  vol_window: 5,
  vol_detector: 'percentile',
  dc_lookback_bars: 1,
  min_irp_alignment: 0,
  ob_min_fill_probability: 0,
  ob_edge_bps: 0,
  fee_draw: 'sampled',
  boost_mode: 'proxyB',
  use_cut: true,
  close_at_day_end: false,
  carry_positions: true,
  max_hold_bars: 40,
  resolution: '0.1s',
};

/** An eventful run is among the first that it gives. */
const SEED = 4;

interface Machine {
  readonly actor: DolphinActor;
  readonly engine: AlphaEngine;
  readonly execution: HandExecution;
  snapshot(): Uint8Array;
  restore(bytes: Uint8Array): void;
}

function machineOf({ options }: HostileRun, fills: FillMode): Machine {
  const config = { ...options.config, ...EVERYTHING };
  const params = deriveRunParams(config, options.universe, STEPPED_BAR_INTERVAL_MS, fills);
  const execution = new HandExecution();
  const engine = new AlphaEngine(params, { emit: (intent) => execution.emit(intent) });
  engine.setAcb(new AdaptiveCircuitBreaker(options.factors));
  const posture = new PostureTable(options.safety.map((row) => ({ ...row, posture: 0 })));
  const ports = { posture, cells: sayingStalker(), onDayEnd: () => undefined, onInterrupted: () => undefined };
  const actor = new DolphinActor(engine, ports, 'live');
  const identity = snapshotIdentity(params, 'live');
  return {
    actor,
    engine,
    execution,
    snapshot: () => writeSnapshot(actor, identity),
    restore: (bytes) => restoreSnapshot(actor, identity, bytes),
  };
}

/** The memory says a posture that is not the best at the second frame that asks: a fall within the first day. */
function sayingStalker(): LiveCells {
  let asked = 0;
  return {
    ...NO_CELLS,
    takePosture: (update) => {
      if (++asked !== 2) return false;
      Object.assign(update, { version: 1, posture: STALKER, rm: 0.8 });
      return true;
    },
  };
}

/** Bunch after bunch, each made when it is come to. */
function* hostileRuns(): Generator<HostileRun> {
  for (let seed = SEED; seed < SEED + 100; seed++) yield* fc.sample(hostileBarRun, { numRuns: 300, seed });
}

/** A run that has been through two days and stops with a position open that waits for the price after its entry. */
function eventfulRun(fills: FillMode): { readonly run: HostileRun; readonly machine: Machine } {
  for (const run of hostileRuns()) {
    if (run.frames.at(-1)!.tsEventDay < run.frames[0]!.tsEventDay + 2) continue;
    const machine = machineOf(run, fills);
    machine.actor.onCommand(COMMAND_HALT);
    machine.actor.onCommand(COMMAND_RESUME);
    for (const frame of run.frames) {
      if (fills === 'routed') machine.execution.reportTo(machine.actor, frame);
      machine.actor.onFrame({ ...frame, tsTakeDay: frame.tsEventDay, tsTakeNsOfDay: frame.tsEventNsOfDay });
      if (isEventful(machine, fills)) return { run, machine };
    }
  }
  throw new Error('no generated run is eventful: the frames no longer open positions');
}

/** Everything that can be described is there, and of the first asset already: the pinned layout is in its order. */
function isEventful(machine: Machine, fills: FillMode): boolean {
  if (machine.engine.position.qty === 0) return false;
  const paths = new Set(fieldsOf(machine.actor).map((field) => field.path));
  return [
    ...(fills === 'analytic'
      ? ['engine.desk.position.qty', 'engine.desk.trades.rows', 'engine.desk.trades.entryNextBar']
      : ['engine.desk.position.qtyEntered', 'engine.desk.account.trades.rows', 'engine.desk.isDayOver']),
    'engine.desk.nextBarPrices.entryAsset',
    'engine.day 0.capital',
    'engine.histories.referenceReturns',
    'engine.histories.previousPrices[0]',
    'engine.histories.signs[0]',
    'engine.volatility.history.values',
    'engine.proxyBoost.values',
    'engine.book.totals[0]',
    'engine.operator.halt 0.to.nsOfDay',
    'engine.held.signals',
    'engine.held.assetVelDivs',
  ].every((path) => paths.has(path));
}

let run: HostileRun;
let machine: Machine;
let snapshot: Uint8Array;
let fields: StateField[];

/** Names and kinds of the fields in their order, hashed. */
const LAYOUT_HASHES: Readonly<Record<FillMode, string>> = {
  analytic: '35f008ff48fb07516c6ed6a4120b65c937e3a89a4557e62fe06453040ea177a7',
  routed: 'a0c05169a04317804937c9002f441fdf2d8e83b5e3a2789c98ee178e0f5ba2d6',
};

describe.each(FILL_MODES)('with %s fills', (fills) => {
  beforeAll(() => {
    ({ run, machine } = eventfulRun(fills));
    snapshot = machine.snapshot();
    fields = fieldsOf(machine.actor);
  });

  describe('every described field', () => {
    test('fills the snapshot without a gap', () => {
      const end = fields.reduce((at, field) => {
        expect(field.offset, field.path).toBe(at);
        return at + field.bytes;
      }, fields[0]!.offset);
      expect(end).toBe(snapshot.length);
    });

    test('goes through the machine: changed in a snapshot, it is refused or comes back changed', () => {
      let refused = 0;
      const lost: string[] = [];
      for (const field of fields) {
        for (const element of elementsOf(field)) {
          const changed = snapshot.slice();
          changed[element] = changed[element]! ^ 1;
          const other = machineOf(run, fills);
          try {
            other.restore(changed);
          } catch (error) {
            expect(error, field.path).toBeInstanceOf(SnapshotError);
            refused++;
            continue;
          }
          const back = other.snapshot();
          if (stateHash(back) === stateHash(snapshot) || Buffer.compare(back, changed) !== 0) lost.push(field.path);
        }
      }
      expect(lost).toEqual([]);
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBeLessThan(fields.length / 4);
    });
  });

  test('whatever a machine remembers is described, follows from what is, or is scratch', () => {
    const unseen = memoryOf(machine.actor).filter(({ perturb, path }) => {
      if (isExempt(path, fills)) return false;
      for (const undo of perturb()) {
        const isSeen = changesSnapshot();
        undo();
        if (isSeen) return false;
      }
      return true;
    });
    expect(unseen.map(({ path }) => path)).toEqual([]);
    expect(stateHash(machine.snapshot()), 'everything is as it was').toBe(stateHash(snapshot));
  });

  test('what is listed as no state exists and is not described', () => {
    const memory = new Map(memoryOf(machine.actor).map((slot) => [slot.path, slot]));
    for (const path of Object.keys({ ...NO_STATE, ...NO_STATE_BY_FILLS[fills] })) {
      expect(memory.has(path), path).toBe(true);
      for (const undo of memory.get(path)!.perturb()) {
        expect(changesSnapshot(), path).toBe(false);
        undo();
      }
    }
  });

  test('the layout has a new version when what is described changes', () => {
    const names = [...new Set(fields.map(({ path, kind }) => `${path.replaceAll(/\d+/g, '#')}:${kind}`))];
    expect([SNAPSHOT_LAYOUT, stateHash(Buffer.from(names.join('\n')))]).toEqual([4, LAYOUT_HASHES[fills]]);
  });
});

/** First byte of the first, a middle and the last element. A NaN is left out: all of its patterns are the same. */
function elementsOf(field: StateField): number[] {
  const size = field.kind === 'double' ? 8 : 4;
  const count = field.bytes / size;
  const view = new DataView(snapshot.buffer);
  return [...new Set([0, count >> 1, count - 1])]
    .map((element) => field.offset + element * size)
    .filter((offset) => field.kind === 'integer' || !Number.isNaN(view.getFloat64(offset, true)));
}

function changesSnapshot(): boolean {
  try {
    return Buffer.compare(machine.snapshot(), snapshot) !== 0;
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError); // seen, and no value that the field may have
    return true;
  }
}

function isExempt(path: string, fills: FillMode): boolean {
  return (
    path in NO_STATE ||
    path in NO_STATE_BY_FILLS[fills] ||
    NO_STATE_BELOW.some((prefix) => path.startsWith(`${prefix}.`))
  );
}

/** A place of the machine's memory. Asked to perturb, it yields one change after another, each with its undoing. */
interface MemorySlot {
  readonly path: string;
  perturb(): Iterable<() => void>;
}

function memoryOf(root: object): MemorySlot[] {
  const slots: MemorySlot[] = [];
  const seen = new Set<object>();
  const visit = (holder: object, prefix: string): void => {
    if (seen.has(holder)) return;
    seen.add(holder);
    for (const key of Object.keys(holder)) {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      const value = (holder as Record<string, unknown>)[key];
      if (GIVEN.has(key) || GIVEN_PATHS.has(path) || typeof value === 'function') continue;
      if (isNumbers(value)) {
        if (!seen.has(value)) slots.push({ path, perturb: () => elementsPerturbed(value) });
        seen.add(value);
      } else if (typeof value === 'object' && value !== null) visit(value, path);
      else slots.push({ path, perturb: () => propertyPerturbed(holder as Record<string, unknown>, key) });
    }
  };
  visit(root, '');
  return slots;
}

const isNumbers = (value: unknown): value is Float64Array => ArrayBuffer.isView(value);

function* elementsPerturbed(array: Float64Array): Generator<() => void> {
  for (let i = 0; i < Math.min(array.length, 20_000); i++) {
    const before = array[i]!;
    array[i] = Number.isNaN(before) ? 1 : before + 1;
    yield () => {
      array[i] = before;
    };
  }
}

function* propertyPerturbed(holder: Record<string, unknown>, key: string): Generator<() => void> {
  const before = holder[key];
  const others = typeof before === 'number' ? [Number.isFinite(before) ? before + 1 : 1] : otherValues(before);
  for (const other of others) {
    holder[key] = other;
    yield () => {
      holder[key] = before;
    };
  }
}

function otherValues(before: unknown): unknown[] {
  if (typeof before === 'boolean') return [!before];
  if (before === null) return ['manual'];
  return ['OFF', 'GREEN', 'STALKER', '1999-12-31'].filter((text) => text !== before);
}
