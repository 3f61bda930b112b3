import type { Direction } from './direction.ts';
import type { FactorRow } from './factors.ts';
import type { BookReading, ScanReading } from './scan-reading.ts';

/** One asset that a scan speaks for: what the signal stage says of it. Semantics §4.1, §4.6. */
export interface Signal {
  readonly symbol: string;
  readonly direction: Direction;
  readonly velDiv: number;
  /** Of the leverage formula: 0 at the threshold, 1 at the extreme and beyond. */
  readonly strength: number;
  /** Price of the scan, quote currency. */
  readonly price: number;
}

/** Order-book features of an asset at the time of a signal. Semantics §7; bps and shares as named there. */
export interface SignalBook {
  readonly fillProbability: number;
  readonly spreadProxyBps: number;
  readonly depthAsymmetry: number;
  readonly imbalancePersistence: number;
  readonly withdrawalVelocity: number;
  readonly agreementPct: number;
  readonly cascadeCount: number;
  readonly regimeSignal: number;
}

/** A signal with what is known beside the scan. NaN = not known. */
export interface EnrichedSignal extends Signal {
  /** Share of the look-back that moved with the signal, 0 to 1. Semantics §4.5. */
  readonly irpAlignment: number;
  /** Return over the confirmation look-back, a fraction. Semantics §4.1. */
  readonly momentum: number;
  /** Null without a usable snapshot. */
  readonly book: SignalBook | null;
}

/** What travels over a stream of signals. */
export type SignalPayload =
  | {
      readonly kind: 'scan';
      readonly scan: ScanReading;
      readonly signals: readonly EnrichedSignal[];
      /** What was published before 00:00 UTC of the scan's day, or null. */
      readonly factors: FactorRow | null;
      /** True where the publisher says that the day was made, not recorded. */
      readonly synthetic?: boolean;
    }
  | { readonly kind: 'book'; readonly book: BookReading }
  /** The publisher has nothing more to say: a reader that follows it to its end may stop. */
  | { readonly kind: 'end'; readonly day: number; readonly nsOfDay: number };
