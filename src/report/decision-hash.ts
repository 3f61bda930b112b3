import { createHash } from 'node:crypto';
import type { Trade } from '../model/trade.ts';
import { decisionBytes } from '../portfolio/decision-bytes.ts';

/** SHA-256, lower-case hex, of what a run decided: equal on every platform for equal decisions. Semantics §5. */
export function decisionHash(trades: readonly Trade[]): string {
  return createHash('sha256').update(decisionBytes(trades)).digest('hex');
}
