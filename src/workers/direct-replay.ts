import type { AlphaEngine } from '../engine/engine.ts';
import { NO_CELLS } from '../engine/live-cells.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import { createFrame, FRAME_END, type FrameView } from '../model/frame.ts';
import { DISCARD_INTENTS, type IntentSink } from '../model/intent.ts';
import type { SurvivalRun } from '../model/survival-report.ts';
import type { EngineRun } from '../model/trade.ts';
import { type BarScanner, DayFrames } from '../replay/day-frames.ts';
import type { BarBlock } from '../shm/bar-block.ts';
import type { DayBlock } from '../shm/day-block.ts';
import { EngineMachine, type MachineInputs } from './engine-machine.ts';

export interface DirectReplayOptions extends MachineInputs {
  /** Told of every decided entry and exit; default nobody. */
  readonly intents?: IntentSink;
}

/**
 * The replay without ring or threads: the same actor and engine, fed by a call. For sweeps, re-runs that explain a bar,
 * and for the test that holds direct and ring equal.
 */
export class DirectReplay {
  private readonly machine: EngineMachine;
  private readonly frame: FrameView;

  constructor(options: DirectReplayOptions) {
    const intents = options.intents ?? DISCARD_INTENTS;
    this.machine = new EngineMachine(options, {
      rules: 'replay',
      cells: NO_CELLS,
      intents,
      onDayEnd: () => undefined,
    });
    this.frame = createFrame(options.universe.length);
  }

  get engine(): AlphaEngine {
    return this.machine.engine;
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
    return this.feedFrames(new DayFrames(block, day), before);
  }

  /**
   * Feeds one decoded day with its 0.1 s bars.
   * @param bars - blocks in order; each is read to its end before the next is asked for.
   * @param barScanner - gives every bar signals of its own (`scanner_rate: 10hz`), or null.
   */
  feedWithBars(block: DayBlock, day: number, bars: Iterable<BarBlock>, barScanner: BarScanner | null = null): void {
    const frames = new DayFrames(block, day, { hasBars: true, barScanner });
    for (const part of bars) {
      frames.takeBars(part);
      this.feedFrames(frames);
    }
    frames.takeBars(null);
    this.feedFrames(frames);
  }

  /** Feeds what a day has left, or, of its 0.1 s bars, what this block has left; as {@link feed}. */
  feedFrames(frames: DayFrames, before?: (frame: FrameView) => boolean): boolean {
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
    this.machine.take(frame);
  }

  /** Hears a report of execution, before the frame of its step. */
  hear(report: ExecutionReport): void {
    this.machine.hear(report);
  }

  /** Obeys an order of the operator between two frames: a code of model/command.ts. */
  command(kind: number): void {
    this.machine.obey(kind);
  }

  /** What the survival stack did so far; null in a run without one. Allocates. */
  survival(): SurvivalRun | null {
    return this.machine.survival();
  }

  /** The state between two frames, as bytes. */
  snapshot(): Uint8Array {
    return this.machine.snapshot();
  }

  /**
   * Goes on from a snapshot as if every frame before it had been fed here.
   * @throws SnapshotError when it is of another config, universe or layout, or not whole.
   */
  restore(snapshot: Uint8Array): void {
    this.machine.restore(snapshot);
  }

  /** Hash of the state between two frames. */
  stateHash(): string {
    return this.machine.stateHash();
  }

  /** Ends the last day and returns everything. */
  finish(): EngineRun {
    this.frame.kind = FRAME_END;
    this.frame.flags = 0;
    this.machine.take(this.frame);
    return this.engine.run();
  }
}
