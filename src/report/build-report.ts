import type { Report } from '../model/report.ts';
import type { EngineRun } from '../model/trade.ts';
import { metrics } from '../portfolio/metrics.ts';
import { nextBarFills, venueFees } from '../portfolio/reprice.ts';
import { decisionHash } from './decision-hash.ts';

/** What a report says beyond the engine's own account: where the data came from and how the run went. */
export type ReportContext = Pick<
  Report,
  'source' | 'strategy' | 'paramHash' | 'stateHash' | 'config' | 'barIntervalMs' | 'universe' | 'complete' | 'timing'
> & { readonly journal?: Report['journal'] | undefined };

/**
 * The report of a run (semantics §12). Its trades keep the expected fees and the next-bar prices of the engine's account,
 * so that every figure of the report can be computed again from the report alone.
 */
export function buildReport(run: EngineRun, context: ReportContext): Report {
  return {
    schemaVersion: 1,
    source: context.source,
    strategy: context.strategy,
    paramHash: context.paramHash,
    decisionHash: decisionHash(run.trades),
    ...(context.stateHash === undefined ? {} : { stateHash: context.stateHash }),
    config: context.config,
    barIntervalMs: context.barIntervalMs,
    universe: context.universe,
    complete: context.complete,
    warnings: run.warnings,
    metrics: metrics(run),
    venueFees: venueFees(run.initialCapital, run.trades),
    nextBarFills: nextBarFills(run.initialCapital, run.trades),
    days: run.days,
    trades: run.trades,
    ...(context.journal === undefined ? {} : { journal: context.journal }),
    timing: context.timing,
  };
}
