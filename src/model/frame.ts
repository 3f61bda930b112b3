/** Kinds of frames in the bar ring. */
export const FRAME_SCAN = 1;
export const FRAME_BAR = 2;
export const FRAME_BOOK = 3;
export const FRAME_END = 4;
/** Replay of a journal only: what the next step takes from the cells, and an order of the operator. */
export const FRAME_CELLS = 5;
export const FRAME_COMMAND = 6;
/** The same: a report of execution that was taken in front of the next frame. */
export const FRAME_REPORT = 7;
export type FrameKind =
  | typeof FRAME_SCAN
  | typeof FRAME_BAR
  | typeof FRAME_BOOK
  | typeof FRAME_END
  | typeof FRAME_CELLS
  | typeof FRAME_COMMAND
  | typeof FRAME_REPORT;

/** Flag bits of a frame. */
export const FLAG_ASSET_VEL_DIV = 1; // SCAN: `assetVelDivs` holds one divergence per asset (semantics §4.1)
export const FLAG_INTERRUPTED = 2; // END: the source stopped before its end
export const FLAG_BAR_SIGNALS = 4; // BAR: `signals` holds what the scanner says of this bar (`scanner_rate: 10hz`)
export const FLAG_LAST_OF_DAY = 8; // SCAN, BAR: the source knows that the UTC day has no later one
export const FLAG_STALE = 16; // SCAN: too old when its source took it; live, nothing is entered on it

/** True for a frame whose `signals` mean something. */
export function hasSignals(kind: number, flags: number): boolean {
  return kind === FRAME_SCAN || (kind === FRAME_BAR && (flags & FLAG_BAR_SIGNALS) !== 0);
}

/** Number of values in an order-book snapshot: see {@link BOOK_FIELDS}. */
export const BOOK_VALUES = 20;

/** Order of the values of a snapshot in a BOOK frame and in a decoded day. Notional in USDT, depth in base units. */
export const BOOK_FIELDS = [
  'bid_notional_1',
  'bid_notional_2',
  'bid_notional_3',
  'bid_notional_4',
  'bid_notional_5',
  'bid_depth_1',
  'bid_depth_2',
  'bid_depth_3',
  'bid_depth_4',
  'bid_depth_5',
  'ask_notional_1',
  'ask_notional_2',
  'ask_notional_3',
  'ask_notional_4',
  'ask_notional_5',
  'ask_depth_1',
  'ask_depth_2',
  'ask_depth_3',
  'ask_depth_4',
  'ask_depth_5',
] as const;
export const BID_NOTIONAL_1 = 0;
export const BID_DEPTH_1 = 5;
export const ASK_NOTIONAL_1 = 10;
export const ASK_DEPTH_1 = 15;

/** Order of the signal values of a scan. All dimensionless; NaN = missing. */
export const SIGNAL_FIELDS = [
  'vel_div',
  'v50_lambda_max_velocity',
  'v150_lambda_max_velocity',
  'v300_lambda_max_velocity',
  'v750_lambda_max_velocity',
  'instability_50',
  'instability_150',
] as const;
export const SIGNAL_VALUES = 7;
export const SIGNAL_VEL_DIV = 0;
export const SIGNAL_V50 = 1;
export const SIGNAL_V150 = 2;
export const SIGNAL_V300 = 3;
export const SIGNAL_V750 = 4;
export const SIGNAL_INSTABILITY_50 = 5;
export const SIGNAL_INSTABILITY_150 = 6;

/**
 * One frame as a machine reads it: a reusable view, refilled per frame, that allocates nothing.
 * `signals` and `payload` may lie in shared memory and are valid only until the frame is released.
 */
export interface FrameView {
  kind: number;
  flags: number;
  /** Frame number in its ring, from 0. */
  sequence: number;
  /** BOOK: index of the asset in the universe; else -1. */
  assetIndex: number;
  /** Venue time: UTC day and exact ns of that day. */
  tsEventDay: number;
  tsEventNsOfDay: number;
  /** When this process first saw it, same form; equals venue time in replay. */
  tsRecvDay: number;
  tsRecvNsOfDay: number;
  /** The one clock reading of the step that takes it, same form; brought along in replay, set by the engine live. */
  tsTakeDay: number;
  tsTakeNsOfDay: number;
  scanNumber: number;
  /** Monotonic ns at which the source had it, or was due to have it, and at which it was published. No input. */
  receivedNs: number;
  publishedNs: number;
  /** Length SIGNAL_VALUES. SCAN, and BAR with FLAG_BAR_SIGNALS. */
  signals: Float64Array;
  /** SCAN, BAR: one price per asset, NaN = missing. BOOK: BOOK_VALUES values. May be longer than used. */
  payload: Float64Array;
  /** One divergence per asset; meaningful only with FLAG_ASSET_VEL_DIV. */
  assetVelDivs: Float64Array;
}

/**
 * A frame with vectors of its own, for feeding a machine without a ring. The payload has room for a scan of `assets`
 * assets and for a snapshot.
 */
export function createFrame(assets: number): FrameView {
  return {
    kind: 0,
    flags: 0,
    sequence: 0,
    assetIndex: -1,
    tsEventDay: 0,
    tsEventNsOfDay: 0,
    tsRecvDay: 0,
    tsRecvNsOfDay: 0,
    tsTakeDay: 0,
    tsTakeNsOfDay: 0,
    scanNumber: 0,
    receivedNs: 0,
    publishedNs: 0,
    signals: new Float64Array(SIGNAL_VALUES),
    payload: new Float64Array(Math.max(assets, BOOK_VALUES)),
    assetVelDivs: new Float64Array(assets),
  };
}
