import { NO_FAULTS } from '../../../../src/exec/venue/fault-plan.ts';
import { LONG } from '../../../../src/model/direction.ts';
import { type ExecutionReport, REPORT_INTENT_DONE } from '../../../../src/model/execution-report.ts';
import { TAPE_SUBMIT, type TapeKind } from '../../../../src/model/execution-tape.ts';
import { createFrame, FRAME_SCAN } from '../../../../src/model/frame.ts';
import { createIntent, INTENT_ENTRY, type Intent } from '../../../../src/model/intent.ts';
import { RoutedSession } from '../../../../src/workers/routed/routed-session.ts';
import type { RoutedSessionOptions } from '../../../../src/workers/routed/routed-session-options.ts';
import { COIN } from '../../../support/venue-bench.ts';

export const DAY = 20_458;

/** A session of one asset (tick 0.1, lot 0.001, half a spread of 1 bps), 10 ms from the venue, and all that it says. */
export class SessionStage {
  readonly reports: ExecutionReport[] = [];
  readonly tape: { kind: TapeKind; values: number[] }[] = [];
  readonly session: RoutedSession;
  private readonly frame = createFrame(1);
  private intents = 0;

  constructor(changes: Partial<RoutedSessionOptions> = {}) {
    this.session = new RoutedSession(
      {
        venue: 'bars',
        instruments: [COIN],
        seed: 1,
        runEpoch: 1,
        barIntervalMs: 5000,
        initialCapital: 1000,
        maxLeverage: 1,
        latency: { minMs: 10, meanExtraMs: 0 },
        faults: NO_FAULTS,
        ...changes,
      },
      {
        reports: { report: (report) => void this.reports.push({ ...report }) },
        tape: { write: (kind, values) => void this.tape.push({ kind, values: [...values] }) },
      },
    );
  }

  /** A scan at so many seconds of the day. */
  bar(seconds: number, price: number): void {
    const { frame } = this;
    frame.kind = FRAME_SCAN;
    frame.tsEventDay = DAY;
    frame.tsEventNsOfDay = seconds * 1e9;
    frame.payload[0] = price;
    this.session.onFrame(frame);
  }

  decide(fields: Partial<Intent> = {}): void {
    const standard = { kind: INTENT_ENTRY, direction: LONG, assetIndex: 0, price: 100, qty: 1 };
    this.session.onIntent({ ...createIntent(), ...standard, sequence: this.intents++, ...fields });
  }

  /** Reports of trades: price, quantity, fee, maker, seconds of the day. */
  get fills(): number[][] {
    const fills = this.reports.filter(({ lastQty }) => lastQty > 0);
    return fills.map(({ lastPx, lastQty, fee, isMaker, tsEventNsOfDay }) => [
      lastPx,
      lastQty,
      fee,
      isMaker,
      tsEventNsOfDay / 1e9,
    ]);
  }

  /** `qtyCum` of every end of an intent. */
  get done(): number[] {
    return this.reports.filter(({ kind }) => kind === REPORT_INTENT_DONE).map(({ qtyCum }) => qtyCum);
  }

  get ordersSent(): number {
    return this.tape.filter(({ kind }) => kind === TAPE_SUBMIT).length;
  }
}
