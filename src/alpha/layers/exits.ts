import { MAX_HOLD, RISK, STOP, TAKE_PROFIT } from '../../model/exit-reason.ts';

/** Layer 7: when a position ends. */
export interface ExitParams {
  /** Fractions of the entry price. */
  readonly takeProfitFrac: number;
  readonly stopFrac: number;
}

/**
 * Exit of an open position at a bar with a valid price, or 0 to hold on; the order is that of semantics §4.7.
 *
 * @param change - signed return since entry, as a fraction: positive is a gain, for either side.
 * @param isLossLimitHit - the marked day loss reached the daily limit on this bar.
 */
export function exitReason(params: ExitParams, change: number, isLossLimitHit: boolean, isOverdue: boolean): number {
  if (change >= params.takeProfitFrac) return TAKE_PROFIT;
  if (change <= -params.stopFrac) return STOP;
  if (isLossLimitHit) return RISK;
  return isOverdue ? MAX_HOLD : 0;
}
