import type { Report } from '../model/report.ts';
import type { RoutedOutcome } from '../model/routed-outcome.ts';
import type { EngineRun } from '../model/trade.ts';
import { metrics } from '../portfolio/metrics.ts';
import { nextBarFills, venueFees } from '../portfolio/reprice.ts';
import { decisionHash } from './decision-hash.ts';
import { routedParts, routedTrade } from './routed/routed-parts.ts';

/** What a report says beyond the engine's own account: where the data came from and how the run went. */
export type ReportContext = Pick<
  Report,
  'source' | 'strategy' | 'paramHash' | 'stateHash' | 'config' | 'barIntervalMs' | 'universe' | 'complete' | 'timing'
> & {
  readonly journal?: Report['journal'] | undefined;
  readonly memory?: Report['memory'] | undefined;
  readonly survival?: Report['survival'] | undefined;
  readonly alerts?: Report['alerts'] | undefined;
  readonly feed?: Report['feed'] | undefined;
  /** What execution left behind; undefined with analytic fills. */
  readonly routed?: RoutedOutcome | undefined;
};

/**
 * The report of a run (semantics §12). Its trades keep the expected fees and the next-bar prices (or, routed, the decision
 * prices) of the engine's account, so that every figure of the report can be computed again from the report alone.
 *
 * @throws RangeError when `routed` is given and a trade is not routed.
 */
export function buildReport(run: EngineRun, context: ReportContext): Report {
  const { routed } = context;
  const start = {
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
  } as const;
  const end = {
    ...(context.survival === undefined ? {} : { survival: context.survival }),
    ...(context.alerts === undefined ? {} : { alerts: context.alerts }),
    ...(context.feed === undefined ? {} : { feed: context.feed }),
    ...(context.journal === undefined ? {} : { journal: context.journal }),
    ...(context.memory === undefined ? {} : { memory: context.memory }),
    timing: context.timing,
  };
  const { days, trades, initialCapital } = run;
  if (routed === undefined) {
    return { ...start, nextBarFills: nextBarFills(initialCapital, trades), days, trades, ...end };
  }
  return { ...start, ...routedParts(run, routed), days, trades: trades.map(routedTrade), ...end };
}
