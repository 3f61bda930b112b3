import { DolphinActor } from '../../src/engine/actor.ts';
import { AlphaEngine } from '../../src/engine/engine.ts';
import { NO_CELLS } from '../../src/engine/live-cells.ts';
import { PostureTable } from '../../src/engine/posture-source.ts';
import { deriveRunParams } from '../../src/engine/run-params.ts';
import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESET, COMMAND_RESUME } from '../../src/model/command.ts';
import type { ExecutionReport, ReportSink } from '../../src/model/execution-report.ts';
import type { TapeKind, TapeSink } from '../../src/model/execution-tape.ts';
import { createFrame, FLAG_INTERRUPTED, FRAME_END, type FrameView } from '../../src/model/frame.ts';
import { createIntent, type Intent, type IntentSink } from '../../src/model/intent.ts';
import { createTick } from '../../src/model/tick.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { OrderLogHash } from '../../src/workers/routed/order-log-hash.ts';
import { RoutedSession } from '../../src/workers/routed/routed-session.ts';
import type { RoutedSessionOptions } from '../../src/workers/routed/routed-session-options.ts';
import { ReportOutbox } from '../../src/workers/routed-execution.ts';
import { DecisionRules } from './decision-rules.ts';
import { type Figures, figuresOf } from './figures.ts';
import { IntentLedger } from './intent-ledger.ts';
import { Invariants } from './invariants.ts';
import { type PlantedDefect, TamperedReports } from './planted-defect.ts';
import { RandomBooks } from './random-books.ts';
import { RandomMarket } from './random-market.ts';
import type { Scenario } from './scenario.ts';
import { TapeTwin } from './tape-twin.ts';
import type { Trace } from './trace.ts';
import { VenueWatch } from './venue-watch.ts';

/** Of order ids; any will do. */
const RUN_EPOCH = 7;

/** What a simulation does beside running. */
export interface SimulationExtras {
  /** Is told what happens. */
  readonly trace?: Trace;
  /** A second execution machine lives by the tape of the first, and must do the same. */
  readonly hasTwin?: boolean;
  /** Something that the invariants must find. */
  readonly defect?: PlantedDefect | null;
}

/** What a simulation leaves behind when every invariant holds. */
export interface SimulationOutcome {
  readonly decisionHash: string;
  readonly orderLogHash: string;
  readonly figures: Figures;
}

/**
 * The real engine, the real execution session and its simulated venue on one thread, in the lockstep of design §3, through
 * the market, the faults and the operator of one scenario. Invariants are asked on the way and at the end.
 */
export class Simulation implements IntentSink, ReportSink, TapeSink {
  readonly ledger: IntentLedger;
  readonly watch: VenueWatch;
  private readonly scenario: Scenario;
  private readonly trace: Trace | undefined;
  private readonly twin: TapeTwin | undefined;
  private readonly tampered: TamperedReports;
  private readonly engine: AlphaEngine;
  private readonly actor: DolphinActor;
  private readonly session: RoutedSession;
  private readonly invariants: Invariants;
  private readonly rules: DecisionRules;
  private readonly market: RandomMarket;
  private readonly books: RandomBooks;
  private readonly orderLog = new OrderLogHash();
  private readonly outbox = new ReportOutbox();
  private readonly intents: Intent[] = [];
  private intentsDue = 0;
  private readonly frame: FrameView;
  private readonly tick = createTick();
  private frames = 0;

  constructor(scenario: Scenario, { trace, hasTwin = false, defect = null }: SimulationExtras = {}) {
    this.scenario = scenario;
    this.trace = trace;
    this.twin = hasTwin ? new TapeTwin(sessionOptions(scenario)) : undefined;
    this.tampered = new TamperedReports(defect);
    const { config, universe, barIntervalMs, instruments, safety } = scenario;
    this.engine = new AlphaEngine(deriveRunParams(config, universe, barIntervalMs, 'routed'), this);
    const ports = {
      posture: new PostureTable(safety),
      cells: NO_CELLS,
      onDayEnd: () => undefined,
      onInterrupted: () => undefined,
    };
    this.actor = new DolphinActor(this.engine, ports, 'replay');
    this.session = new RoutedSession(sessionOptions(scenario), { reports: this, tape: this });
    this.ledger = new IntentLedger(instruments);
    this.watch = new VenueWatch(instruments.length, this.ledger);
    this.market = new RandomMarket(scenario);
    this.books = new RandomBooks(scenario);
    this.frame = createFrame(universe.length);
    this.rules = new DecisionRules(scenario, this.engine, this.actor, this.frame);
    this.invariants = new Invariants(this.engine, this.session, this.ledger, this.watch, this.rules);
  }

  /** @throws Violation when an invariant does not hold; whatever the machines throw. */
  run(): SimulationOutcome {
    const { market, frame, engine, invariants, scenario } = this;
    while (market.next(frame)) this.step();
    this.end();
    const run = engine.run();
    invariants.atEnd(run, scenario.isInterrupted);
    this.twin?.finish();
    return {
      decisionHash: decisionHash(run.trades),
      orderLogHash: this.orderLog.digest(),
      figures: figuresOf({ frames: this.frames, scans: scenario.scans, run, ledger: this.ledger, watch: this.watch }),
    };
  }

  /** A decision of the engine: worked at the end of the step. */
  emit(intent: Intent): void {
    if (this.intentsDue === this.intents.length) this.intents.push(createIntent());
    Object.assign(this.intents[this.intentsDue++] as Intent, intent);
    this.ledger.onIntent(intent);
    this.rules.onIntent(intent);
  }

  /** A report of execution: heard by the engine in the next step, or in this one when it is not at its frame yet. */
  report(report: ExecutionReport): void {
    this.ledger.onReport(report);
    this.outbox.report(report);
  }

  write(kind: TapeKind, values: Float64Array): void {
    this.trace?.tape(kind, values);
    this.orderLog.write(kind, values);
    this.twin?.write(kind, values);
    this.watch.write(kind, values);
  }

  private step(): void {
    const { frame, session, market } = this;
    frame.sequence = this.frames++;
    this.trace?.frame(frame, market.prices.length);
    this.tellTicks();
    session.onFrame(frame);
    this.takeReports();
    this.command();
    this.rules.beforeDecision();
    this.actor.onFrame(frame);
    this.rules.afterDecision(market.isFresh);
    this.workIntents();
    this.invariants.afterFrame();
  }

  /** The end of the data: nothing is left working, and the engine hears of it before its last frame. */
  private end(): void {
    const { frame, scenario } = this;
    frame.kind = FRAME_END;
    frame.flags = scenario.isInterrupted ? FLAG_INTERRUPTED : 0;
    frame.sequence = this.frames++;
    this.trace?.note('end');
    this.session.stopWorking();
    this.invariants.whenStopped();
    this.takeReports();
    this.actor.onFrame(frame);
    this.workIntents();
    this.invariants.whenStopped();
  }

  private tellTicks(): void {
    const { books, tick, frame, market, session } = this;
    const { tsEventDay, tsEventNsOfDay } = frame;
    books.leadTo(tsEventDay, tsEventNsOfDay, market.prices);
    while (books.next(tick)) session.onTick(tick);
    books.arrive(tsEventDay, tsEventNsOfDay);
  }

  private takeReports(): void {
    this.outbox.drain((report) => {
      this.trace?.taken(report);
      this.invariants.beforeReport(report);
      this.tampered.pass(report, (passed) => this.actor.onReport(passed));
    });
    this.invariants.afterReports();
  }

  private workIntents(): void {
    for (let i = 0; i < this.intentsDue; i++) this.session.onIntent(this.intents[i] as Intent);
    this.intentsDue = 0;
  }

  /** The operator, between two frames. */
  private command(): void {
    const { operator, operatorDraw } = this.scenario;
    if (operatorDraw.chance(operator.haltRate)) this.obey(COMMAND_HALT);
    if (operatorDraw.chance(operator.flattenRate)) this.obey(COMMAND_FLATTEN);
    if (operatorDraw.chance(operator.resetRate)) this.obey(COMMAND_RESET);
    if (this.actor.isHalted && operatorDraw.chance(operator.resumeRate)) this.obey(COMMAND_RESUME);
  }

  private obey(command: number): void {
    this.trace?.note(`  operator ${command}`);
    this.actor.onCommand(command);
  }
}

function sessionOptions(scenario: Scenario): RoutedSessionOptions {
  const { venue, instruments, seed, barIntervalMs, config, maxLeverage, latency, faults } = scenario;
  return {
    venue,
    instruments,
    seed,
    runEpoch: RUN_EPOCH,
    barIntervalMs,
    initialCapital: config.initial_capital,
    maxLeverage,
    latency,
    faults,
  };
}
