import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DolphinActor } from '../../../src/engine/actor.ts';
import { AlphaEngine } from '../../../src/engine/engine.ts';
import { NO_CELLS } from '../../../src/engine/live-cells.ts';
import { PostureTable } from '../../../src/engine/posture-source.ts';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import { NO_FAULTS } from '../../../src/exec/venue/fault-plan.ts';
import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESET, COMMAND_RESUME } from '../../../src/model/command.ts';
import { SUBMIT_FIELDS, TAPE_SUBMIT } from '../../../src/model/execution-tape.ts';
import { createFrame, FRAME_END, type FrameView } from '../../../src/model/frame.ts';
import { INTENT_ENTRY, type Intent } from '../../../src/model/intent.ts';
import { HIBERNATE } from '../../../src/model/posture.ts';
import { nsBetween } from '../../../src/model/time.ts';
import { TRADING_ACTIVE } from '../../../src/risk/pre-trade-gate.ts';
import { RoutedSession } from '../../../src/workers/routed/routed-session.ts';
import { DEFAULT_LATENCY } from '../../../src/workers/routed/routed-session-options.ts';
import { ReportOutbox } from '../../../src/workers/routed-execution.ts';
import { COIN } from '../../support/venue-bench.ts';
import { type HostileRun, hostileRun, UNIVERSE } from '../engine/hostile-frames.ts';

const IS_REDUCE_ONLY = SUBMIT_FIELDS.indexOf('isReduceOnly');
const TS_SENT_DAY = SUBMIT_FIELDS.indexOf('tsSentDay');
const TS_SENT_NS_OF_DAY = SUBMIT_FIELDS.indexOf('tsSentNsOfDay');
const commands = fc.array(
  fc.tuple(fc.nat(250), fc.constantFrom(COMMAND_HALT, COMMAND_FLATTEN, COMMAND_RESUME, COMMAND_RESUME, COMMAND_RESET)),
  { maxLength: 12 },
);

/** Engine and session on one thread in lockstep, and what they may not do. */
class Lockstep {
  entries = 0;
  increases = 0;
  barred = 0;
  readonly engine: AlphaEngine;
  private readonly actor: DolphinActor;
  private readonly session: RoutedSession;
  private readonly outbox = new ReportOutbox();
  private readonly intents: Intent[] = [];
  /**
   * Since which step nothing may be opened, venue time; null while it may. What a timer sent before the step that begins a
   * day in HIBERNATE was sent when nothing barred it, although it is heard of with a later frame. A book or a scan that is
   * refused is no step: what is working goes on to the next.
   */
  private barredSince: { readonly day: number; readonly nsOfDay: number } | null = null;

  constructor({ options }: HostileRun) {
    const { config, barIntervalMs, safety } = options;
    this.engine = new AlphaEngine(deriveRunParams(config, UNIVERSE, barIntervalMs, 'routed'), {
      emit: (intent) => this.onIntent(intent),
    });
    const posture = new PostureTable(safety);
    const ports = { posture, cells: NO_CELLS, onDayEnd: () => undefined, onInterrupted: () => undefined };
    this.actor = new DolphinActor(this.engine, ports, 'replay');
    this.session = new RoutedSession(
      {
        venue: 'bars',
        instruments: UNIVERSE.map((symbol) => ({ ...COIN, symbol })),
        seed: 1,
        barIntervalMs,
        runEpoch: 1,
        initialCapital: config.initial_capital,
        maxLeverage: config.fraction * config.abs_max_leverage,
        latency: DEFAULT_LATENCY,
        faults: NO_FAULTS,
      },
      { reports: this.outbox, tape: { write: (kind, values) => kind === TAPE_SUBMIT && this.onSubmit(values) } },
    );
  }

  step(frame: FrameView, orders: readonly number[]): void {
    for (const order of orders) this.actor.onCommand(order);
    if (frame.kind === FRAME_END) this.session.stopWorking();
    else this.session.onFrame(frame);
    this.outbox.drain((report) => this.actor.onReport(report));
    const { lifetimeBar } = this.engine;
    this.actor.onFrame(frame);
    if (this.mayOpen()) this.barredSince = null;
    else if (this.engine.lifetimeBar > lifetimeBar) {
      this.barredSince ??= { day: frame.tsEventDay, nsOfDay: frame.tsEventNsOfDay };
      this.barred++;
    }
    for (const intent of this.intents.splice(0)) this.session.onIntent(intent);
  }

  private mayOpen(): boolean {
    return this.engine.canOpen() && this.engine.regime.posture !== HIBERNATE;
  }

  private onIntent(intent: Intent): void {
    if (intent.kind === INTENT_ENTRY) {
      expect(this.mayOpen(), 'an entry was decided').toBe(true);
      this.entries++;
    }
    this.intents.push({ ...intent });
  }

  private onSubmit(values: Float64Array): void {
    if (values[IS_REDUCE_ONLY] === 1) return;
    this.increases++;
    expect(this.session.gate.tradingState).toBe(TRADING_ACTIVE);
    if (this.barredSince === null) return;
    const { day, nsOfDay } = this.barredSince;
    const sentAfterNs = nsBetween(day, nsOfDay, values[TS_SENT_DAY]!, values[TS_SENT_NS_OF_DAY]!);
    expect(sentAfterNs, 'an order that increases was sent, though nothing may be opened').toBeLessThan(0);
  }
}

test('halted, hibernating or with the breaker open nothing is decided or sent that increases a position', () => {
  const met = { entries: 0, increases: 0, barred: 0 };
  fc.assert(
    fc.property(hostileRun, commands, (run, drawn) => {
      const lockstep = new Lockstep(run);
      run.frames.forEach((frame, i) => {
        lockstep.step(
          frame,
          drawn.filter(([at]) => at === i).map(([, command]) => command),
        );
      });
      lockstep.step({ ...createFrame(UNIVERSE.length), kind: FRAME_END }, []);
      met.entries += lockstep.entries;
      met.increases += lockstep.increases;
      met.barred += lockstep.barred;
    }),
    { numRuns: 200 },
  );
  expect(met.entries).toBeGreaterThan(100);
  expect(met.increases).toBeGreaterThan(met.entries / 2);
  expect(met.barred).toBeGreaterThan(1000);
});
