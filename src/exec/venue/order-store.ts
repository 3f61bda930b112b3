import { MAX_COUNT, type Stateful, type StateWalk } from '../../model/state-walk.ts';
import { VenueOrder } from './venue-order.ts';

/** Ended orders that a query still finds; those that ended before are forgotten, as on the venue after some days. */
const ENDED_KEPT = 1024;
/** Of an order without fills, in a walk. */
const ORDER_BYTES = 88;

/** The orders that the venue knows: the open ones by asset and in the order of their arrival, and the last ended ones. */
export class OrderStore implements Stateful {
  private readonly openOf: VenueOrder[][];
  private ended: VenueOrder[] = [];

  constructor(assets: number) {
    this.openOf = Array.from({ length: assets }, () => []);
  }

  /** Open orders of an asset in the order of their arrival; not to be changed. */
  openOrders(assetIndex: number): readonly VenueOrder[] {
    return this.openOf[assetIndex] as VenueOrder[];
  }

  /** Every open order, by asset and then by arrival. */
  *allOpen(): Generator<VenueOrder> {
    for (const orders of this.openOf) yield* orders;
  }

  /**
   * The order of a number: an open one, or the last that ended. On the venue a number is unique among open orders only.
   * Orders of an earlier run are found too: numbers go on over restarts.
   */
  find(assetIndex: number, clientOrderSeq: number): VenueOrder | undefined {
    return (
      this.openOf[assetIndex]?.find((order) => order.clientOrderSeq === clientOrderSeq) ??
      this.ended.findLast((order) => order.clientOrderSeq === clientOrderSeq && order.assetIndex === assetIndex)
    );
  }

  add(order: VenueOrder): void {
    this.openOf[order.assetIndex]?.push(order);
  }

  /** Moves an order whose status has left OPEN among the ended ones. */
  retire(order: VenueOrder): void {
    const open = this.openOf[order.assetIndex] as VenueOrder[];
    open.splice(open.indexOf(order), 1);
    this.ended.push(order);
    if (this.ended.length > ENDED_KEPT) this.ended.shift();
  }

  walkState(walk: StateWalk): void {
    for (const [asset, orders] of this.openOf.entries()) this.openOf[asset] = walkOrders(walk, 'open', orders);
    this.ended = walkOrders(walk, 'ended', this.ended);
  }
}

function walkOrders(walk: StateWalk, name: string, orders: readonly VenueOrder[]): VenueOrder[] {
  const count = walk.count(name, orders.length, MAX_COUNT, ORDER_BYTES);
  const walked = walk.isReading ? Array.from({ length: count }, () => new VenueOrder()) : [...orders];
  for (const [i, order] of walked.entries()) walk.part(`${name} ${i}`, order);
  return walked;
}
