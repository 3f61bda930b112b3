import { join } from 'node:path';
import { decodeAnyDay } from '../../adapters/day-folder/decode.ts';
import { type PlannedDay, planReplay, type ReplayPlan } from '../../adapters/day-folder/plan.ts';
import { EigenScanner } from '../../alpha/scanner/eigen-scanner.ts';
import { type BarExplanation, BarWatch } from '../../engine/explain.ts';
import { InputError } from '../../model/input-error.ts';
import { isRouted, type Report } from '../../model/report.ts';
import type { StrategyConfig } from '../../model/strategy.ts';
import type { Trade } from '../../model/trade.ts';
import { attachDayBlock, type DayBlock } from '../../shm/day-block.ts';
import { DirectReplay } from '../../workers/direct-replay.ts';
import { scanDay, scannerThresholds } from '../../workers/scan-day.ts';
import { strategySchema } from '../config/schema.ts';
import { type AskedTime, findTarget, type TargetBar } from './explain-target.ts';

/** A bar of a finished run, explained. */
export interface ExplainedBar {
  readonly target: TargetBar;
  readonly explanation: BarExplanation;
}

/** Runs a report's replay again up to one of its bars, by direct call, from the files that the report names. */
export class ExplainRerun {
  private readonly report: Report;
  private readonly config: StrategyConfig;
  private readonly plan: ReplayPlan;
  /** Decoded days by index: the one asked for is looked into before the run comes to it. */
  private readonly decoded = new Map<number, Promise<{ block: DayBlock; hasSignals: boolean }>>();

  private constructor(report: Report, config: StrategyConfig, plan: ReplayPlan) {
    this.report = report;
    this.config = config;
    this.plan = plan;
  }

  /**
   * @param dir - where the days are now, in place of the folder that the report names.
   * @throws InputError when the report is of routed fills, its config is not whole, its resolution is not 5s, or the folder holds
   *   other days than it did.
   */
  static async of(report: Report, reportPath: string, dir?: string): Promise<ExplainRerun> {
    if (isRouted(report)) {
      throw new InputError(
        `${reportPath}: is of routed fills, and only a replay with --fill analytic can be explained; its journal ` +
          '(--record DIR) tells every decision and order',
      );
    }
    const config = wholeConfig(report, reportPath);
    if (config.resolution !== '5s') {
      throw new InputError(
        `${reportPath}: is of resolution ${config.resolution}, only bars of resolution 5s can be explained`,
      );
    }
    const plan = await planReplay({
      dir: dir ?? report.source.dir,
      from: report.source.from,
      to: report.source.to,
      barInterval: report.barIntervalMs,
      configBarIntervalMs: config.bar_interval_ms,
      referenceAsset: config.reference_asset,
    });
    requireSameDays(report, plan);
    return new ExplainRerun(report, config, plan);
  }

  /** @throws InputError when the bar lies outside the run, or a file or a trade on the way is not the report's. */
  async explain(asked: AskedTime): Promise<ExplainedBar> {
    const target = await findTarget(this.report, asked, async (dayIndex) => (await this.read(dayIndex)).block);
    const watch = new BarWatch();
    const replay = new DirectReplay({ ...this.plan, config: this.config, intents: watch });
    await this.feedUntil(target, replay, watch);
    const explanation = watch.explain(replay.engine);
    this.requireSameTrades(replay, target);
    if (!this.endsDay(target)) return { target, explanation };
    replay.finish();
    return { target, explanation: { ...explanation, dayEnd: watch.dayEnd(replay.engine) } };
  }

  private async feedUntil(target: TargetBar, replay: DirectReplay, watch: BarWatch): Promise<void> {
    const { engine } = replay;
    const scanner = this.createScanner(engine.params.excluded);
    for (let dayIndex = 0; dayIndex <= target.dayIndex; dayIndex++) {
      const { block, hasSignals } = await this.read(dayIndex);
      this.decoded.delete(dayIndex); // a run may be long: days behind it are not kept
      const { day } = this.plan.files[dayIndex] as PlannedDay;
      if (scanner !== null) scanDay(scanner, block, day, hasSignals);
      replay.feed(block, day, (frame) => {
        if (engine.lifetimeBar > target.bar) return false;
        watch.onFrame(frame, engine);
        return true;
      });
    }
  }

  private createScanner(excluded: Uint8Array): EigenScanner | null {
    const { plan, config } = this;
    if (plan.files.every(({ hasSignals }) => hasSignals)) return null;
    return new EigenScanner({
      assets: plan.universe.length,
      excluded,
      barIntervalMs: plan.barIntervalMs,
      thresholds: scannerThresholds(config),
    });
  }

  private read(dayIndex: number): Promise<{ block: DayBlock; hasSignals: boolean }> {
    const known = this.decoded.get(dayIndex);
    if (known !== undefined) return known;
    const reading = this.decode(dayIndex);
    this.decoded.set(dayIndex, reading);
    return reading;
  }

  private async decode(dayIndex: number): Promise<{ block: DayBlock; hasSignals: boolean }> {
    const file = this.plan.files[dayIndex] as PlannedDay;
    const { shape, buffer, sha256, hasSignals } = await decodeAnyDay({ ...file, universe: this.plan.universe });
    const expected = this.report.source.files[dayIndex]?.sha256;
    if (sha256 !== expected) {
      throw new InputError(
        `${file.path}: is not the file that the report was made from (sha256 ${sha256}, the report says ${expected}); ` +
          'replay the days again to explain them',
      );
    }
    return { block: attachDayBlock(buffer, shape), hasSignals };
  }

  /** Tables and order books have no hash in a report; what was decided with them shows whether they are still the same. */
  private requireSameTrades(replay: DirectReplay, target: TargetBar): void {
    const again = replay.engine.run().trades;
    const before = this.report.trades.filter(
      ({ exitBar, reason }) => exitBar < target.bar || (exitBar === target.bar && reason !== 'DAY_END'),
    );
    const at = Array.from({ length: Math.max(again.length, before.length) }).findIndex(
      (_, i) => !isSameDecision(again[i], before[i]),
    );
    if (at < 0) return;
    throw new InputError(
      `${this.plan.dir}: the run cannot be repeated: trade ${at} is ${tradeText(again[at])}, the report says ` +
        `${tradeText(before[at])}; ${join('ob', '*.parquet')}, factors.csv or safety.csv may have changed since`,
    );
  }

  private endsDay(target: TargetBar): boolean {
    const { days, complete } = this.report;
    const isLastBar = target.barOfDay === (days[target.dayIndex] as Report['days'][number]).bars - 1;
    return isLastBar && (complete || target.dayIndex < days.length - 1);
  }
}

function wholeConfig(report: Report, path: string): StrategyConfig {
  const result = strategySchema.safeParse(report.config);
  if (result.success) return result.data as StrategyConfig;
  const { issues } = result.error;
  throw new InputError(`${path}: config.${issues[0]?.path.join('.')}: ${issues[0]?.message}; it cannot be run again`);
}

/** A stopped run has read only the first of its files. */
function requireSameDays(report: Report, plan: ReplayPlan): void {
  const before = report.source.files.map(({ name }) => name);
  const now = plan.files.map(({ name }) => name);
  const at = before.findIndex((name, i) => name !== now[i]);
  const isLonger = report.complete && now.length > before.length;
  if (at < 0 && !isLonger) return;
  const place = at < 0 ? before.length : at;
  throw new InputError(
    `${plan.dir}: does not hold the days that the report was made from: day ${place} is ` +
      `${now[place] ?? 'missing'}, the report says ${before[place] ?? 'that there is none'}`,
  );
}

function isSameDecision(a: Trade | undefined, b: Trade | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return (
    a.asset === b.asset &&
    a.direction === b.direction &&
    a.entryBar === b.entryBar &&
    a.exitBar === b.exitBar &&
    a.reason === b.reason &&
    a.entry === b.entry &&
    a.exit === b.exit
  );
}

function tradeText(trade: Trade | undefined): string {
  if (trade === undefined) return 'none';
  return `${trade.asset}, bars ${trade.entryBar} to ${trade.exitBar}, ${trade.reason}`;
}
