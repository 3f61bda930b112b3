import { INTENT_ENTRY } from '../model/intent.ts';
import { isStopRequested } from '../shm/control.ts';
import { Gauge } from '../shm/counters.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import { IntentRingConsumer } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { StageHistogram } from '../shm/stage-histogram.ts';
import { WatermarkReader } from '../shm/watermarks.ts';
import type { Agent } from './duty-cycle.ts';
import type { ExecutionEventSink } from './execution-events.ts';
import type { IntentCounts } from './messages.ts';
import { monotonicNs } from './monotonic-clock.ts';

export interface IntentAccountOptions {
  /** Watermark behind which an intent may be acted upon; null in a run without a journal. */
  readonly watermark: 'written' | 'durable' | null;
  /** Intents that an earlier life of this run has taken. */
  readonly accounted: IntentCounts;
  readonly events: ExecutionEventSink;
}

/**
 * With analytic fills the engine's own account is the result; execution accounts for the intents that reach it, so that the
 * end of a run can say that none was lost on the way. None is let out before the journal has it.
 */
export class IntentAccount implements Agent {
  entries: number;
  exits: number;
  private readonly region: Region;
  private readonly intents: IntentRingConsumer;
  private readonly watermark: WatermarkReader | null;
  private readonly events: ExecutionEventSink;
  private readonly entriesGauge: Gauge;
  private readonly exitsGauge: Gauge;
  private readonly handoverStage: StageHistogram;
  private readonly commitStage: StageHistogram;
  private readonly totalStage: StageHistogram;
  /** The polled intent still waits for the journal. */
  private isHeld = false;
  private takenNs = 0.5;

  constructor(region: Region, { watermark, accounted, events }: IntentAccountOptions) {
    this.region = region;
    this.entries = accounted.entries;
    this.exits = accounted.exits;
    this.intents = new IntentRingConsumer(region);
    this.watermark = watermark === null ? null : new WatermarkReader(region, 'engine', watermark);
    this.events = events;
    this.entriesGauge = new Gauge(region, 'entriesAccounted');
    this.exitsGauge = new Gauge(region, 'exitsAccounted');
    this.handoverStage = new StageHistogram(region, 'handover');
    this.commitStage = new StageHistogram(region, 'commit');
    this.totalStage = new StageHistogram(region, 'total');
  }

  readonly isReady = (): boolean => (this.isHeld ? this.isCovered() : this.intents.isDataReady()) || this.isDone();

  doWork(): number {
    let work = 0;
    while (this.isHeld || this.take()) {
      if (!this.isCovered()) break;
      this.letOut();
      work++;
    }
    if (work === 0) return 0;
    this.intents.release();
    this.entriesGauge.set(this.entries);
    this.exitsGauge.set(this.exits);
    return work;
  }

  /** Outlives the engine, even one that has not started when the stop comes: its last intents are still to be counted. */
  isDone(): boolean {
    if (!isStopRequested(this.region)) return false;
    const engine = readWorkerState(this.region, 'ENGINE');
    if (engine !== 'STOPPED' && engine !== 'FAILED') return false;
    // What a journal that failed will never have is not let out.
    const isStuck = this.watermark !== null && readWorkerState(this.region, 'JOURNAL') === 'FAILED';
    return isStuck || (!this.isHeld && this.intents.available() === 0);
  }

  private take(): boolean {
    if (!this.intents.poll()) return false;
    this.isHeld = true;
    this.takenNs = monotonicNs();
    this.handoverStage.record(this.takenNs - this.intents.record.decidedNs);
    return true;
  }

  private isCovered(): boolean {
    return this.watermark === null || this.watermark.covers(this.intents.record.eventSequence);
  }

  private letOut(): void {
    const { record } = this.intents;
    this.isHeld = false;
    this.events.intent(record);
    const releasedNs = monotonicNs();
    if (this.watermark !== null) this.commitStage.record(releasedNs - this.takenNs);
    this.totalStage.record(releasedNs - record.receivedNs);
    if (record.kind === INTENT_ENTRY) this.entries++;
    else this.exits++;
  }
}
