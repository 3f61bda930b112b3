import { DolphinActor, NO_CELLS, PostureTable } from '../engine/actor.ts';
import { AlphaEngine } from '../engine/engine.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import { restoreSnapshot, type SnapshotIdentity, writeSnapshot } from '../engine/snapshot.ts';
import type { FactorRow } from '../model/factors.ts';
import { createFrame, FRAME_END, type FrameView } from '../model/frame.ts';
import { DISCARD_INTENTS, type IntentSink } from '../model/intent.ts';
import type { SafetyRow } from '../model/safety.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import type { EngineRun } from '../model/trade.ts';
import { DayFrames } from '../replay/day-frames.ts';
import { AdaptiveCircuitBreaker } from '../risk/adaptive-circuit-breaker.ts';
import type { DayBlock } from '../shm/day-block.ts';
import { snapshotIdentity, stateHash } from './state-hash.ts';

export interface DirectReplayOptions {
  readonly config: StrategyConfig;
  readonly universe: readonly string[];
  readonly barIntervalMs: number;
  readonly factors: readonly FactorRow[];
  readonly safety: readonly SafetyRow[];
  /** Told of every decided entry and exit; default nobody. */
  readonly intents?: IntentSink;
}

/**
 * The replay without ring or threads: the same actor and engine, fed by a call. For sweeps, re-runs that explain a bar,
 * and for the test that holds direct and ring equal.
 */
export class DirectReplay {
  readonly engine: AlphaEngine;
  private readonly actor: DolphinActor;
  private readonly frame: FrameView;
  private readonly identity: SnapshotIdentity;

  constructor(options: DirectReplayOptions) {
    const params = deriveRunParams(options.config, options.universe, options.barIntervalMs);
    this.engine = new AlphaEngine(params, options.intents ?? DISCARD_INTENTS);
    this.engine.setAcb(new AdaptiveCircuitBreaker(options.factors));
    const posture = new PostureTable(options.safety);
    const ports = { posture, cells: NO_CELLS, onDayEnd: () => undefined, onInterrupted: () => undefined };
    this.actor = new DolphinActor(this.engine, ports, 'replay');
    this.frame = createFrame(options.universe.length);
    this.identity = snapshotIdentity(params, 'replay');
  }

  /** The frame that is stepped next or was stepped last; reused. */
  get lastFrame(): FrameView {
    return this.frame;
  }

  /**
   * Feeds one decoded day, in order of dates.
   * @param before - asked before each frame with the filled frame; answering false stops there.
   * @returns false when it was stopped.
   */
  feed(block: DayBlock, day: number, before?: (frame: FrameView) => boolean): boolean {
    const frames = new DayFrames(block, day);
    const { frame } = this;
    while (frames.hasNext) {
      frames.fill(frame);
      if (before !== undefined && !before(frame)) return false;
      this.take(frame);
    }
    return true;
  }

  /** Takes one frame of any kind. */
  take(frame: FrameView): void {
    this.actor.onFrame(frame, frame.tsEventDay, frame.tsEventNsOfDay);
  }

  /** The state between two frames, as bytes. */
  snapshot(): Uint8Array {
    return writeSnapshot(this.actor, this.identity);
  }

  /**
   * Goes on from a snapshot as if every frame before it had been fed here.
   * @throws SnapshotError when it is of another config, universe or layout, or not whole.
   */
  restore(snapshot: Uint8Array): void {
    restoreSnapshot(this.actor, this.identity, snapshot);
  }

  /** Hash of the state between two frames. */
  stateHash(): string {
    return stateHash(this.snapshot());
  }

  /** Ends the last day and returns everything. */
  finish(): EngineRun {
    this.frame.kind = FRAME_END;
    this.frame.flags = 0;
    this.actor.onFrame(this.frame, 0, 0);
    return this.engine.run();
  }
}
