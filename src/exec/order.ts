import { isTerminal, ORDER_NONE } from '../model/order.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { covers } from './quantity.ts';
import { NO_TIMER } from './timer-queue.ts';

const INITIAL_TRADES = 16;

/** One order: a record of fixed fields, used anew for later orders. */
export class Order implements Stateful {
  /** Our number of it in this run; -1 in a record that was never used. */
  seq = -1;
  state = ORDER_NONE;
  intentSequence = -1;
  /** Slot of the work that it belongs to. */
  workIndex = -1;
  assetIndex = -1;
  side = 0;
  type = 0;
  /** Quote currency; NaN for a market order. */
  limitPx = Number.NaN;
  /** Base units. */
  qty = 0;
  lotQty = 0;
  isReduceOnly = false;
  /** Sum of the trades that we heard of. */
  filledQty = 0;
  /** What the venue says it has filled; never less than {@link filledQty}, and it never decreases. */
  venueQty = 0;
  /** How much of {@link venueQty} its work was told of at its end. */
  claimedQty = 0;
  /** The venue has shown that it had it. */
  isAcknowledged = false;
  /** Why it was denied or rejected; 0 when it was not. */
  code = 0;
  sentDay = 0;
  sentNsOfDay = 0;
  /** Timer that asks for it when the venue is silent. */
  watchTimer = NO_TIMER;
  /** Queries sent. */
  queries = 0;
  /** When the first of the answers "not found" that count came; day -1 when none has. */
  notFoundDay = -1;
  notFoundNsOfDay = 0;
  /** Its last fill was booked and told. */
  isSettled = false;

  private tradeCount = 0;
  private tradeIds = new Float64Array(INITIAL_TRADES);

  /** Forgets whatever order the record held. */
  begin(seq: number): void {
    this.seq = seq;
    this.filledQty = 0;
    this.venueQty = 0;
    this.claimedQty = 0;
    this.isAcknowledged = false;
    this.code = 0;
    this.watchTimer = NO_TIMER;
    this.queries = 0;
    this.notFoundDay = -1;
    this.isSettled = false;
    this.tradeCount = 0;
  }

  /** Makes it a record that was never used. */
  forget(): void {
    this.begin(-1);
    this.state = ORDER_NONE;
  }

  /** No more trades of it can be on their way, as far as the venue's own account says. */
  get isAllHeard(): boolean {
    return isTerminal(this.state) && (this.venueQty === 0 || covers(this.filledQty, this.venueQty, this.lotQty));
  }

  hasTrade(tradeId: number): boolean {
    for (let i = 0; i < this.tradeCount; i++) if (this.tradeIds[i] === tradeId) return true;
    return false;
  }

  addTrade(tradeId: number): void {
    if (this.tradeCount === this.tradeIds.length) this.reserve(2 * this.tradeCount);
    this.tradeIds[this.tradeCount++] = tradeId;
  }

  walkState(walk: StateWalk): void {
    this.seq = walk.number('seq', this.seq);
    this.state = walk.integer('state', this.state);
    this.intentSequence = walk.number('intentSequence', this.intentSequence);
    this.workIndex = walk.integer('workIndex', this.workIndex);
    this.assetIndex = walk.integer('assetIndex', this.assetIndex);
    this.side = walk.integer('side', this.side);
    this.type = walk.integer('type', this.type);
    this.limitPx = walk.number('limitPx', this.limitPx);
    this.qty = walk.number('qty', this.qty);
    this.lotQty = walk.number('lotQty', this.lotQty);
    this.isReduceOnly = walk.flag('isReduceOnly', this.isReduceOnly);
    this.filledQty = walk.number('filledQty', this.filledQty);
    this.venueQty = walk.number('venueQty', this.venueQty);
    this.claimedQty = walk.number('claimedQty', this.claimedQty);
    this.isAcknowledged = walk.flag('isAcknowledged', this.isAcknowledged);
    this.code = walk.integer('code', this.code);
    this.sentDay = walk.integer('sentDay', this.sentDay);
    this.sentNsOfDay = walk.number('sentNsOfDay', this.sentNsOfDay);
    this.watchTimer = walk.number('watchTimer', this.watchTimer);
    this.queries = walk.count('queries', this.queries, MAX_COUNT);
    this.notFoundDay = walk.integer('notFoundDay', this.notFoundDay);
    this.notFoundNsOfDay = walk.number('notFoundNsOfDay', this.notFoundNsOfDay);
    this.isSettled = walk.flag('isSettled', this.isSettled);
    this.tradeCount = walk.count('tradeCount', this.tradeCount, MAX_COUNT, Float64Array.BYTES_PER_ELEMENT);
    this.reserve(this.tradeCount);
    walk.doubles('tradeIds', this.tradeIds, { base: 0, count: this.tradeCount });
  }

  private reserve(trades: number): void {
    if (trades <= this.tradeIds.length) return;
    const larger = new Float64Array(trades);
    larger.set(this.tradeIds);
    this.tradeIds = larger;
  }
}
