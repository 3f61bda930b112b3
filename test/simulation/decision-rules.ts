import type { DolphinActor } from '../../src/engine/actor.ts';
import type { AlphaEngine } from '../../src/engine/engine.ts';
import { FLAG_LAST_OF_DAY, type FrameView } from '../../src/model/frame.ts';
import { INTENT_ENTRY, INTENT_EXIT, type Intent } from '../../src/model/intent.ts';
import { APEX, HIBERNATE } from '../../src/model/posture.ts';
import { isValidPrice } from '../../src/model/price.ts';
import { RoutedPosition } from '../../src/portfolio/routed-position.ts';
import type { Scenario } from './scenario.ts';
import { requireThat } from './violation.ts';

/** For what `pow` and products round. */
const ROUNDING = 1e-9;

/** When the engine may decide what, and when it must: by the scenario and the frames, whatever orders do meanwhile. */
export class DecisionRules {
  private readonly scenario: Scenario;
  private readonly engine: AlphaEngine;
  private readonly actor: DolphinActor;
  private readonly frame: FrameView;
  private readonly lastPx: Float64Array;
  /** The same before the present frame: what a decision at a day's boundary knows. */
  private readonly pxBefore: Float64Array;
  /** False while reports are taken: they come before the frame. */
  private isDeciding = false;
  private readonly postures: ReadonlyMap<number, number>;

  /** @param frame - the one of the present step, whenever anything is asked. */
  constructor(scenario: Scenario, engine: AlphaEngine, actor: DolphinActor, frame: FrameView) {
    this.scenario = scenario;
    this.engine = engine;
    this.actor = actor;
    this.frame = frame;
    this.lastPx = new Float64Array(scenario.universe.length).fill(Number.NaN);
    this.pxBefore = this.lastPx.slice();
    this.postures = new Map(scenario.safety.map(({ day, posture }) => [day, posture]));
  }

  /** Last valid price of an asset, quote currency; NaN before the first. */
  lastPxOf(assetIndex: number): number {
    return this.lastPx[assetIndex] as number;
  }

  /** The engine is about to decide on the frame. */
  beforeDecision(): void {
    this.isDeciding = true;
    this.pxBefore.set(this.lastPx);
    for (let asset = 0; asset < this.lastPx.length; asset++) {
      const px = this.frame.payload[asset] as number;
      if (isValidPrice(px)) this.lastPx[asset] = px;
    }
  }

  /** A decision leaves the engine. */
  onIntent(intent: Intent): void {
    if (intent.kind === INTENT_ENTRY) this.onEntry(intent);
    if (intent.kind !== INTENT_EXIT) return;
    const isBoundary = this.isDeciding && intent.tsEventDay < this.frame.tsEventDay;
    const last = (isBoundary ? this.pxBefore : this.lastPx)[intent.assetIndex];
    const facts = { intent: intent.sequence, price: intent.price, last };
    requireThat(intent.price === last, 'an exit is decided at the last valid price', facts);
  }

  /** The engine has decided. @param isFresh - false for a frame that was there before, or is older than one that was. */
  afterDecision(isFresh: boolean): void {
    this.isDeciding = false;
    const { position } = this.engine;
    if (!(position instanceof RoutedPosition) || !position.isOpen || position.exitReason !== 0) return;
    const { config } = this.scenario;
    const facts = { asset: position.assetIndex, barsHeld: position.barsHeld };
    const mustClose = config.close_at_day_end && this.isLastOfDay;
    requireThat(!mustClose, 'on the last frame of a day what is open is left', facts);
    if (!isFresh) return;
    const isHibernating = this.postureOn(this.frame.tsEventDay) === HIBERNATE;
    requireThat(
      !isHibernating || (position.isHeld && !this.isPriced(position.assetIndex)),
      'HIBERNATE leaves what is open',
      facts,
    );
    const isOverdue = position.isHeld && position.barsHeld >= config.max_hold_bars;
    requireThat(!isOverdue || !this.isPriced(position.assetIndex), 'a position is left when it is overdue', facts);
  }

  private get isLastOfDay(): boolean {
    return (this.frame.flags & FLAG_LAST_OF_DAY) !== 0;
  }

  private isPriced(assetIndex: number): boolean {
    return isValidPrice(this.frame.payload[assetIndex] as number);
  }

  private postureOn(day: number): number {
    return this.postures.get(day) ?? APEX;
  }

  private onEntry(intent: Intent): void {
    const { engine, frame, scenario } = this;
    const { config } = scenario;
    const facts = { intent: intent.sequence, asset: intent.assetIndex, price: intent.price, notional: intent.notional };
    requireThat(
      intent.price === frame.payload[intent.assetIndex],
      'an entry is decided at the price of its frame',
      facts,
    );
    const isNow = intent.tsEventDay === frame.tsEventDay && intent.tsEventNsOfDay === frame.tsEventNsOfDay;
    requireThat(isNow, 'an entry is decided at the time of its frame', facts);
    requireThat(!this.actor.isHalted, 'a halt bars entries', facts);
    requireThat(!engine.breaker.isTripped, 'a tripped breaker bars entries', facts);
    requireThat(this.postureOn(frame.tsEventDay) !== HIBERNATE, 'HIBERNATE bars entries', facts);
    const isTooLate = config.close_at_day_end && this.isLastOfDay;
    requireThat(!isTooLate, 'the last frame of a day bars entries that it would have to leave', facts);
    const most = engine.capital * config.fraction * config.abs_max_leverage * (1 + ROUNDING);
    requireThat(intent.notional <= most, 'an entry is no larger than the sizing allows', { ...facts, most });
  }
}
