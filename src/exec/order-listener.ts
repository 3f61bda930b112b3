import type { VenueEvent } from '../model/venue.ts';
import type { Order } from './order.ts';

/** Told what becomes of orders, in this order within one event: fill, working or unknown, end, settled. */
export interface OrderListener {
  /** A trade was booked. `event` is reused. */
  onFill(order: Order, event: VenueEvent): void;
  /** The venue has it in its book: said for the first time, or found by a query after an unknown outcome. */
  onWorking(order: Order): void;
  /** The answer to its submission or cancel is lost. */
  onUnknown(order: Order): void;
  /** It is at its end. Trades may still be on their way, up to its `venueQty`. */
  onEnd(order: Order): void;
  /** It is at its end and every trade was told. Once per order. */
  onSettled(order: Order): void;
}
