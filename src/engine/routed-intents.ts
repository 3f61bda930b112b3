import { INTENT_ENTRY, INTENT_TRADING_STATE, type Intent } from '../model/intent.ts';
import type { RoutedPosition } from '../portfolio/routed-position.ts';
import { TRADING_ACTIVE, TRADING_REDUCING } from '../risk/pre-trade-gate.ts';

/*
 * What the intents of routed fills say (semantics §11). Each function fills a reusable record; sequence, time and bar are left
 * to its sender.
 */

/** The decided entry of `position`. @param price - of the decision, quote currency. @param notional - USDT. */
export function entryInto(intent: Intent, position: RoutedPosition, price: number, notional: number): void {
  positionInto(intent, INTENT_ENTRY, position, price);
  intent.qty = notional / price;
  intent.notional = notional;
}

/**
 * A decision about `position` once it is entered: INTENT_EXIT, _CANCEL_ENTRY or _HASTEN_EXIT, for all that is held of it.
 * @param price - as {@link entryInto}.
 */
export function heldInto(intent: Intent, kind: number, position: RoutedPosition, price: number): void {
  positionInto(intent, kind, position, price);
  intent.qty = position.qtyOpen;
  intent.notional = position.isHeld ? position.qtyOpen * position.entryPrice : 0;
}

/** What execution may send from here on; it concerns no asset. */
export function tradingStateInto(intent: Intent, isReducing: boolean): void {
  intent.kind = INTENT_TRADING_STATE;
  intent.reason = isReducing ? TRADING_REDUCING : TRADING_ACTIVE;
  intent.direction = 0;
  intent.assetIndex = -1;
  intent.price = 0;
  intent.qty = 0;
  intent.notional = 0;
  intent.leverage = 0;
}

function positionInto(intent: Intent, kind: number, position: RoutedPosition, price: number): void {
  intent.kind = kind;
  intent.reason = position.exitReason;
  intent.direction = position.direction;
  intent.assetIndex = position.assetIndex;
  intent.price = price;
  intent.leverage = position.leverage;
}
