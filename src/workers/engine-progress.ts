import type { DolphinActor } from '../engine/actor.ts';
import { FLAG_INTERRUPTED, FRAME_BAR, FRAME_SCAN, type FrameView } from '../model/frame.ts';
import type { BarRingConsumer } from '../shm/bar-ring.ts';
import { Gauge } from '../shm/counters.ts';
import { TRADING_STATES, type TradingState } from '../shm/layout.ts';
import type { Region } from '../shm/region.ts';

/** Tells whoever watches how far the engine is and what the operator's orders let it do. Plain stores. */
export class EngineProgress {
  private readonly actor: DolphinActor;
  private readonly frames: BarRingConsumer;
  private readonly stepped: Gauge;
  private readonly steppedDay: Gauge;
  private readonly steppedNsOfDay: Gauge;
  private readonly tradingState: Gauge;
  private readonly posture: Gauge;
  private readonly rm: Gauge;
  private readonly acbBoost: Gauge;
  private readonly acbBeta: Gauge;
  private readonly runEnded: Gauge;

  constructor(region: Region, actor: DolphinActor, frames: BarRingConsumer) {
    this.actor = actor;
    this.frames = frames;
    this.stepped = new Gauge(region, 'framesStepped');
    this.steppedDay = new Gauge(region, 'steppedDay');
    this.steppedNsOfDay = new Gauge(region, 'steppedNsOfDay');
    this.tradingState = new Gauge(region, 'tradingState');
    this.posture = new Gauge(region, 'posture');
    this.rm = new Gauge(region, 'rm');
    this.acbBoost = new Gauge(region, 'acbBoost');
    this.acbBeta = new Gauge(region, 'acbBeta');
    this.runEnded = new Gauge(region, 'runEnded');
  }

  /** After frames were released; `frames.frame` is still the last of them. */
  tellFrames(): void {
    const { frame, released } = this.frames;
    this.stepped.set(released);
    this.tellTradingState(); // a flatten may be done, or a journal have brought an order
    if (frame.kind !== FRAME_SCAN && frame.kind !== FRAME_BAR) return;
    this.tellRegime();
    this.steppedDay.set(frame.tsEventDay);
    this.steppedNsOfDay.set(frame.tsEventNsOfDay);
  }

  private tellRegime(): void {
    const { posture, rm, boost, beta } = this.actor;
    this.posture.set(posture);
    this.rm.set(rm);
    this.acbBoost.set(boost);
    this.acbBeta.set(beta);
  }

  /** Behind an END frame: whether its source came to its end. */
  tellEnd({ flags }: FrameView): void {
    this.runEnded.set((flags & FLAG_INTERRUPTED) === 0 ? 1 : 0);
  }

  /** After orders, and before they are released: main takes a released order for obeyed. */
  tellTradingState(): void {
    const { isFlattening, isHalted } = this.actor;
    const state: TradingState = isFlattening ? 'flattening' : isHalted ? 'halted' : 'active';
    this.tradingState.set(TRADING_STATES.indexOf(state));
  }
}
