import type { VolatilityDetector } from '../alpha/layers/volatility.ts';
import type { EngineRun } from '../model/trade.ts';
import { NULL_FOREWARNER } from '../risk/forewarner.ts';
import type { RegimeOfDay } from './day-regime.ts';
import type { OperatorHalts } from './operator-halts.ts';
import type { RoutedDesk } from './routed-desk.ts';

/** What a reader of a run's results must know, one sentence each. Allocates. */
export function engineWarnings(
  regime: RegimeOfDay,
  { permissiveBars }: VolatilityDetector,
  operator: OperatorHalts,
): string[] {
  const warnings: string[] = [];
  if (regime.forewarner === NULL_FOREWARNER) {
    warnings.push('No MC-Forewarner model: its size factor is 1 and its gate is open.');
  }
  if (permissiveBars > 0) {
    warnings.push(`The volatility detector let ${permissiveBars} bars pass before it had enough history.`);
  }
  warnings.push(...operator.notes());
  return warnings;
}

/** What routed fills add to a run. */
export function routedCounts({ position }: RoutedDesk): NonNullable<EngineRun['routed']> {
  return { entriesUnfilled: position.entriesUnfilled, strayFills: position.strayFills };
}
