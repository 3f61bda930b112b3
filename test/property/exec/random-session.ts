import { ALL_FAULTS } from '../../../src/exec/venue/fault-plan.ts';
import { SeededRandom } from '../../../src/exec/venue/seeded-random.ts';
import type { ReportSink } from '../../../src/model/execution-report.ts';
import type { TapeSink } from '../../../src/model/execution-tape.ts';
import { MAX_HOLD, RISK, TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { createFrame, FRAME_SCAN } from '../../../src/model/frame.ts';
import type { Instrument } from '../../../src/model/instrument.ts';
import {
  createIntent,
  INTENT_CANCEL_ENTRY,
  INTENT_ENTRY,
  INTENT_EXIT,
  INTENT_HASTEN_EXIT,
} from '../../../src/model/intent.ts';
import { createTick, TICK_FUNDING } from '../../../src/model/tick.ts';
import { RoutedSession } from '../../../src/workers/routed/routed-session.ts';
import { COIN } from '../../support/venue-bench.ts';

const DAY = 20_458;
/** One with lots, one of any size. */
export const INSTRUMENTS: readonly Instrument[] = [COIN, { ...COIN, symbol: 'ANYUSDT', lotQty: 0 }];
export const RUN_EPOCH = 3;
export const BAR_INTERVAL_MS = 5000;
const MOVES = 60;

/** Random bars, funding and intents through a session whose link has every fault, for a few minutes of event time. */
export class RandomSession {
  readonly session: RoutedSession;
  private readonly random: SeededRandom;
  private readonly frame = createFrame(INSTRUMENTS.length);
  private readonly funding = createTick();
  private nowNs = 86_400e9 - 150e9; // so that midnight lies in the middle
  private intents = 0;

  constructor(seed: number, ports: { reports: ReportSink; tape: TapeSink }) {
    this.random = new SeededRandom(seed, 99);
    const disconnect = { meanIntervalMs: 60_000, meanDurationMs: 5_000 };
    this.session = new RoutedSession(
      {
        venue: 'bars',
        instruments: INSTRUMENTS,
        seed,
        runEpoch: RUN_EPOCH,
        barIntervalMs: BAR_INTERVAL_MS,
        initialCapital: 1000,
        maxLeverage: 1,
        latency: { minMs: 5, meanExtraMs: 50 },
        faults: { ...ALL_FAULTS, disconnect },
      },
      ports,
    );
    this.frame.kind = FRAME_SCAN;
    this.frame.payload.set([100, 20]);
  }

  run(): void {
    for (let move = 0; move < MOVES; move++) {
      this.bar();
      if (this.random.happens(0.4)) this.decide();
      if (this.random.happens(0.05)) this.settle();
    }
    this.session.stopWorking();
  }

  private bar(): void {
    const { frame, random } = this;
    this.nowNs += 5e9;
    this.stamp(frame);
    const before = frame.payload.slice();
    for (let asset = 0; asset < INSTRUMENTS.length; asset++) {
      frame.payload[asset] = random.happens(0.05)
        ? Number.NaN
        : before[asset]! * (1 + (random.uniform() - 0.5) * 0.004);
    }
    this.session.onFrame(frame);
    for (let asset = 0; asset < INSTRUMENTS.length; asset++) {
      if (Number.isNaN(frame.payload[asset]!)) frame.payload[asset] = before[asset]!;
    }
  }

  private decide(): void {
    const { random } = this;
    const assetIndex = this.pick([0, 1]);
    const held = this.session.account.qty(assetIndex);
    const intent = createIntent();
    intent.sequence = this.intents++;
    intent.assetIndex = assetIndex;
    intent.price = this.frame.payload[assetIndex]!;
    intent.kind = this.pick([
      held === 0 ? INTENT_ENTRY : INTENT_EXIT,
      held === 0 ? INTENT_ENTRY : INTENT_EXIT,
      INTENT_CANCEL_ENTRY,
      INTENT_HASTEN_EXIT,
    ]);
    intent.direction = held === 0 ? this.pick([-1, 1]) : Math.sign(held);
    intent.reason = this.pick([TAKE_PROFIT, MAX_HOLD, RISK]);
    intent.qty = held === 0 ? 1 + random.uniform() * 3 : Math.abs(held);
    this.session.onIntent(intent);
  }

  private settle(): void {
    this.funding.kind = TICK_FUNDING;
    this.funding.assetIndex = this.pick([0, 1]);
    this.stamp(this.funding);
    this.funding.values.set([0.0001, Number.NaN]);
    this.session.onTick(this.funding);
  }

  private stamp(out: { tsEventDay: number; tsEventNsOfDay: number }): void {
    const days = Math.floor(this.nowNs / 86_400e9);
    out.tsEventDay = DAY + days;
    out.tsEventNsOfDay = this.nowNs - days * 86_400e9;
  }

  private pick<Choice>(choices: readonly Choice[]): Choice {
    return choices[Math.floor(this.random.uniform() * choices.length)]!;
  }
}
