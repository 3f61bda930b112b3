import type { PostureName } from './posture.ts';

/** The entry gates, in the order in which a bar meets them (semantics §3). */
export const GATES = ['warmup', 'signal', 'volatility', 'risk', 'direction', 'orderBook', 'irp', 'sizing'] as const;
export type GateName = (typeof GATES)[number];

/** What a day counts besides its trades (semantics §12); always all present, 0 when it never happened. */
export const COUNTERS = [
  'gaps',
  'invalidPrices',
  'missingSignals',
  'duplicateScans',
  'lateExits',
  'staleFills',
  'obMissing',
  'obRefused',
  'leverageCapped',
  'acbRejected',
  'staleStateEvents',
  'staleScans',
] as const;
export type CounterName = (typeof COUNTERS)[number];

export type McStatus = 'OFF' | 'GREEN' | 'ORANGE' | 'RED';

/** One day of a run, as it stands in reports. Money in USDT. */
export interface DayResult {
  readonly date: string;
  readonly pnl: number;
  readonly trades: number;
  /** Realised capital at the end of the day. */
  readonly capital: number;
  /** Accepted scans. */
  readonly bars: number;
  readonly boost: number;
  readonly beta: number;
  readonly posture: PostureName;
  readonly mcStatus: McStatus;
  readonly staleState: boolean;
  /** Per gate: bars that reached it, bars that passed it. */
  readonly funnel: Readonly<Record<GateName, readonly [reached: number, passed: number]>>;
  readonly counters: Readonly<Record<CounterName, number>>;
}
