import { createExecutionReport, type ExecutionReport, REPORT_STEP_DONE } from '../model/execution-report.ts';
import { FRAME_BAR, FRAME_END, FRAME_SCAN, type FrameView } from '../model/frame.ts';
import { createIntent, INTENT_STEP_BEGIN, INTENT_STEP_DONE } from '../model/intent.ts';
import { Gauge } from '../shm/counters.ts';
import { Doorbell, PARK_TIMEOUT_MS, TIMED_OUT } from '../shm/doorbell.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import { INSUFFICIENT_CAPACITY, type IntentRingProducer, ReportRingConsumer } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { LockstepPatience } from './lockstep-patience.ts';

const FULL_RING_NAP_MS = 1;
const FULL_RING_NAPS_PER_TIMEOUT = PARK_TIMEOUT_MS / FULL_RING_NAP_MS;

/** Name of an error that another worker's end has caused: main tells the cause where it hears of it. */
export const PEER_GONE = 'PeerGone';

/** Frames on which both machines step; on all others the engine goes on alone. */
export function isLockstepFrame(kind: number): boolean {
  return kind === FRAME_SCAN || kind === FRAME_BAR || kind === FRAME_END;
}

/**
 * The engine's side of lockstep (design §3): before it decides on a frame, execution has matched it, and the engine has
 * heard every report of that. It shows execution the frame, drains reports into staging while it waits, so that a report
 * ring of any size will do, and hands them out when execution is done with the frame.
 */
export class EngineLockstep {
  private readonly region: Region;
  private readonly intents: IntentRingProducer;
  private readonly reports: ReportRingConsumer;
  private readonly bell: Doorbell;
  private readonly executionSteps: Gauge;
  private readonly token = createIntent();
  private readonly staged: ExecutionReport[] = [];
  private readonly patience: LockstepPatience;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));
  private stagedCount = 0;
  private step = 0;
  private readonly isReady = (): boolean => this.reports.available() > 0 || this.isExecutionGone();

  /** @param intents - the ring that the engine's decisions go into: tokens stand among them. */
  constructor(region: Region, intents: IntentRingProducer) {
    this.region = region;
    this.intents = intents;
    this.reports = new ReportRingConsumer(region);
    this.bell = new Doorbell(region, 'reportData');
    this.executionSteps = new Gauge(region, 'executionSteps');
    this.patience = new LockstepPatience(
      () =>
        `engine waits for execution at step ${this.step}, execution is done with ${this.executionSteps.value} steps`,
    );
  }

  /**
   * Shows execution a frame and waits until it is done with it.
   * @param slotOffset - of its slot; it may not be released before this returns.
   * @throws Error without progress for 5 s, or when execution is gone.
   */
  begin(frame: FrameView, slotOffset: number): void {
    this.stagedCount = 0;
    this.send(INTENT_STEP_BEGIN, frame.sequence, slotOffset);
    this.patience.reset();
    while (!this.drain()) this.wait();
    this.step++;
  }

  /** Reports of the frame that began, in order. */
  get reportCount(): number {
    return this.stagedCount;
  }

  /** The i-th of them; valid until the next frame begins. */
  reportAt(i: number): ExecutionReport {
    return this.staged[i]!;
  }

  /** Says that the engine has decided on a frame, and every intent of it was offered. */
  done(frame: FrameView): void {
    this.send(INTENT_STEP_DONE, frame.sequence, 0);
  }

  /** Takes what is there. @returns true when execution is done with the frame. */
  private drain(): boolean {
    const { reports } = this;
    let isDone = false;
    while (!isDone && reports.poll()) {
      isDone = reports.record.kind === REPORT_STEP_DONE;
      if (!isDone) this.stage(reports.record);
      this.patience.reset();
    }
    reports.release();
    return isDone;
  }

  private stage(report: ExecutionReport): void {
    if (this.stagedCount === this.staged.length) this.staged.push(createExecutionReport());
    Object.assign(this.staged[this.stagedCount++]!, report);
  }

  private wait(): void {
    if (this.bell.park(this.isReady, PARK_TIMEOUT_MS) === TIMED_OUT) this.patience.countTimeout();
    if (this.isExecutionGone() && this.reports.available() === 0) {
      const error = new Error(`lockstep: execution ended before it was done with step ${this.step}`);
      throw Object.assign(error, { name: PEER_GONE });
    }
  }

  private isExecutionGone(): boolean {
    const state = readWorkerState(this.region, 'EXECUTION');
    return state === 'FAILED' || state === 'STOPPED';
  }

  private send(kind: number, sequence: number, slotOffset: number): void {
    const { token } = this;
    token.kind = kind;
    token.sequence = sequence;
    token.eventSequence = slotOffset;
    this.patience.reset();
    for (let naps = 1; this.intents.write(token) === INSUFFICIENT_CAPACITY; naps++) {
      // Execution drains this ring whatever it waits for, so room comes.
      this.intents.wake();
      Atomics.wait(this.nap, 0, 0, FULL_RING_NAP_MS);
      if (naps % FULL_RING_NAPS_PER_TIMEOUT === 0) this.patience.countTimeout();
    }
    this.intents.wake();
  }
}
