import { readdirSync, readFileSync } from 'node:fs';
import { DEFAULT_EXECUTION_SETTINGS } from '../../src/exec/execution-settings.ts';
import { ExecutionMachine } from '../../src/exec/execution-machine.ts';
import { COUNT_ONLY } from '../../src/exec/irregularities.ts';
import type { ExecutionReport } from '../../src/model/execution-report.ts';
import { exitReasonCode, exitReasonName } from '../../src/model/exit-reason.ts';
import { createIntent, INTENT_CANCEL_ENTRY, INTENT_ENTRY, INTENT_EXIT, INTENT_HASTEN_EXIT } from '../../src/model/intent.ts';
import { APPROVE_ALL, ORDER_MARKET, type OrderRequest } from '../../src/model/order.ts';
import {
  createVenueEvent,
  VENUE_ACCEPTED,
  VENUE_CANCELED,
  VENUE_FILL,
  VENUE_REJECTED,
  type VenueEvent,
} from '../../src/model/venue.ts';
import {
  ROUTED_CANCEL_ENTRY,
  ROUTED_CLOSED,
  ROUTED_EXIT,
  ROUTED_HASTEN_EXIT,
  RoutedPosition,
} from '../../src/portfolio/routed-position.ts';

const FOLDER = new URL('routed/', import.meta.url);
const DAY = 20_000;
const RUN_EPOCH = 1;

interface Step {
  readonly atMs: number;
  readonly do: 'touch' | 'enter' | 'exit' | 'bar' | 'accepted' | 'fill' | 'canceled' | 'rejected';
  readonly [field: string]: number | string;
}

export interface RoutedCase {
  readonly name: string;
  readonly story: string;
  readonly instrument: { readonly tickPx: number; readonly lotQty: number; readonly minNotional: number };
  readonly steps: readonly Step[];
  readonly expected: { readonly sent: unknown; readonly trade: unknown; readonly metrics: unknown };
}

export function routedCases(): RoutedCase[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return files.map((name) => ({ name, ...JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) }));
}

/** An engine's position and an execution machine, driven by the steps of a case; reports are taken after each input. */
class RoutedRun {
  readonly sent: unknown[] = [];
  trade: unknown = null;
  private readonly position = new RoutedPosition();
  private readonly reports: ExecutionReport[] = [];
  private readonly touch = { bidPx: Number.NaN, askPx: Number.NaN };
  private readonly machine: ExecutionMachine;
  private intents = 0;
  private bars = 0;
  private nowMs = 0;
  private decisionPrice = Number.NaN;

  constructor({ instrument }: RoutedCase) {
    this.machine = new ExecutionMachine(
      {
        runEpoch: RUN_EPOCH,
        settings: DEFAULT_EXECUTION_SETTINGS,
        instruments: [{ symbol: 'BTCUSDT', halfSpreadBps: 0.5, assumed: [], ...instrument }],
      },
      {
        venue: {
          submit: (request) => void this.sent.push(this.sentOrder(request)),
          cancel: ({ clientOrderSeq }) => void this.sent.push({ atMs: this.nowMs, cancel: clientOrderSeq }),
          query: () => undefined,
        },
        reports: { report: (report) => void this.reports.push({ ...report }) },
        irregularities: COUNT_ONLY,
        check: APPROVE_ALL,
        touches: { readInto: (out) => void Object.assign(out, this.touch) },
      },
    );
    this.machine.advance(DAY, 0);
  }

  take(step: Step): void {
    while (this.machine.nextDueDay === DAY && this.machine.nextDueNsOfDay <= step.atMs * 1e6) {
      this.advance(this.machine.nextDueNsOfDay / 1e6);
    }
    this.advance(step.atMs);
    const value = (field: string): number => Number(step[field] ?? 0);
    if (step.do === 'touch') Object.assign(this.touch, { bidPx: value('bid'), askPx: value('ask') });
    else if (step.do === 'bar') this.onBar();
    else if (step.do === 'enter') this.enter(value('direction'), value('price'), value('qty'));
    else if (step.do === 'exit') this.exit(exitReasonCode(String(step['reason'])), value('price'));
    else this.machine.onVenueEvent(venueEvent(step));
    this.drainReports();
  }

  metrics(): Record<string, number | null> {
    const { metrics } = this.machine;
    const names = ['entries_maker', 'entries_taker', 'exits_maker', 'exits_taker', 'fallbacks', 'rejects', 'partials'] as const;
    const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
    return {
      ...Object.fromEntries(names.map((name) => [name, metrics.get(name)])),
      entrySlippageBps: orNull(metrics.entries.slippageMeanBps),
      exitSlippageBps: orNull(metrics.exits.slippageMeanBps),
      entryTimeToFillMs: orNull(metrics.entries.timeToFillMaxMs),
      exitTimeToFillMs: orNull(metrics.exits.timeToFillMaxMs),
    };
  }

  private advance(ms: number): void {
    this.nowMs = ms;
    this.machine.advance(DAY, ms * 1e6);
    this.drainReports();
  }

  private onBar(): void {
    this.bars++;
    this.position.onBar();
  }

  private enter(direction: number, price: number, qty: number): void {
    this.position.enter({ intentSequence: this.intents, assetIndex: 0, direction, price, leverage: 1, bucket: 0 });
    this.decisionPrice = price;
    this.send(INTENT_ENTRY, qty);
  }

  private exit(reason: number, price: number): void {
    this.decisionPrice = price;
    this.act(this.position.decideExit(reason));
  }

  private drainReports(): void {
    for (const report of this.reports.splice(0)) this.act(this.position.onReport(report, this.bars));
  }

  private act(action: number): void {
    const { position } = this;
    if (action === ROUTED_CANCEL_ENTRY) this.send(INTENT_CANCEL_ENTRY, position.qtyOpen);
    else if (action === ROUTED_HASTEN_EXIT) this.send(INTENT_HASTEN_EXIT, position.qtyOpen);
    else if (action === ROUTED_EXIT) {
      position.onExitSent(this.intents, this.decisionPrice);
      this.send(INTENT_EXIT, position.qtyOpen);
    } else if (action === ROUTED_CLOSED) {
      this.trade = {
        reason: exitReasonName(position.exitReason),
        entry: position.entryPrice,
        exit: position.exitPrice,
        fees: position.feesEntry + position.feesExit,
        pnl: position.pnl,
        barsHeld: position.barsHeld,
      };
    }
  }

  private send(kind: number, qty: number): void {
    const { position } = this;
    const intent = createIntent();
    intent.sequence = this.intents++;
    intent.kind = kind;
    intent.direction = position.direction;
    intent.reason = position.exitReason;
    intent.assetIndex = position.assetIndex;
    intent.price = this.decisionPrice;
    intent.qty = qty;
    this.machine.onIntent(intent);
  }

  private sentOrder(request: OrderRequest): unknown {
    const isMarket = request.type === ORDER_MARKET;
    return {
      atMs: this.nowMs,
      order: request.clientOrderSeq,
      type: isMarket ? 'market' : 'limit',
      side: request.side,
      px: isMarket ? null : request.limitPx,
      qty: request.qty,
      reduceOnly: request.isReduceOnly,
    };
  }
}

const KINDS: Readonly<Record<string, number>> = {
  accepted: VENUE_ACCEPTED,
  fill: VENUE_FILL,
  canceled: VENUE_CANCELED,
  rejected: VENUE_REJECTED,
};

function venueEvent(step: Step): VenueEvent {
  const value = (field: string): number => Number(step[field] ?? 0);
  return {
    ...createVenueEvent(),
    kind: KINDS[step.do]!,
    runEpoch: RUN_EPOCH,
    clientOrderSeq: value('order'),
    assetIndex: 0,
    tradeId: value('tradeId'),
    lastPx: value('px'),
    lastQty: value('qty'),
    cumQty: value('cum'),
    fee: value('fee'),
    isMaker: value('maker'),
    code: value('code'),
    tsEventDay: DAY,
    tsEventNsOfDay: step.atMs * 1e6,
    tsRecvDay: DAY,
    tsRecvNsOfDay: step.atMs * 1e6,
  };
}

/** What a case made of its steps. */
export function runRoutedCase(routedCase: RoutedCase): RoutedCase['expected'] {
  const run = new RoutedRun(routedCase);
  for (const step of routedCase.steps) run.take(step);
  return { sent: run.sent, trade: run.trade, metrics: run.metrics() };
}
