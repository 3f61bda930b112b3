import type { Instrument } from '../model/instrument.ts';
import { INTENT_ENTRY, INTENT_EXIT, type Intent } from '../model/intent.ts';
import { DENY_BUSY, DENY_MALFORMED, DENY_TOO_SMALL } from '../model/order.ts';
import { isValidPrice } from '../model/price.ts';
import { floorToLot } from './quantity.ts';
import type { WorkTable } from './work-table.ts';

/**
 * Why an intent to enter or exit cannot be worked, before any order is made of it.
 * @returns 0 when it can, else DENY_MALFORMED, DENY_TOO_SMALL or DENY_BUSY (another one of the asset is worked, or as many as
 *   can be).
 */
export function refusalOf(intent: Intent, instruments: readonly Instrument[], works: WorkTable): number {
  const instrument = instruments[intent.assetIndex];
  const isKind = intent.kind === INTENT_ENTRY || intent.kind === INTENT_EXIT;
  const isSide = intent.direction === 1 || intent.direction === -1;
  if (!isKind || !isSide || instrument === undefined || !isValidPrice(intent.price) || !isValidPrice(intent.qty)) {
    return DENY_MALFORMED;
  }
  const qty = floorToLot(intent.qty, instrument.lotQty);
  const isTooSmall = qty <= 0 || (intent.kind === INTENT_ENTRY && qty * intent.price < instrument.minNotional);
  if (isTooSmall) return DENY_TOO_SMALL;
  return works.isBusyWith(intent.assetIndex) || works.free() === null ? DENY_BUSY : 0;
}
