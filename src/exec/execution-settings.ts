/** Times of execution, ns of event time. All below a day. */
export interface ExecutionSettings {
  /** Life of the post-only limit of an entry, from its first submission (semantics §11). */
  readonly entryLifeNs: number;
  /** The same of a TAKE_PROFIT exit. */
  readonly takeProfitLifeNs: number;
  /** Silence after a submission or a cancel, from which on the outcome counts as unknown. */
  readonly answerWithinNs: number;
  /** Silence of a market order that the venue has acknowledged, likewise. A venue that fills at bars needs more than one. */
  readonly marketFillWithinNs: number;
  /** How long the last fills of an ended order may be on their way before they are asked for. */
  readonly settleWithinNs: number;
  /** First query of an unknown outcome, and the longest pause between two; in between they double. */
  readonly queryFirstNs: number;
  readonly queryMaxNs: number;
  /** How long after its sending the venue may still let a request in. */
  readonly recvWindowNs: number;
  /** For answers to queries that lag behind the matching engine. */
  readonly neverAcceptedMarginNs: number;
  /** Between the two answers "not found" that together prove that an order never lived. */
  readonly notFoundSpacingNs: number;
}

/** Lives from semantics §11; the rest are ours (semantics §13, routed execution): no venue documents them. */
export const DEFAULT_EXECUTION_SETTINGS: ExecutionSettings = {
  entryLifeNs: 25e9,
  takeProfitLifeNs: 10e9,
  answerWithinNs: 2e9,
  marketFillWithinNs: 2e9,
  settleWithinNs: 1e9,
  queryFirstNs: 0.2e9,
  queryMaxNs: 5e9,
  recvWindowNs: 2e9,
  neverAcceptedMarginNs: 2e9,
  notFoundSpacingNs: 1e9,
};
