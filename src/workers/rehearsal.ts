import type { RunParams } from '../engine/run-params.ts';
import { eachMadeUpFrame, eager } from '../engine/warm-up.ts';
import { createFrame, FRAME_SCAN, type FrameView } from '../model/frame.ts';
import { TIMED_OUT } from '../shm/doorbell.ts';
import type { IdleStrategy } from '../shm/idle.ts';
import { ScratchEngine } from './scratch-engine.ts';

/** Longest time without a step: code and tables that were not used for longer are no longer in the caches. */
export const REHEARSE_EVERY_MS = 5;
/** Made-up scans that are played over and over. */
const SCANS = 32;
/** Every gate is asked and no position is opened: a rehearsal must not fill a log of trades. */
const NEVER_ENOUGH_NOTIONAL = Number.MAX_VALUE;

/**
 * Steps that nobody hears of, between two frames that come seldom. At 10 Hz a thread that only sleeps meets its next frame
 * with cold caches and a processor that has gone to rest, which costs it more than the step itself; a step of its own every
 * few milliseconds keeps both awake, for about two percent of a core. It has an engine and a region of its own: nothing of
 * it reaches a decision, a journal or a figure.
 */
export class Rehearsal {
  private readonly scratch: ScratchEngine;
  private readonly scans: FrameView[] = [];
  private readonly barIntervalNs: number;
  private played = 0;

  /** @param isRecording - also rehearses telling the journal. */
  constructor(params: RunParams, isRecording: boolean) {
    const { config, ...rest } = eager(params);
    this.scratch = new ScratchEngine(
      { ...rest, config: { ...config, min_notional: NEVER_ENOUGH_NOTIONAL } },
      isRecording,
    );
    this.barIntervalNs = params.barIntervalNs;
    eachMadeUpFrame(params, (frame) => {
      if (frame.kind === FRAME_SCAN && this.scans.length < SCANS)
        this.scans.push(copyOf(frame, params.universe.length));
    });
  }

  /** One step. Its day never ends, so that no result of a day is kept. */
  play(): void {
    const scan = this.scans[this.played % SCANS]!;
    this.played++;
    scan.scanNumber = this.played;
    scan.tsEventNsOfDay = this.played * this.barIntervalNs;
    this.scratch.take(scan);
  }
}

/** Waits as `idle` does, and rehearses whenever nothing came. */
export class RehearsingIdle implements IdleStrategy {
  private readonly waiting: IdleStrategy;
  private readonly rehearsal: Rehearsal;

  /** @param waiting - gives up after {@link REHEARSE_EVERY_MS}. */
  constructor(waiting: IdleStrategy, rehearsal: Rehearsal) {
    this.waiting = waiting;
    this.rehearsal = rehearsal;
  }

  idle(): ReturnType<IdleStrategy['idle']> {
    const outcome = this.waiting.idle();
    if (outcome === TIMED_OUT) this.rehearsal.play();
    return outcome;
  }
}

function copyOf(frame: FrameView, assets: number): FrameView {
  const copy = createFrame(assets);
  copy.kind = frame.kind;
  copy.assetIndex = frame.assetIndex;
  copy.tsEventDay = 0;
  copy.signals.set(frame.signals);
  copy.payload.set(frame.payload.subarray(0, copy.payload.length));
  return copy;
}
