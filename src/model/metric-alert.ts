/** Names of the metrics that are watched, by code; the codes are stored in snapshots and never renumbered. */
export const METRIC_NAMES = ['win_rate', 'profit_factor', 'roi', 'slippage_bps', 'maker_share'] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** An alarm of a run begins or ends, as reports carry it. Shares and returns are fractions. */
export interface ReportAlert {
  /** Event time of the trade that made the value, ISO 8601, UTC. */
  readonly ts: string;
  readonly metric: MetricName;
  /** `alarm`: it is beyond its threshold from here on; `clear`: it has come back. */
  readonly level: 'alarm' | 'clear';
  /** Infinite for a profit factor without losses. */
  readonly value: number;
  /** The limit that the value went beyond, or came back to. */
  readonly threshold: number;
  /** Trades, or filled ends of trades, that the value is taken over. */
  readonly samples: number;
}
