import { COUNTERS, type CounterName } from '../model/day-result.ts';
import { type ExitReasonName, exitReasonName } from '../model/exit-reason.ts';
import { FRAME_SCAN, type FrameView } from '../model/frame.ts';
import { INTENT_ENTRY, type Intent, type IntentSink } from '../model/intent.ts';
import { HIBERNATE } from '../model/posture.ts';
import { isValidPrice } from '../model/price.ts';
import type { DayRegime } from './day-regime.ts';
import type { AlphaEngine } from './engine.ts';
import { type CandidateLine, rankCandidates } from './explain-candidates.ts';
import { explainGates, type GateLine } from './explain-gates.ts';
import type { SizeParts } from './explain-size.ts';

/** Why a bar asked no entry gate. */
export type NotAsked = 'positionOpen' | 'hibernate' | 'stale';

/** What the engine did on a bar. Fractions, quote currency, USDT. */
export type BarAction =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'entry' } & DecidedSize)
  | ({ readonly kind: 'exit'; readonly reason: ExitReasonName } & HeldPosition)
  | ({ readonly kind: 'hold' } & HeldPosition);

export interface DecidedSize {
  readonly assetIndex: number;
  readonly direction: number;
  readonly price: number;
  readonly qty: number;
  readonly notional: number;
  readonly leverage: number;
}

export interface HeldPosition {
  readonly assetIndex: number;
  readonly direction: number;
  readonly entryPrice: number;
  readonly entryBar: number;
  /** NaN when the asset had no valid price on this bar. */
  readonly price: number;
  /** Signed return since entry. */
  readonly change: number;
  /** What is missing to the take profit; negative beyond it. */
  readonly toTakeProfit: number;
  readonly barsHeld: number;
  readonly maxHoldBars: number;
}

export interface BarExplanation {
  /** Lifetime index, and index within the day. */
  readonly bar: number;
  readonly barOfDay: number;
  readonly day: number;
  readonly nsOfDay: number;
  readonly scanNumber: number;
  readonly action: BarAction;
  /** Close at the end of the day, decided on this bar, its last; null otherwise. */
  readonly dayEnd: HeldPosition | null;
  /** Null when the gates were asked. */
  readonly notAsked: NotAsked | null;
  readonly gates: readonly GateLine[];
  readonly size: SizeParts;
  /** All assets, best first. */
  readonly ranking: readonly CandidateLine[];
  readonly regime: DayRegime;
  /** Why the breaker is open, or null. */
  readonly breaker: string | null;
  /** What this bar added to the day's counters; repeated scans are those right before it. */
  readonly counted: Readonly<Partial<Record<CounterName, number>>>;
}

/**
 * Watches an engine step, so that one bar can be explained after it: keeps a copy of its scan, the counters before it and
 * the intents it decided. Tell it of every scan before the step; give it to the engine as its intent sink.
 */
export class BarWatch implements IntentSink {
  private scan: FrameView | null = null;
  private bar = -1;
  private countersBefore: Readonly<Record<CounterName, number>> | null = null;
  private intents: Intent[] = [];

  /** Told of each frame before the engine takes it; only scans matter. */
  onFrame(frame: FrameView, engine: AlphaEngine): void {
    if (frame.kind !== FRAME_SCAN) return;
    if (engine.lifetimeBar !== this.bar) {
      this.bar = engine.lifetimeBar;
      this.intents = [];
      this.countersBefore = engine.tally.counters();
    }
    // A repeated scan is skipped and the next one takes its place as this bar.
    this.scan = copyFrame(frame);
  }

  emit(intent: Intent): void {
    this.intents.push({ ...intent });
  }

  /**
   * Explains the bar that was stepped last. Call it before the engine takes another frame. Allocates.
   * @throws RangeError before the first bar.
   */
  explain(engine: AlphaEngine): BarExplanation {
    if (this.scan === null || engine.lifetimeBar !== this.bar + 1) {
      throw new RangeError(`bar to explain must be the one stepped last (${engine.lifetimeBar - 1}), was ${this.bar}`);
    }
    const { scan } = this;
    const action = this.action(engine, scan);
    const counted = this.counted(engine);
    const notAsked = whyNotAsked(action, engine, counted);
    const ranking = rankCandidates(engine, scan);
    const { gates, size } = explainGates(engine, scan, ranking, notAsked === null);
    return {
      bar: this.bar,
      barOfDay: engine.barsToday - 1,
      day: scan.tsEventDay,
      nsOfDay: scan.tsEventNsOfDay,
      scanNumber: scan.scanNumber,
      action,
      dayEnd: null,
      notAsked,
      gates,
      size,
      ranking,
      regime: engine.regime,
      breaker: engine.breaker.status,
      counted,
    };
  }

  /** The close that ended the day on the explained bar, or null. Call it after the day's end. */
  dayEnd(engine: AlphaEngine): HeldPosition | null {
    const exit = this.intents.find((intent) => isDayEnd(intent) && intent.lifetimeBar === this.bar);
    return exit === undefined ? null : heldPosition(engine, exit.direction, exit.price);
  }

  private action(engine: AlphaEngine, scan: FrameView): BarAction {
    const decided = this.intents.find((intent) => !isDayEnd(intent));
    const { position } = engine;
    if (decided === undefined) {
      if (!position.isOpen) return { kind: 'none' };
      const price = scan.payload[position.assetIndex]!;
      return { kind: 'hold', ...heldPosition(engine, position.direction, isValidPrice(price) ? price : Number.NaN) };
    }
    const { assetIndex, direction, price, qty, notional, leverage } = decided;
    if (decided.kind === INTENT_ENTRY) return { kind: 'entry', assetIndex, direction, price, qty, notional, leverage };
    return { kind: 'exit', reason: exitReasonName(decided.reason), ...heldPosition(engine, direction, price) };
  }

  private counted(engine: AlphaEngine): Partial<Record<CounterName, number>> {
    const after = engine.tally.counters();
    const isFirstOfDay = engine.barsToday === 1; // the counters were set back in between
    const differences = COUNTERS.map(
      (name) => [name, after[name] - (isFirstOfDay ? 0 : (this.countersBefore?.[name] ?? 0))] as const,
    );
    return Object.fromEntries(differences.filter(([, difference]) => difference > 0));
  }
}

function whyNotAsked(action: BarAction, engine: AlphaEngine, counted: BarExplanation['counted']): NotAsked | null {
  if (action.kind === 'hold' || action.kind === 'exit') return 'positionOpen';
  if (engine.regime.posture === HIBERNATE) return 'hibernate';
  return counted.staleScans === undefined ? null : 'stale';
}

function isDayEnd(intent: Intent): boolean {
  return exitReasonName(intent.reason) === 'DAY_END';
}

/** The position that is open, or was until this bar: its fields stay after a close. */
function heldPosition(engine: AlphaEngine, direction: number, price: number): HeldPosition {
  const { position, params } = engine;
  const change = direction * (price / position.entryPrice - 1);
  return {
    assetIndex: position.assetIndex,
    direction,
    entryPrice: position.entryPrice,
    entryBar: position.entryBar,
    price,
    change,
    toTakeProfit: params.config.fixed_tp_pct - change,
    barsHeld: position.barsHeld,
    maxHoldBars: params.config.max_hold_bars,
  };
}

function copyFrame(frame: FrameView): FrameView {
  return {
    ...frame,
    signals: frame.signals.slice(),
    payload: frame.payload.slice(),
    assetVelDivs: frame.assetVelDivs.slice(),
  };
}
