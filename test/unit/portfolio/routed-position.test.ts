import { describe, expect, it } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import {
  createExecutionReport,
  REPORT_FILLED,
  REPORT_INTENT_DONE,
  REPORT_PARTIALLY_FILLED,
} from '../../../src/model/execution-report.ts';
import { EXIT_HIBERNATE, MAX_HOLD, RISK, TAKE_PROFIT, UNFILLED_END } from '../../../src/model/exit-reason.ts';
import {
  POSITION_ENTERING,
  POSITION_EXITING,
  POSITION_FLAT,
  POSITION_OPEN,
  ROUTED_CANCEL_ENTRY,
  ROUTED_CLOSED,
  ROUTED_EXIT,
  ROUTED_HASTEN_EXIT,
  ROUTED_NOTHING,
  ROUTED_UNFILLED,
  RoutedPosition,
} from '../../../src/portfolio/routed-position.ts';

const ENTRY = { intentSequence: 0, assetIndex: 3, direction: -1, price: 100, leverage: 2, bucket: 1 };

const fill = (intentSequence: number, lastPx: number, lastQty: number, fee = 0) => ({
  ...createExecutionReport(),
  kind: REPORT_PARTIALLY_FILLED,
  intentSequence,
  lastPx,
  lastQty,
  fee,
  tsEventDay: 20_000,
  tsEventNsOfDay: 5e9,
});
const done = (intentSequence: number) => ({ ...createExecutionReport(), kind: REPORT_INTENT_DONE, intentSequence });

function entering(): RoutedPosition {
  const position = new RoutedPosition();
  expect(position.enter(ENTRY)).toBe(true);
  return position;
}

function open(): RoutedPosition {
  const position = entering();
  position.onReport(fill(0, 100, 2, 0.04), 10);
  position.onReport(done(0), 10);
  expect(position.state).toBe(POSITION_OPEN);
  return position;
}

describe('routed life of a position', () => {
  it('exists from the first fill, at the volume-weighted price of all', () => {
    const position = entering();
    position.onBar();
    expect([position.isHeld, position.barsHeld, position.state]).toEqual([false, 0, POSITION_ENTERING]);
    position.onReport(fill(0, 100, 1), 10);
    position.onBar();
    position.onReport(fill(0, 103, 2), 11);
    position.onBar();
    // (100 * 1 + 103 * 2) / 3 = 306 / 3
    expect(position.entryPrice).toBe(102);
    expect([position.isHeld, position.barsHeld, position.entryBar, position.entryNsOfDay]).toEqual([true, 2, 10, 5e9]);
  });

  it('opens only when flat', () => {
    const position = entering();
    expect(position.enter({ ...ENTRY, direction: 1 })).toBe(false);
    expect(position.direction).toBe(-1);
    expect(open().enter(ENTRY)).toBe(false);
  });

  it('is flat again, and counts, when nothing was filled', () => {
    const position = entering();
    expect(position.onReport(done(0), 10)).toBe(ROUTED_UNFILLED);
    expect([position.state, position.entriesUnfilled]).toEqual([POSITION_FLAT, 1]);
  });

  it('leaves what was filled when an exit is decided while entering', () => {
    const position = entering();
    position.onReport(fill(0, 100, 1), 10);
    expect(position.decideExit(TAKE_PROFIT)).toBe(ROUTED_CANCEL_ENTRY);
    expect(position.decideExit(MAX_HOLD)).toBe(ROUTED_NOTHING);
    // A fill that crosses the cancel belongs to it.
    position.onReport(fill(0, 101, 1), 10);
    expect(position.onReport(done(0), 10)).toBe(ROUTED_EXIT);
    expect([position.state, position.qtyOpen, position.exitReason]).toEqual([POSITION_EXITING, 2, TAKE_PROFIT]);
  });

  it('needs no exit when the canceled entry was not filled', () => {
    const position = entering();
    expect(position.decideExit(RISK)).toBe(ROUTED_CANCEL_ENTRY);
    expect(position.onReport(done(0), 10)).toBe(ROUTED_UNFILLED);
  });

  it('closes with the price, fees and funding of its fills', () => {
    const position = open();
    position.onFunding(3, 0.01);
    expect(position.decideExit(TAKE_PROFIT)).toBe(ROUTED_EXIT);
    position.onExitSent(1, 99);
    position.onReport(fill(1, 99, 1, 0.02), 20);
    position.onReport(fill(1, 98, 1, 0.05), 20);
    expect(position.onReport(done(1), 20)).toBe(ROUTED_CLOSED);
    // SHORT 2 at 100, out at 98.5: gross 3; fees 0.04 + 0.07, funding 0.01.
    expect(position.exitPrice).toBe(98.5);
    expect(position.pnl).toBeCloseTo(2.88, 12);
    expect(position.isFlat).toBe(true);
  });

  it.each([
    ['RISK', RISK],
    ['HIBERNATE', EXIT_HIBERNATE],
  ])('%s takes over from a working take profit, once', (_name, reason) => {
    const position = open();
    position.decideExit(TAKE_PROFIT);
    expect(position.decideExit(MAX_HOLD)).toBe(ROUTED_NOTHING);
    expect(position.decideExit(reason)).toBe(ROUTED_HASTEN_EXIT);
    expect(position.decideExit(reason)).toBe(ROUTED_NOTHING);
    expect(position.exitReason).toBe(reason);
  });

  it('lets RISK take over from a take profit that still waits for the entry to end', () => {
    const position = entering();
    position.onReport(fill(0, 100, 1), 10);
    position.decideExit(TAKE_PROFIT);
    expect(position.decideExit(RISK)).toBe(ROUTED_NOTHING);
    expect(position.onReport(done(0), 10)).toBe(ROUTED_EXIT);
    expect(position.exitReason).toBe(RISK);
  });

  it('lets nothing take over from MAX_HOLD: it is at market already', () => {
    const position = open();
    position.decideExit(MAX_HOLD);
    expect(position.decideExit(RISK)).toBe(ROUTED_NOTHING);
  });

  it('is open again with the rest when an exit ends short, and can be left again', () => {
    const position = open();
    position.decideExit(MAX_HOLD);
    position.onExitSent(1, 99);
    position.onReport(fill(1, 99, 0.5), 20);
    expect(position.onReport(done(1), 20)).toBe(ROUTED_NOTHING);
    expect([position.state, position.qtyOpen, position.exitReason]).toEqual([POSITION_OPEN, 1.5, 0]);
    expect(position.decideExit(MAX_HOLD)).toBe(ROUTED_EXIT);
  });

  it('takes what binary fractions leave for nothing', () => {
    const position = entering();
    for (let i = 0; i < 10; i++) position.onReport(fill(0, 100, 0.1), 10);
    position.onReport(done(0), 10);
    position.decideExit(RISK);
    position.onExitSent(1, 99);
    position.onReport({ ...fill(1, 99, 1), kind: REPORT_FILLED }, 10);
    expect(position.onReport(done(1), 10)).toBe(ROUTED_CLOSED);
  });

  it('counts fills that are not its own and does not take them', () => {
    const position = open();
    position.onReport(fill(9, 100, 1), 10);
    expect([position.strayFills, position.qtyOpen]).toEqual([1, 2]);
    expect(position.onReport(done(9), 10)).toBe(ROUTED_NOTHING);
  });

  it('takes a fill of an earlier exit that had ended short, and is closed by it with its reason', () => {
    const position = open();
    position.decideExit(MAX_HOLD);
    position.onExitSent(1, 98);
    position.onReport(done(1), 20);
    expect(position.state).toBe(POSITION_OPEN);
    expect(position.onReport(fill(1, 99, 2), 21)).toBe(ROUTED_CLOSED);
    expect([position.exitReason, position.exitPrice, position.exitDecision, position.isFlat]).toEqual([
      MAX_HOLD,
      99,
      98,
      true,
    ]);
  });

  it('is marked with what its fills have made and cost so far', () => {
    const position = open(); // SHORT 2 at 100, fee 0.04
    position.decideExit(MAX_HOLD);
    position.onExitSent(1, 99);
    position.onReport(fill(1, 99, 0.5, 0.02), 20);
    // 0.5 out at 99, 1.5 at 96: 0.5 + 6, less 0.06
    expect(position.markedPnl(96)).toBeCloseTo(6.44, 12);
    expect(entering().markedPnl(96)).toBeCloseTo(0, 12);
  });

  it('has the funding of its asset, also between the last exit fill and the close; any other is stray', () => {
    const position = open();
    position.onFunding(2, 5);
    position.decideExit(MAX_HOLD);
    position.onExitSent(1, 99);
    position.onReport(fill(1, 99, 2), 20);
    position.onFunding(3, 0.25);
    position.onReport(done(1), 20);
    position.onFunding(3, 7);
    expect([position.funding, position.strayFills]).toEqual([0.25, 2]);
  });

  it('is marked at the end of the data', () => {
    const position = open();
    expect(position.closeAtEnd(90, 20_001, 6e9)).toBe(ROUTED_CLOSED);
    expect([position.exitReason, position.exitPrice, position.isFlat]).toEqual([UNFILLED_END, 90, true]);
    expect(entering().closeAtEnd(90, 20_001, 6e9)).toBe(ROUTED_UNFILLED);
  });

  it('goes on from a snapshot', () => {
    const position = open();
    position.decideExit(TAKE_PROFIT);
    position.onExitSent(1, 99);
    const writer = new SnapshotWriter();
    position.walkState(writer);
    const other = new RoutedPosition();
    other.walkState(new SnapshotReader(writer.bytes()));
    expect(other).toEqual(position);
  });
});
