import type { DayResult } from './day-result.ts';
import type { FeedCounts } from './feed-counts.ts';
import type { ReportAlert } from './metric-alert.ts';
import type { ReportRouted, ReportRoutedTrade } from './routed-report.ts';
import type { StageLatency } from './stage-latency.ts';
import type { StrategyConfig } from './strategy.ts';
import type { ReportSurvival } from './survival-report.ts';
import type { Trade, TradeDetail } from './trade.ts';

/** A file that a run has read. */
export interface FileDigest {
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Shape of the JSON report of a replay (semantics §12). NaN is written as null. */
export type Report = AnalyticReport | RoutedReport;

/** The report of a run whose decisions were filled at the prices of their bars. */
export interface AnalyticReport extends ReportOfAnyFill {
  readonly fill?: undefined;
  readonly orderLogHash?: undefined;
  readonly nextBarFills: RepricedMetrics;
}

/** The report of a run whose intents became orders, which fill after their decisions anyway. */
export interface RoutedReport extends ReportOfAnyFill, ReportRouted {
  readonly nextBarFills?: undefined;
}

interface ReportOfAnyFill {
  readonly schemaVersion: 1;
  readonly source: {
    readonly dir: string;
    readonly from: string;
    readonly to: string;
    /** Folder of the journal that was replayed in place of the files. */
    readonly journal?: string;
    readonly files: readonly FileDigest[];
    /** What lay beside the days and was read: order books, factors, postures. */
    readonly beside: readonly FileDigest[];
    /** True when the folder says that its days were made by `dolphin data make`. */
    readonly synthetic: boolean;
  };
  /** Name with its qualifiers, e.g. `champion@60s`, `champion+direction=both`. */
  readonly strategy: string;
  readonly paramHash: string;
  readonly decisionHash: string;
  /** SHA-256 of the engine's state after the last day; absent in reports that other programs wrote. */
  readonly stateHash?: string;
  readonly config: StrategyConfig;
  readonly barIntervalMs: number;
  readonly universe: readonly string[];
  /** False when the run was stopped before the end of its data. */
  readonly complete: boolean;
  /** What was missing or permitted by default, one sentence each. */
  readonly warnings: readonly string[];
  readonly metrics: ReportMetrics;
  readonly venueFees: RepricedMetrics & { readonly schedule: string };
  readonly days: readonly DayResult[];
  readonly trades: readonly ReportTrade[];
  /** What the survival stack did, and the result without it; absent in a run without one. */
  readonly survival?: ReportSurvival;
  /** Metrics that went beyond their thresholds and came back, in order; absent where nobody watched. */
  readonly alerts?: readonly ReportAlert[];
  /** What a live source brought; absent where days or a journal were read. */
  readonly feed?: FeedCounts;
  /** The journal that the run kept; absent where it kept none. */
  readonly journal?: ReportJournal;
  /** What the memory lacks of the run's results; absent where it has them all, and in a run without one. */
  readonly memory?: ReportMemory;
  readonly timing: ReportTiming;
}

export interface ReportMemory {
  /** The store, without secrets. */
  readonly where: string;
  /** Results that are not known to be in it, at least 1: days, and one more for the state. */
  readonly unwritten: number;
}

export interface ReportJournal {
  readonly dir: string;
  readonly fsync: 'always' | 'interval' | 'never';
  /** Records of each stream. */
  readonly records: { readonly engine: number; readonly execution: number };
  /** True when the run went on behind an interruption. */
  readonly isResumed: boolean;
  /** What stepping the journal again has proved. */
  readonly shadow: {
    readonly steps: number;
    readonly agreeing: number;
    /** Steps behind a gap, which cannot be stepped again. */
    readonly unverified: number;
    /** The first step that decided otherwise, in words; null when there is none. */
    readonly mismatch: string | null;
    /** Segments that could not be verified, and why. */
    readonly failures: readonly string[];
  };
}

/** True for the report of a run whose intents became orders. */
export function isRouted(report: Report): report is RoutedReport {
  return report.fill === 'routed';
}

/** A trade as reports carry it; what re-prices it is there when this program wrote the report. */
export type ReportTrade = Trade & Partial<Omit<TradeDetail, keyof Trade>>;

/** A trade of a routed report. */
export type RoutedReportTrade = ReportTrade &
  Pick<TradeDetail, 'feesExpected'> & { readonly routed: ReportRoutedTrade };

/** True for a trade that orders made. */
export function isRoutedTrade(trade: ReportTrade): trade is RoutedReportTrade {
  return trade.routed !== undefined;
}

export interface ReportMetrics {
  readonly roi: number;
  /** Null without losses. */
  readonly profitFactor: number | null;
  /** Null without trades. */
  readonly winRate: number | null;
  readonly maxDrawdown: number;
  readonly maxDrawdownMarked: number;
  /** Null below two days or at zero deviation. */
  readonly sharpe: number | null;
  readonly trades: number;
  readonly capital: number;
  readonly feeLuck: number;
}

export interface RepricedMetrics {
  readonly roi: number;
  readonly profitFactor: number | null;
  readonly capital: number;
}

export interface ThreadCollections {
  /** Name of the worker. */
  readonly thread: string;
  /** Of the young generation. */
  readonly minor: number;
  readonly major: number;
  /** Longest pause, ns. */
  readonly longestNs: number;
}

export interface ReportTiming {
  readonly bars: number;
  /** First frame published to last frame stepped. */
  readonly seconds: number;
  readonly barsPerSecond: number;
  /** Time that the engine stood idle because no decoded file was there yet. */
  readonly secondsWaitedForFiles: number;
  /** Waits that ended by time-out although their data was there; 0 in a healthy run. */
  readonly lostWakes: number;
  /** Every stage in which something was measured. */
  readonly stages?: readonly StageLatency[];
  /** Garbage collections of each worker thread while it worked. */
  readonly collections?: readonly ThreadCollections[];
  readonly stepNs: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
}
