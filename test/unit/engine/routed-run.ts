import { DolphinActor } from '../../../src/engine/actor.ts';
import { NO_CELLS } from '../../../src/engine/live-cells.ts';
import { PostureTable } from '../../../src/engine/posture-source.ts';
import type { DayResult } from '../../../src/model/day-result.ts';
import {
  createExecutionReport,
  type ExecutionReport,
  REPORT_FUNDING,
  REPORT_INTENT_DONE,
  REPORT_PARTIALLY_FILLED,
} from '../../../src/model/execution-report.ts';
import { FLAG_INTERRUPTED, FLAG_LAST_OF_DAY, FRAME_BAR } from '../../../src/model/frame.ts';
import type { Intent } from '../../../src/model/intent.ts';
import type { Posture } from '../../../src/model/posture.ts';
import type { StrategyConfig } from '../../../src/model/strategy.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';
import type { TradeDetail } from '../../../src/model/trade.ts';
import { blankFrame, bookFrame, DAY, Desk, endFrame, type ScanFields, UNIVERSE } from './desk.ts';

/** Place of ETHUSDT in the universe. */
export const ETH = 1;
/** A swing of the reference asset: volatility, and too little momentum for an entry. */
const SWING_PX = 0.0005;

export interface FillFields {
  /** Default DAY. */
  readonly day?: number;
  readonly fee?: number;
}

/** An engine with routed fills whose execution is the test: reports are told by hand, before the frame of their step. */
export class RoutedRun {
  readonly desk: Desk;
  readonly actor: DolphinActor;
  readonly dayResults: DayResult[] = [];
  /** Everything that the machine was fed, to feed it to another one. */
  readonly inputs: ((actor: DolphinActor) => void)[] = [];
  private scans = 1;

  constructor(settings: Partial<StrategyConfig> = {}, postures: readonly Posture[] = []) {
    this.desk = new Desk(settings, UNIVERSE, 'routed');
    const safety = postures.map((posture, i) => ({ day: DAY + i, posture, rm: 1 }));
    this.actor = new DolphinActor(
      this.desk.engine,
      {
        posture: new PostureTable(safety),
        cells: NO_CELLS,
        onDayEnd: (result) => this.dayResults.push(result),
        onInterrupted: () => undefined,
      },
      'replay',
    );
  }

  get engine(): Desk['engine'] {
    return this.desk.engine;
  }

  get position(): Desk['engine']['position'] {
    return this.engine.position;
  }

  get intents(): readonly Intent[] {
    return this.desk.intents;
  }

  get lastIntent(): Intent {
    return this.desk.intents.at(-1)!;
  }

  get trades(): readonly TradeDetail[] {
    return this.engine.run().trades;
  }

  scan(prices: readonly number[], fields: ScanFields = {}, flags = 0): void {
    const frame = this.desk.scan(prices, { velDiv: 0, ...fields });
    frame.flags |= flags;
    this.feed((actor) => actor.onFrame(frame));
  }

  /** A scan at this price of ETHUSDT, five seconds on, without a signal. */
  eth(price: number, fields: ScanFields = {}, flags = 0): void {
    this.scan([101 + (this.scans++ % 2) * SWING_PX, price, 20], fields, flags);
  }

  lastOfDay(price: number, fields: ScanFields = {}): void {
    this.eth(price, fields, FLAG_LAST_OF_DAY);
  }

  /** A 0.1 s bar at this price of ETHUSDT. */
  bar(price: number, second: number, flags = 0): void {
    const frame = blankFrame(FRAME_BAR, DAY, second);
    frame.flags = flags;
    frame.payload.set([101, price, 20]);
    this.feed((actor) => actor.onFrame(frame));
  }

  /** The first scan of the next day. */
  nextDay(price: number): void {
    this.eth(price, { day: DAY + 1, second: 5, number: 1 });
  }

  /** Scans at seconds 5 to 25 of the day: the last one, lifetime bar 4, decides to open a SHORT of ETHUSDT at 49. */
  decideShort(fields: ScanFields = {}): Intent {
    const { day = DAY } = fields;
    for (const btc of [100, 101, 100, 101]) this.scan([btc, 50, 20], { day });
    this.scan([101, 49, 20], { velDiv: -0.03, ...fields });
    return this.lastIntent;
  }

  /** The same, filled whole at 49 at second 30 and done: OPEN at bar 5, which is at 49 too. */
  openShort(fee = 0): Intent {
    const intent = this.decideShort();
    this.fill(intent.sequence, 49, intent.qty, 30, { fee });
    this.done(intent.sequence);
    this.eth(49);
    return intent;
  }

  fill(
    intentSequence: number,
    lastPx: number,
    lastQty: number,
    second: number,
    { day = DAY, fee = 0 }: FillFields = {},
  ): void {
    const tsEventNsOfDay = second * NS_PER_SECOND;
    this.report({
      kind: REPORT_PARTIALLY_FILLED,
      intentSequence,
      lastPx,
      lastQty,
      fee,
      tsEventDay: day,
      tsEventNsOfDay,
    });
  }

  done(intentSequence: number, second = 0, day = DAY): void {
    this.report({ kind: REPORT_INTENT_DONE, intentSequence, tsEventDay: day, tsEventNsOfDay: second * NS_PER_SECOND });
  }

  funding(assetIndex: number, fee: number): void {
    this.report({ kind: REPORT_FUNDING, assetIndex, fee });
  }

  /** A snapshot of the book: it crosses a date and is no step. */
  book(day: number, second: number): void {
    this.feed((actor) => actor.onFrame(bookFrame(0, 1000, 1000, day, second)));
  }

  end(): void {
    this.feed((actor) => actor.onFrame(endFrame()));
  }

  interrupt(): void {
    this.feed((actor) => actor.onFrame(endFrame(FLAG_INTERRUPTED)));
  }

  command(kind: number): void {
    this.feed((actor) => actor.onCommand(kind));
  }

  private feed(input: (actor: DolphinActor) => void): void {
    this.inputs.push(input);
    input(this.actor);
  }

  private report(fields: Partial<ExecutionReport>): void {
    const report = { ...createExecutionReport(), assetIndex: ETH, ...fields };
    this.feed((actor) => actor.onReport(report));
  }
}
