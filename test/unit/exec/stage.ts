import { ExecutionMachine } from '../../../src/exec/execution-machine.ts';
import { DEFAULT_EXECUTION_SETTINGS } from '../../../src/exec/execution-settings.ts';
import { type ExecutionReport, REPORT_INTENT_DONE } from '../../../src/model/execution-report.ts';
import type { Instrument } from '../../../src/model/instrument.ts';
import { createIntent, INTENT_ENTRY, type Intent } from '../../../src/model/intent.ts';
import { type OrderRequest, PRE_TRADE_APPROVED } from '../../../src/model/order.ts';
import { createVenueEvent, VENUE_FILL, type VenueEvent } from '../../../src/model/venue.ts';

export const DAY = 20_000;
export const RUN_EPOCH = 7;

const INSTRUMENT: Instrument = {
  symbol: 'BTCUSDT',
  tickPx: 0.1,
  lotQty: 0.1,
  minNotional: 5,
  halfSpreadBps: 0.5,
  assumed: [],
};

/** A machine with two assets, a venue that records, and a check that approves until told otherwise. Times in ms. */
export class Stage {
  readonly sent: OrderRequest[] = [];
  readonly cancels: number[] = [];
  readonly queries: number[] = [];
  readonly reports: ExecutionReport[] = [];
  readonly irregular: number[] = [];
  readonly touch = { bidPx: 100, askPx: 100.1 };
  readonly machine: ExecutionMachine;
  denial = PRE_TRADE_APPROVED;
  nowMs = 0;
  private intents = 0;

  constructor() {
    this.machine = new ExecutionMachine(
      { runEpoch: RUN_EPOCH, settings: DEFAULT_EXECUTION_SETTINGS, instruments: [INSTRUMENT, INSTRUMENT] },
      {
        venue: {
          submit: (request) => void this.sent.push({ ...request }),
          cancel: ({ clientOrderSeq }) => void this.cancels.push(clientOrderSeq),
          query: ({ clientOrderSeq }) => void this.queries.push(clientOrderSeq),
        },
        reports: { report: (report) => void this.reports.push({ ...report }) },
        irregularities: { irregular: (code) => void this.irregular.push(code) },
        check: { check: () => this.denial },
        touches: { readInto: (out) => void Object.assign(out, this.touch) },
      },
    );
    this.machine.advance(DAY, 0);
  }

  decide(fields: Partial<Intent> = {}): void {
    this.machine.onIntent({
      ...createIntent(),
      sequence: this.intents++,
      kind: INTENT_ENTRY,
      direction: 1,
      assetIndex: 0,
      price: 100,
      qty: 1,
      ...fields,
    });
  }

  say(kind: number, clientOrderSeq: number, fields: Partial<VenueEvent> = {}): void {
    this.machine.onVenueEvent({
      ...createVenueEvent(),
      kind,
      clientOrderSeq,
      runEpoch: RUN_EPOCH,
      assetIndex: 0,
      tsEventDay: DAY,
      tsEventNsOfDay: this.nowMs * 1e6,
      tsRecvDay: DAY,
      tsRecvNsOfDay: this.nowMs * 1e6,
      ...fields,
    });
  }

  fill(clientOrderSeq: number, tradeId: number, lastQty: number, cumQty: number): void {
    this.say(VENUE_FILL, clientOrderSeq, { tradeId, lastPx: 100, lastQty, cumQty, isMaker: 1 });
  }

  /** Steps to each timer that is due before, then to the time. */
  advanceTo(ms: number): void {
    const { machine } = this;
    while (machine.nextDueDay === DAY && machine.nextDueNsOfDay <= ms * 1e6)
      machine.advance(DAY, machine.nextDueNsOfDay);
    machine.advance(DAY, ms * 1e6);
    this.nowMs = ms;
  }

  /** `qtyCum` of every INTENT_DONE so far. */
  get done(): number[] {
    return this.reports.filter(({ kind }) => kind === REPORT_INTENT_DONE).map(({ qtyCum }) => qtyCum);
  }

  kinds(): number[] {
    return this.reports.map(({ kind }) => kind);
  }
}
