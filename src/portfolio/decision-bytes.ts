import { exitReasonCode } from '../model/exit-reason.ts';
import type { Trade } from '../model/trade.ts';

/*
 * One trade, little-endian, packed (semantics §5):
 *
 *   0        4        8       10   11   12               20               28
 *   ├────────┼────────┼────────┼────┼────┼────────────────┼────────────────┤
 *   │entryBar│ exitBar│ asset  │ d  │ why│     entry      │      exit      │
 *   │  u32   │  u32   │  u16   │ i8 │ u8 │      f64       │      f64       │
 */
const ENTRY_BAR = 0;
const EXIT_BAR = 4;
const ASSET_INDEX = 8;
const DIRECTION = 10;
const REASON = 11;
const ENTRY_PX = 12;
const EXIT_PX = 20;

/** Bytes of one trade in the decision hash. */
export const DECISION_BYTES = 28;

/**
 * What the decision hash is taken over: the trades in order, {@link DECISION_BYTES} each. Sizes and fees are left out:
 * they pass through `ln` and `pow`, whose last bit differs between platforms. Semantics §5.
 *
 * @param trades - in order of their closing.
 * @returns a new array of `trades.length * DECISION_BYTES` bytes.
 */
export function decisionBytes(trades: readonly Trade[]): Uint8Array {
  const bytes = new Uint8Array(trades.length * DECISION_BYTES);
  const view = new DataView(bytes.buffer);
  trades.forEach((trade, index) => {
    const at = index * DECISION_BYTES;
    view.setUint32(at + ENTRY_BAR, trade.entryBar, true);
    view.setUint32(at + EXIT_BAR, trade.exitBar, true);
    view.setUint16(at + ASSET_INDEX, trade.assetIndex, true);
    view.setInt8(at + DIRECTION, trade.direction);
    view.setUint8(at + REASON, exitReasonCode(trade.reason));
    view.setFloat64(at + ENTRY_PX, trade.entry, true);
    view.setFloat64(at + EXIT_PX, trade.exit, true);
  });
  return bytes;
}
