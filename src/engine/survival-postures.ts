import type { FrameView } from '../model/frame.ts';
import type { Posture } from '../model/posture.ts';
import { isValidPrice } from '../model/price.ts';
import type { SafetyRow } from '../model/safety.ts';
import type { StateWalk } from '../model/state-walk.ts';
import type { SurvivalRun } from '../model/survival-report.ts';
import { NS_PER_DAY, NS_PER_SECOND, nsBetween } from '../model/time.ts';
import { FeedWindow } from '../risk/feed-window.ts';
import { type MemoryLink, SENSORS, type SurvivalReadings, sensorsInto } from '../risk/survival-sensors.ts';
import { SurvivalStack } from '../risk/survival-stack.ts';
import { type DayPosture, type PostureSource, PostureTable } from './posture-source.ts';
import { ReferenceVolatility } from './reference-volatility.ts';
import type { RunParams } from './run-params.ts';
import { SurvivalTally } from './survival-tally.ts';

const EVALUATE_EVERY_NS = 5 * NS_PER_SECOND;
/** A bar after a longer silence has no return (semantics §3). */
const GAP_INTERVALS = 2.5;

/** What the stack asks of the engine, at the moment of an evaluation. USDT. */
export interface DayAccount {
  /** Realised capital and the marked gain of what is open. */
  readonly equity: number;
  /** Realised, at the start of the day. */
  readonly capitalAtDayStart: number;
}

/** Told of each evaluation, at its moment in event time; the stack is read and not kept. */
export type EvaluationListener = (stack: SurvivalStack, day: number, nsOfDay: number) => void;

/** Where the postures of a run come from, as its settings say. @param rows - of `safety.csv`, at most one per day. */
export function postureSourceOf(rows: readonly SafetyRow[], params: RunParams, account: DayAccount): PostureSource {
  return params.config.survival ? new SurvivalPostures(rows, params, account) : new PostureTable(rows);
}

/**
 * Postures of a replay with its own survival stack (semantics §8): the five sensors from the same frames that the engine
 * steps on, evaluated at every whole 5 s of UTC in event time. An evaluation sees what had come up to its moment, that
 * moment included; so those of a silence are made up when the next frame comes, as a clock would have made them.
 *
 * A row of `safety.csv` wins for its day: it is what a stack said then, with a memory and a feed that no frame shows. The own
 * stack goes on beside it, and nothing of the row enters it. Between days that do not follow one another nothing ran: the
 * stack begins anew. It falls and rises all day; by replay rules the engine hears of it at the day's start alone.
 */
export class SurvivalPostures implements PostureSource {
  private readonly rows: ReadonlyMap<number, SafetyRow>;
  private readonly account: DayAccount;
  private readonly onEvaluation: EvaluationListener;
  private readonly included: readonly number[];
  private readonly referenceAsset: number;
  private readonly gapNs: number;
  private readonly stack = new SurvivalStack();
  private readonly feed: FeedWindow;
  private readonly volatility: ReferenceVolatility;
  private readonly tally = new SurvivalTally();
  private readonly sensors = new Float64Array(SENSORS);
  private readonly readings: SurvivalReadings;
  /** Day that runs; -Infinity before the first. */
  private today = Number.NEGATIVE_INFINITY;
  /** Moment of the next evaluation; NaN before the first frame since a start. */
  private dueDay = 0;
  private dueNsOfDay = Number.NaN;
  /** Last bar that was counted. */
  private lastDay = 0;
  private lastNsOfDay = Number.NaN;

  /**
   * @param rows - of `safety.csv`, at most one per day.
   * @param onEvaluation - who publishes what the stack says; default nobody.
   */
  constructor(
    rows: readonly SafetyRow[],
    params: RunParams,
    account: DayAccount,
    onEvaluation: EvaluationListener = () => undefined,
  ) {
    this.rows = new Map(rows.map((row) => [row.day, row]));
    this.account = account;
    this.onEvaluation = onEvaluation;
    this.included = [...params.excluded.keys()].filter((asset) => params.excluded[asset] === 0);
    this.referenceAsset = params.referenceAsset;
    this.gapNs = GAP_INTERVALS * params.barIntervalNs;
    this.feed = new FeedWindow(params.barIntervalNs);
    this.volatility = new ReferenceVolatility(params.config.vol_window);
    this.readings = {
      barsReceived: 0,
      barsExpected: Number.NaN,
      memory: 'embedded',
      pricesValid: 0,
      assets: this.included.length,
      volatility: Number.NaN,
      volatilityCalibrated: params.minVolatility,
      equity: Number.NaN,
      capitalAtDayStart: Number.NaN,
      dailyLossFrac: params.config.daily_loss_limit_pct,
    };
  }

  /** False until every sensor has a full window. */
  get mayEnter(): boolean {
    return this.stack.isComplete;
  }

  get posture(): Posture {
    return this.stack.posture;
  }

  get rm(): number {
    return this.stack.rm;
  }

  /** How the memory stands from the next evaluation on. A replay has none and leaves it at `embedded`. */
  set memory(link: MemoryLink) {
    this.readings.memory = link;
  }

  postureOn(day: number): DayPosture {
    if (day === this.today + 1) {
      this.evaluateBefore(day, 0);
      this.stack.beginDay();
    } else this.restart();
    this.today = day;
    const row = this.rows.get(day);
    const { posture, rm } = row ?? this.stack;
    this.tally.onDay(day, posture, rm, row !== undefined);
    return { posture, rm, origin: row === undefined ? 'stack' : 'recorded' };
  }

  onFrame(frame: FrameView, isStep: boolean): void {
    const { tsEventDay, tsEventNsOfDay } = frame;
    if (Number.isNaN(this.dueNsOfDay)) this.start(tsEventDay, tsEventNsOfDay);
    this.evaluateBefore(tsEventDay, tsEventNsOfDay);
    if (isStep) this.count(frame);
  }

  /** Everything so far, for reports. Allocates. */
  run(): SurvivalRun {
    return this.tally.run();
  }

  walkState(walk: StateWalk): void {
    this.today = walk.number('today', this.today);
    this.dueDay = walk.integer('dueDay', this.dueDay);
    this.dueNsOfDay = walk.number('dueNsOfDay', this.dueNsOfDay);
    this.lastDay = walk.integer('lastDay', this.lastDay);
    this.lastNsOfDay = walk.number('lastNsOfDay', this.lastNsOfDay);
    this.readings.pricesValid = walk.count('pricesValid', this.readings.pricesValid, this.included.length);
    walk.part('stack', this.stack);
    walk.part('feed', this.feed);
    walk.part('volatility', this.volatility);
    walk.part('tally', this.tally);
  }

  private restart(): void {
    this.stack.reset();
    this.volatility.reset();
    this.dueNsOfDay = Number.NaN;
    this.lastNsOfDay = Number.NaN;
  }

  /** The first evaluation is at the first whole 5 s that is not before the first frame. */
  private start(day: number, nsOfDay: number): void {
    this.feed.start(day, nsOfDay);
    this.dueDay = day;
    this.dueNsOfDay = Math.ceil(nsOfDay / EVALUATE_EVERY_NS) * EVALUATE_EVERY_NS;
    this.wrapDue();
  }

  /** Makes every evaluation that is due before a moment: at that moment more may come. */
  private evaluateBefore(day: number, nsOfDay: number): void {
    while (nsBetween(this.dueDay, this.dueNsOfDay, day, nsOfDay) > 0) {
      this.evaluate();
      this.dueNsOfDay += EVALUATE_EVERY_NS;
      this.wrapDue();
    }
  }

  private wrapDue(): void {
    if (this.dueNsOfDay < NS_PER_DAY) return;
    this.dueDay++;
    this.dueNsOfDay -= NS_PER_DAY;
  }

  private evaluate(): void {
    const { readings, feed, dueDay, dueNsOfDay, stack } = this;
    readings.barsReceived = feed.received(dueDay, dueNsOfDay);
    readings.barsExpected = feed.due(dueDay, dueNsOfDay);
    readings.volatility = this.volatility.value;
    readings.equity = this.account.equity;
    readings.capitalAtDayStart = this.account.capitalAtDayStart;
    sensorsInto(this.sensors, readings);
    stack.evaluate(this.sensors);
    this.tally.onEvaluation(stack, dueDay, dueNsOfDay);
    this.onEvaluation(stack, dueDay, dueNsOfDay);
  }

  private count({ tsEventDay, tsEventNsOfDay, payload }: FrameView): void {
    const sinceLastNs = nsBetween(this.lastDay, this.lastNsOfDay, tsEventDay, tsEventNsOfDay);
    this.feed.onBar(tsEventDay, tsEventNsOfDay);
    this.volatility.onBar(payload[this.referenceAsset]!, sinceLastNs > this.gapNs); // NaN: the first, no gap
    let valid = 0;
    for (const asset of this.included) if (isValidPrice(payload[asset]!)) valid++;
    this.readings.pricesValid = valid;
    this.lastDay = tsEventDay;
    this.lastNsOfDay = tsEventNsOfDay;
  }
}
