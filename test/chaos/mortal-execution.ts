import { DEFAULT_EXECUTION_SETTINGS } from '../../src/exec/execution-settings.ts';
import { COUNT_ONLY } from '../../src/exec/irregularities.ts';
import { TapeReplay } from '../../src/exec/tape-replay.ts';
import { TapedMachine } from '../../src/exec/taped-machine.ts';
import { advanceTogether, type TimedMachine } from '../../src/exec/venue/advance-together.ts';
import { BarVenue } from '../../src/exec/venue/bar-venue.ts';
import { ALL_FAULTS } from '../../src/exec/venue/fault-plan.ts';
import { SeededRandom } from '../../src/exec/venue/seeded-random.ts';
import type { VenueOrder } from '../../src/exec/venue/venue-order.ts';
import { type ExecutionReport, REPORT_INTENT_DONE } from '../../src/model/execution-report.ts';
import { TAPE_SUBMIT, type TapeKind, type TapeSink } from '../../src/model/execution-tape.ts';
import { MAX_HOLD, RISK, TAKE_PROFIT } from '../../src/model/exit-reason.ts';
import {
  createIntent,
  INTENT_CANCEL_ENTRY,
  INTENT_ENTRY,
  INTENT_EXIT,
  INTENT_HASTEN_EXIT,
  type Intent,
} from '../../src/model/intent.ts';
import { APPROVE_ALL, type OrderRequest } from '../../src/model/order.ts';
import type { VenueEvent, VenuePort } from '../../src/model/venue.ts';
import { COIN, DAY, venueOptions } from '../support/venue-bench.ts';

const RUN_EPOCH = 5;
const BARS = 40;
const BAR_NS = 5e9;
const START_NS = 3600e9;
/** Re-offered after a restart, whether it was taken or not: the ring still holds them. */
const OFFERED_AGAIN = 4;

export interface TapeRecord {
  readonly kind: TapeKind;
  readonly values: Float64Array;
}

/** Where a process dies: while it writes its n-th record, before the record is on the disk, or just after it is. */
export interface CrashPoint {
  readonly write: number;
  readonly isWritten: boolean;
}

class Crash extends Error {}

/** A venue that says what it filled, whoever hears of it. */
class WatchedVenue extends BarVenue {
  readonly filledByOrder = new Map<number, number>();

  protected override fill(order: VenueOrder, px: number, lots: number, isMaker: boolean): number {
    const filled = super.fill(order, px, lots, isMaker);
    const { clientOrderSeq: seq } = order;
    this.filledByOrder.set(seq, (this.filledByOrder.get(seq) ?? 0) + filled * COIN.lotQty);
    return filled;
  }
}

/**
 * An execution process that dies once, before a venue that lives on. Its disk is its tape; after some time another process
 * makes the machine again from it and goes on. Events that come meanwhile are heard by nobody, and decisions wait.
 */
export class MortalExecution implements TimedMachine, TapeSink, VenuePort {
  readonly disk: TapeRecord[] = [];
  readonly sent = new Map<number, OrderRequest>();
  readonly intents: Intent[] = [];
  reports: ExecutionReport[] = [];
  readonly venue: WatchedVenue;
  hasDied = false;
  /** What is wrong, in words. */
  readonly faults: string[] = [];
  private readonly random: SeededRandom;
  private readonly crash: CrashPoint | null;
  private machine: TapedMachine | null;
  private writes = 0;
  private price = 100;
  private nowNs = START_NS;
  private barsDead = 0;
  private isStopping = false;
  private readonly asked = new Set<number>();

  constructor(seed: number, crash: CrashPoint | null) {
    this.crash = crash;
    this.random = new SeededRandom(seed, 77);
    const disconnect = { meanIntervalMs: 120_000, meanDurationMs: 10_000 };
    const latency = { minMs: 5, meanExtraMs: 50 };
    const faults = { ...ALL_FAULTS, disconnect };
    const options = venueOptions({ seed, latencyIn: latency, latencyOut: latency, faults });
    this.venue = new WatchedVenue(options, { onVenueEvent: (event) => this.hear(event) });
    this.venue.runEpoch = RUN_EPOCH;
    this.machine = this.newProcess();
  }

  /** The whole story, up to a stop in good order. */
  run(): void {
    for (let bar = 0; bar < BARS; bar++) this.bar(true);
    this.isStopping = true;
    this.live((machine) => machine.abandonAll());
    for (let bar = 0; bar < 400 && (this.machine === null || this.outstanding().length > 0); bar++) this.bar(false);
  }

  get nextDueDay(): number {
    return this.machine?.nextDueDay ?? -1;
  }

  get nextDueNsOfDay(): number {
    return this.machine?.nextDueNsOfDay ?? 0;
  }

  advance(day: number, nsOfDay: number): void {
    this.live((machine) => machine.advance(day, nsOfDay));
  }

  write(kind: TapeKind, values: Float64Array): void {
    const { crash } = this;
    const isEnd = crash !== null && !this.hasDied && this.writes++ === crash.write;
    if (!isEnd || crash.isWritten) this.disk.push({ kind, values: values.slice() });
    if (isEnd) throw new Crash();
  }

  submit(request: OrderRequest): void {
    const { clientOrderSeq: seq } = request;
    if (this.sent.has(seq)) this.faults.push(`order ${seq} was sent twice`);
    if (!this.disk.some(({ kind, values }) => kind === TAPE_SUBMIT && values[0] === seq)) {
      this.faults.push(`order ${seq} is at the venue without a record`);
    }
    this.sent.set(seq, { ...request });
    this.venue.submit(request);
  }

  cancel(reference: Parameters<VenuePort['cancel']>[0]): void {
    this.venue.cancel(reference);
  }

  query(reference: Parameters<VenuePort['query']>[0]): void {
    this.asked.add(reference.clientOrderSeq);
    this.venue.query(reference);
  }

  /** How the whole tape, through death and all, differs from what a machine does with it; null when it does not. */
  retrace(): unknown {
    const replay = new TapeReplay(this.newProcess());
    for (const { kind, values } of this.disk.slice()) replay.write(kind, values);
    return replay.finish().difference;
  }

  /** Intents to enter or exit that are not at their end. */
  outstanding(): Intent[] {
    const done = new Set(this.doneSequences());
    return this.intents.filter(({ kind, sequence }) => isWorked(kind) && !done.has(sequence));
  }

  doneSequences(): number[] {
    return this.reports.filter(({ kind }) => kind === REPORT_INTENT_DONE).map(({ intentSequence }) => intentSequence);
  }

  /** What the venue filled for an intent, base units. */
  filledFor(sequence: number): number {
    let qty = 0;
    for (const [seq, { intentSequence }] of this.sent) {
      if (intentSequence === sequence) qty += this.venue.filledByOrder.get(seq) ?? 0;
    }
    return qty;
  }

  /** What its reports say was filled for an intent, base units. */
  reportedFor(sequence: number): number {
    let qty = 0;
    for (const { intentSequence, lastQty } of this.reports) if (intentSequence === sequence) qty += lastQty;
    return qty;
  }

  private newProcess(): TapedMachine {
    return new TapedMachine(
      { runEpoch: RUN_EPOCH, settings: DEFAULT_EXECUTION_SETTINGS, instruments: [COIN] },
      {
        venue: this,
        reports: { report: (report) => void this.reports.push({ ...report }) },
        irregularities: COUNT_ONLY,
        check: APPROVE_ALL,
        touches: this.venue,
      },
      this,
    );
  }

  /** Lets the process do something, and die of it. */
  private live(act: (machine: TapedMachine) => void): void {
    if (this.machine === null) return;
    try {
      act(this.machine);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.machine = null;
      this.hasDied = true;
      this.barsDead = Math.floor(this.random.uniform() * 15);
    }
  }

  private hear(event: VenueEvent): void {
    this.live((machine) => machine.onVenueEvent(event));
  }

  private bar(mayDecide: boolean): void {
    this.nowNs += BAR_NS;
    this.price *= 1 + (this.random.uniform() - 0.5) * 0.004;
    const bar = Float64Array.of(this.price);
    advanceTogether(this, this.venue, DAY, this.nowNs - 1);
    this.venue.onBar(DAY, this.nowNs, bar);
    advanceTogether(this, this.venue, DAY, this.nowNs);
    if (this.machine === null && this.barsDead-- <= 0) this.restart();
    if (mayDecide && this.machine !== null) this.decide();
  }

  /** Another process: the machine from the disk alone, then a question for every order, then what the ring still offers. */
  private restart(): void {
    const machine = this.newProcess();
    this.reports = [];
    const sentBefore = this.sent.size;
    const replay = new TapeReplay(machine, { report: (report) => void this.reports.push({ ...report }) });
    for (const { kind, values } of this.disk.slice()) replay.write(kind, values);
    const { difference } = replay.finish();
    if (difference !== null) this.faults.push(`the tape does not replay: ${JSON.stringify(difference)}`);
    this.asked.clear();
    machine.recover(DAY, this.nowNs);
    this.requireQuestions(machine);
    if (this.sent.size !== sentBefore) this.faults.push('recovery has sent an order');
    this.machine = machine;
    for (const intent of this.intents.slice(-OFFERED_AGAIN)) machine.onIntent(intent);
    if (this.isStopping) machine.abandonAll();
  }

  private requireQuestions({ machine }: TapedMachine): void {
    const { table } = machine.desk;
    for (let seq = table.firstSeq; seq < table.nextSeq; seq++) {
      if (table.find(seq)?.isSettled === false && !this.asked.has(seq)) this.faults.push(`${seq} was not asked for`);
    }
  }

  private decide(): void {
    const { random } = this;
    const [working] = this.outstanding();
    if (working === undefined && random.happens(0.5)) this.enterOrExit();
    else if (working !== undefined && random.happens(0.15)) {
      const kind = working.kind === INTENT_ENTRY ? INTENT_CANCEL_ENTRY : INTENT_HASTEN_EXIT;
      this.offer({ ...working, kind, reason: RISK });
    }
  }

  private enterOrExit(): void {
    const { random } = this;
    const intent = { ...createIntent(), assetIndex: 0, price: this.price };
    let held = 0;
    for (const { side, lastQty } of this.reports) held += side * lastQty;
    held = Math.round(held / COIN.lotQty) * COIN.lotQty;
    if (held === 0) {
      const direction = random.happens(0.5) ? 1 : -1;
      this.offer({ ...intent, kind: INTENT_ENTRY, direction, qty: 1 + Math.floor(random.uniform() * 1000) / 1000 });
    } else {
      const reason = random.happens(0.5) ? TAKE_PROFIT : MAX_HOLD;
      this.offer({ ...intent, kind: INTENT_EXIT, direction: Math.sign(held), reason, qty: Math.abs(held) });
    }
  }

  private offer(intent: Intent): void {
    const numbered = { ...intent, sequence: this.intents.length };
    this.intents.push(numbered);
    this.live((machine) => machine.onIntent(numbered));
  }
}

function isWorked(kind: number): boolean {
  return kind === INTENT_ENTRY || kind === INTENT_EXIT;
}
