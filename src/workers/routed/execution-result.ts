import type { ExecutionMachine } from '../../exec/execution-machine.ts';
import { EXECUTION_COUNTERS, type FillQuality } from '../../exec/execution-metrics.ts';
import { IRREGULARITY_NAMES } from '../../exec/irregularities.ts';
import {
  DENY_BUSY,
  DENY_MALFORMED,
  DENY_NO_ENTRIES,
  DENY_NO_TOUCH,
  DENY_OF_EXECUTION,
  DENY_TOO_MANY_ORDERS,
  DENY_TOO_SMALL,
} from '../../model/order.ts';
import type { ExecutionResult, FillQualityResult } from '../../model/routed-outcome.ts';
import { denialReasonName } from '../../risk/denial-reason.ts';

const EXECUTION_DENIALS: Readonly<Record<number, string>> = {
  [DENY_NO_TOUCH]: 'no bid and ask',
  [DENY_TOO_SMALL]: 'too small',
  [DENY_TOO_MANY_ORDERS]: 'too many orders at once',
  [DENY_BUSY]: 'another intent of the asset is worked',
  [DENY_MALFORMED]: 'malformed intent',
  [DENY_NO_ENTRIES]: 'no entries',
};

/** What execution did, by the names of semantics §11; reasons and irregularities by their own. */
export function executionResult({ metrics, irregularities }: ExecutionMachine): ExecutionResult {
  return {
    counters: Object.fromEntries(EXECUTION_COUNTERS.map((name) => [name, metrics.get(name)])),
    entries: fillQualityResult(metrics.entries),
    exits: fillQualityResult(metrics.exits),
    irregularities: Object.fromEntries(
      IRREGULARITY_NAMES.map((name, code) => [name, irregularities.counts[code] ?? 0]),
    ),
    denials: Object.fromEntries(metrics.denials().map(({ reason, count }) => [nameOf(reason), count])),
  };
}

function nameOf(reason: number): string {
  return reason < DENY_OF_EXECUTION ? denialReasonName(reason) : (EXECUTION_DENIALS[reason] ?? `reason ${reason}`);
}

function fillQualityResult(quality: FillQuality): FillQualityResult {
  return {
    filled: quality.filled,
    makerNotional: quality.makerNotional,
    takerNotional: quality.takerNotional,
    makerShare: quality.makerShare,
    fees: quality.fees,
    slippageMeanBps: quality.slippageMeanBps,
    slippageWorstBps: quality.slippageWorstBps,
    timeToFillMeanMs: quality.timeToFillMeanMs,
    timeToFillMaxMs: quality.timeToFillMaxMs,
    latencyCost: quality.latencyCost,
    queueCost: quality.queueCost,
    spreadCost: quality.spreadCost,
  };
}
