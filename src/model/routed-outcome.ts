import type { VenueModel } from './fill-mode.ts';
import type { Instrument } from './instrument.ts';

/** How one side of the account, entries or exits, was filled. NaN where nothing was. */
export interface FillQualityResult {
  /** Intents of which anything was filled. */
  readonly filled: number;
  /** Quote currency, by how the trade was made. */
  readonly makerNotional: number;
  readonly takerNotional: number;
  /** Share of the notional that was made, in [0, 1]. */
  readonly makerShare: number;
  /** Quote currency, negative for rebates. */
  readonly fees: number;
  /** Against the decision price, positive a cost; the mean is weighted by notional. */
  readonly slippageMeanBps: number;
  readonly slippageWorstBps: number;
  readonly timeToFillMeanMs: number;
  readonly timeToFillMaxMs: number;
  /**
   * Where the slippage came from, quote currency, positive a cost; together `side * (fill - decision) * qty` over all fills:
   * from the decision to the venue's first word, from there to the fill, and the fill against mid at that time.
   */
  readonly latencyCost: number;
  readonly queueCost: number;
  readonly spreadCost: number;
}

/** What execution did in a run (semantics §11). */
export interface ExecutionResult {
  /** Counts by name: `entries_maker`, `fallbacks` and the rest. */
  readonly counters: Readonly<Record<string, number>>;
  readonly entries: FillQualityResult;
  readonly exits: FillQualityResult;
  /** What was irregular and harmless, by name. */
  readonly irregularities: Readonly<Record<string, number>>;
  /** Orders that the pre-trade check or execution refused, by reason; only reasons that occurred. */
  readonly denials: Readonly<Record<string, number>>;
}

/** What a routed run leaves behind beside the engine's account. */
export interface RoutedOutcome {
  /** SHA-256 over every order, cancel, query and report in order, lower-case hex. */
  readonly orderLogHash: string;
  readonly venue: VenueModel;
  /** Of the venue's randomness. */
  readonly seed: number;
  readonly feeSchedule: string;
  readonly execution: ExecutionResult;
  /** One per asset, with what of it is assumed. */
  readonly instruments: readonly Instrument[];
  /** Paid over the run, quote currency; negative when received. */
  readonly funding: number;
  /** What a reader of the results must know, one sentence each. */
  readonly warnings: readonly string[];
}
