import type { ExecutionResult, FillQualityResult, RoutedOutcome } from '../../model/routed-outcome.ts';
import {
  type BySide,
  EXECUTION_COUNTS,
  type ExecutionCount,
  type ReportExecution,
  type SlippageFigure,
} from '../../model/routed-report.ts';

/**
 * What orders did in a run, as its report says it (semantics §11).
 * @param strayFills - fills that the engine could book on no position.
 */
export function executionFigures({ execution, funding, warnings }: RoutedOutcome, strayFills: number): ReportExecution {
  const { entries, exits } = execution;
  const side = <Figure>(figure: (of: FillQualityResult) => Figure) => ({
    entries: figure(entries),
    exits: figure(exits),
  });
  return {
    ...counts(execution),
    slippage: { ...side(slippage), all: slippageOfAll(entries, exits) },
    time_to_fill: side((of) => ({ meanMs: of.timeToFillMeanMs, maxMs: of.timeToFillMaxMs })),
    maker_share: { ...side((of) => of.makerShare), all: makerShareOfAll(entries, exits) },
    notional: {
      ...side((of) => ({ maker: of.makerNotional, taker: of.takerNotional })),
      all: {
        maker: entries.makerNotional + exits.makerNotional,
        taker: entries.takerNotional + exits.takerNotional,
      },
    },
    fees: { ...side((of) => of.fees), all: entries.fees + exits.fees },
    costs: costs(entries, exits),
    funding,
    stray_fills: strayFills,
    denials: occurred(execution.denials),
    irregularities: occurred(execution.irregularities),
    warnings,
  };
}

function counts({ counters }: ExecutionResult): Record<ExecutionCount, number> {
  const pairs = EXECUTION_COUNTS.map((name) => [name, counters[name] ?? 0]);
  return Object.fromEntries(pairs) as Record<ExecutionCount, number>;
}

function slippage({ slippageMeanBps, slippageWorstBps }: FillQualityResult): SlippageFigure {
  return { meanBps: slippageMeanBps, worstBps: slippageWorstBps };
}

/** A side without a fill has no slippage and no weight. */
function slippageOfAll(entries: FillQualityResult, exits: FillQualityResult): SlippageFigure {
  const filled = [entries, exits].filter((of) => of.filled > 0);
  const weighted = filled.reduce((sum, of) => sum + of.slippageMeanBps * notionalOf(of), 0);
  const notional = filled.reduce((sum, of) => sum + notionalOf(of), 0);
  const worstBps = filled.length === 0 ? Number.NaN : Math.max(...filled.map((of) => of.slippageWorstBps));
  return { meanBps: weighted / notional, worstBps };
}

function makerShareOfAll(entries: FillQualityResult, exits: FillQualityResult): number {
  return (entries.makerNotional + exits.makerNotional) / (notionalOf(entries) + notionalOf(exits));
}

function notionalOf({ makerNotional, takerNotional }: FillQualityResult): number {
  return makerNotional + takerNotional;
}

function costs(entries: FillQualityResult, exits: FillQualityResult): ReportExecution['costs'] {
  const of = ({ spreadCost, queueCost, latencyCost }: FillQualityResult) => ({
    spread: costOrNone(spreadCost),
    queue: costOrNone(queueCost),
    latency: costOrNone(latencyCost),
  });
  const [entry, exit] = [of(entries), of(exits)];
  const all: BySide<typeof entry>['all'] = {
    spread: entry.spread + exit.spread,
    queue: entry.queue + exit.queue,
    latency: entry.latency + exit.latency,
  };
  return { entries: entry, exits: exit, all };
}

/** Where nothing was filled, nothing was paid. */
function costOrNone(cost: number): number {
  return Number.isNaN(cost) ? 0 : cost;
}

function occurred(totals: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(totals).filter(([, total]) => total !== 0));
}
