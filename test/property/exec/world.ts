import { ExecutionMachine } from '../../../src/exec/execution-machine.ts';
import { DEFAULT_EXECUTION_SETTINGS } from '../../../src/exec/execution-settings.ts';
import { COUNT_ONLY } from '../../../src/exec/irregularities.ts';
import { LONG } from '../../../src/model/direction.ts';
import { type ExecutionReport, REPORT_INTENT_DONE } from '../../../src/model/execution-report.ts';
import type { Instrument } from '../../../src/model/instrument.ts';
import { createIntent, INTENT_ENTRY } from '../../../src/model/intent.ts';
import { APPROVE_ALL, ORDER_LIMIT_POST_ONLY } from '../../../src/model/order.ts';
import {
  createVenueEvent,
  REJECT_POST_ONLY,
  VENUE_ACCEPTED,
  VENUE_CANCEL_REJECTED,
  VENUE_CANCELED,
  VENUE_FILL,
  VENUE_ORDER_NOT_FOUND,
  VENUE_ORDER_STATUS,
  VENUE_REJECTED,
  VENUE_STATUS_CANCELED,
  VENUE_STATUS_FILLED,
  VENUE_STATUS_OPEN,
  type VenueEvent,
} from '../../../src/model/venue.ts';

export const DAY = 20_000;
export const START_NS = 3_600e9;
export const RUN_EPOCH = 7;
/** How long the venue lets a request in; what execution assumes too. */
const RECV_WINDOW_NS = DEFAULT_EXECUTION_SETTINGS.recvWindowNs;

export const INSTRUMENT: Instrument = {
  symbol: 'BTCUSDT',
  tickPx: 0.1,
  lotQty: 0.1,
  minNotional: 5,
  halfSpreadBps: 0.5,
  assumed: [],
};
/** Quantity of every intent, in lots and in base units. */
export const Q_LOTS = 10;
export const Q = 1;

interface Trade {
  id: number;
  lots: number;
  cumLots: number;
}

/** An order at a venue that never lies, in lots. */
interface VenueOrder {
  seq: number;
  intent: number;
  side: number;
  type: number;
  lots: number;
  sentNs: number;
  status: 'underWay' | 'live' | 'filled' | 'canceled' | 'rejected' | 'lost';
  filledLots: number;
  trades: Trade[];
}

interface Request {
  kind: 'cancel' | 'query';
  seq: number;
}

/** The world outside the machine: plain data, so that it can be copied and compared. */
export interface World {
  nowNs: number;
  orders: VenueOrder[];
  requests: Request[];
  messages: VenueEvent[];
  trades: number;
  intents: number;
  /** By intent: lots told in fill reports; told at its end, or -1. */
  reportedLots: number[];
  doneLots: number[];
}

export function createWorld(): World {
  return {
    nowNs: START_NS,
    orders: [],
    requests: [],
    messages: [],
    trades: 0,
    intents: 0,
    reportedLots: [],
    doneLots: [],
  };
}

/**
 * An execution machine before a venue that tells the truth, but late, twice, in any order, or not at all. Every method is one
 * thing that can happen; each checks what must always hold.
 */
export class Scene {
  world: World;
  readonly machine: ExecutionMachine;
  private readonly intent = createIntent();

  constructor(world: World = createWorld()) {
    this.world = world;
    this.machine = new ExecutionMachine(
      { runEpoch: RUN_EPOCH, settings: DEFAULT_EXECUTION_SETTINGS, instruments: [INSTRUMENT] },
      {
        venue: {
          submit: (request) => this.onSubmit(request.clientOrderSeq, request.intentSequence, request),
          cancel: ({ clientOrderSeq }) => void this.world.requests.push({ kind: 'cancel', seq: clientOrderSeq }),
          query: ({ clientOrderSeq }) => void this.world.requests.push({ kind: 'query', seq: clientOrderSeq }),
        },
        reports: { report: (report) => this.onReport(report) },
        irregularities: COUNT_ONLY,
        check: APPROVE_ALL,
        touches: {
          readInto(out) {
            out.bidPx = 100;
            out.askPx = 100.1;
          },
        },
      },
    );
    this.machine.advance(DAY, world.nowNs);
  }

  /** Sends an intent; control intents have no end of their own. */
  decide(kind: number, reason = 0, direction = LONG): void {
    const { intent, world } = this;
    intent.sequence = world.intents++;
    intent.kind = kind;
    intent.direction = direction;
    intent.reason = reason;
    intent.assetIndex = 0;
    intent.price = 100;
    intent.qty = Q;
    intent.tsEventDay = DAY;
    intent.tsEventNsOfDay = world.nowNs;
    world.reportedLots.push(0);
    world.doneLots.push(-1);
    this.machine.onIntent(intent);
  }

  enter(): void {
    this.decide(INTENT_ENTRY);
  }

  order(i: number): VenueOrder {
    return this.world.orders[i]!;
  }

  /** An order that was under way reaches the venue, unless it is too late for it. */
  arrive(order: VenueOrder, isCrossing: boolean): void {
    if (this.world.nowNs - order.sentNs > RECV_WINDOW_NS) {
      order.status = 'lost';
    } else if (isCrossing && order.type === ORDER_LIMIT_POST_ONLY) {
      order.status = 'rejected';
      this.tell(VENUE_REJECTED, order, { code: REJECT_POST_ONLY });
    } else {
      order.status = 'live';
      this.tell(VENUE_ACCEPTED, order);
    }
  }

  trade(order: VenueOrder, lots: number): void {
    const { world } = this;
    order.filledLots += lots;
    order.trades.push({ id: world.trades++, lots, cumLots: order.filledLots });
    this.tellTrade(order, order.trades.at(-1)!);
    if (order.filledLots === order.lots) order.status = 'filled';
    this.requireNoMoreThanQ(order.intent);
  }

  /** The venue ends a market order whose rest nobody takes. */
  cancelAtVenue(order: VenueOrder): void {
    order.status = 'canceled';
    this.tell(VENUE_CANCELED, order);
  }

  /** The i-th cancel or query reaches the venue. */
  answer(i: number): void {
    const { world } = this;
    const [request] = world.requests.splice(i, 1);
    const order = world.orders.find(({ seq }) => seq === request!.seq)!;
    if (request!.kind === 'cancel') {
      if (order.status === 'live') this.cancelAtVenue(order);
      else this.tell(VENUE_CANCEL_REJECTED, order);
      return;
    }
    const code = { live: VENUE_STATUS_OPEN, filled: VENUE_STATUS_FILLED, canceled: VENUE_STATUS_CANCELED } as const;
    if (order.status === 'live' || order.status === 'filled' || order.status === 'canceled') {
      for (const trade of order.trades) this.tellTrade(order, trade);
      this.tell(VENUE_ORDER_STATUS, order, { code: code[order.status] });
    } else this.tell(VENUE_ORDER_NOT_FOUND, order);
  }

  deliver(i: number): void {
    const [message] = this.world.messages.splice(i, 1);
    this.hand(message!);
  }

  /** The same event once more, now; the first telling stays under way. */
  deliverCopy(i: number): void {
    this.hand(structuredClone(this.world.messages[i]!));
  }

  drop(i: number): void {
    this.world.messages.splice(i, 1);
  }

  hand(event: VenueEvent): void {
    event.tsRecvDay = DAY;
    event.tsRecvNsOfDay = this.world.nowNs;
    this.machine.onVenueEvent(event);
    this.requireOneLiveOrder();
  }

  advance(ns: number): void {
    this.world.nowNs += ns;
    this.machine.advance(DAY, this.world.nowNs);
    this.requireOneLiveOrder();
  }

  /** To the next timer; false when there is none. */
  advanceToTimer(): boolean {
    if (this.machine.nextDueDay < 0) return false;
    this.advance(Math.max(0, this.machine.nextDueNsOfDay - this.world.nowNs));
    return true;
  }

  /** From now on everything arrives in order; every intent must end, with all that the venue filled for it. */
  calmDown(): void {
    for (let turn = 0; turn < 1000 && !this.isAtEnd; turn++) this.calmTurn();
    if (!this.isAtEnd) throw new Error(`an intent did not end: ${JSON.stringify(this.world)}`);
    this.requireConservation();
  }

  get isAtEnd(): boolean {
    const { world } = this;
    return this.machine.isIdle && world.messages.length === 0 && world.requests.length === 0;
  }

  private calmTurn(): void {
    const { world } = this;
    for (const order of world.orders) {
      if (order.status === 'underWay') this.arrive(order, false);
      else if (order.status === 'live' && order.type !== ORDER_LIMIT_POST_ONLY) {
        this.trade(order, order.lots - order.filledLots);
      }
    }
    while (world.requests.length > 0) this.answer(0);
    while (world.messages.length > 0) this.deliver(0);
    if (!this.machine.isIdle) this.advanceToTimer();
  }

  private onSubmit(seq: number, intent: number, request: { side: number; type: number; qty: number }): void {
    const { world } = this;
    if (world.orders.some((order) => order.seq === seq)) throw new Error(`order ${seq} was sent twice`);
    world.orders.push({
      seq,
      intent,
      side: request.side,
      type: request.type,
      lots: Math.round(request.qty / INSTRUMENT.lotQty),
      sentNs: world.nowNs,
      status: 'underWay',
      filledLots: 0,
      trades: [],
    });
  }

  private onReport(report: ExecutionReport): void {
    const { reportedLots, doneLots } = this.world;
    const at = report.intentSequence;
    if (doneLots[at] !== -1) throw new Error(`intent ${at} was reported after its end`);
    reportedLots[at] = reportedLots[at]! + Math.round(report.lastQty / INSTRUMENT.lotQty);
    if (report.kind === REPORT_INTENT_DONE) doneLots[at] = Math.round(report.qtyCum / INSTRUMENT.lotQty);
  }

  private filledLots(intent: number): number {
    let lots = 0;
    for (const order of this.world.orders) if (order.intent === intent) lots += order.filledLots;
    return lots;
  }

  private requireNoMoreThanQ(intent: number): void {
    const lots = this.filledLots(intent);
    if (lots > Q_LOTS)
      throw new Error(`intent ${intent} filled ${lots} lots of ${Q_LOTS}: ${JSON.stringify(this.world)}`);
  }

  /** Two orders that can still be filled at once could fill more than Q together. */
  private requireOneLiveOrder(): void {
    let open = 0;
    for (const { status } of this.world.orders) if (status === 'live') open++;
    if (open > 1) throw new Error(`${open} orders are live at once: ${JSON.stringify(this.world)}`);
  }

  private requireConservation(): void {
    const { world } = this;
    for (let intent = 0; intent < world.intents; intent++) {
      const isControl = !world.orders.some((order) => order.intent === intent) && world.doneLots[intent] === -1;
      const venue = this.filledLots(intent);
      const told = world.reportedLots[intent];
      const done = isControl ? 0 : world.doneLots[intent];
      if (venue !== told || venue !== done) {
        throw new Error(`intent ${intent}: venue filled ${venue} lots, reports told ${told}, its end ${done}`);
      }
    }
  }

  private tellTrade(order: VenueOrder, trade: Trade): void {
    this.tell(VENUE_FILL, order, {
      tradeId: trade.id,
      lastPx: 100,
      lastQty: trade.lots / Q_LOTS,
      cumQty: trade.cumLots / Q_LOTS,
      isMaker: order.type === ORDER_LIMIT_POST_ONLY ? 1 : 0,
    });
  }

  private tell(kind: number, order: VenueOrder, fields: Partial<VenueEvent> = {}): void {
    const { world } = this;
    world.messages.push({
      ...createVenueEvent(),
      kind,
      runEpoch: RUN_EPOCH,
      clientOrderSeq: order.seq,
      assetIndex: 0,
      side: order.side,
      cumQty: order.filledLots / Q_LOTS,
      tsEventDay: DAY,
      tsEventNsOfDay: world.nowNs,
      ...fields,
    });
  }
}

/** True for orders that a random world may trade. */
export const isTradable = (order: VenueOrder): boolean => order.status === 'live' && order.filledLots < order.lots;
