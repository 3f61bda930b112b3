import type { FrameView } from '../model/frame.ts';
import type { Intent, IntentSink } from '../model/intent.ts';
import { INTENT_ENTRY } from '../model/intent.ts';
import { INSUFFICIENT_CAPACITY, type IntentRingProducer } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { StageHistogram } from '../shm/stage-histogram.ts';
import type { EngineEvents } from './engine-events.ts';
import { monotonicNs } from './monotonic-clock.ts';

const FULL_RING_DEADLINE_MS = 5000;
const FULL_RING_NAP_MS = 1;

/**
 * The engine's end of the intent ring. A decision is first an event of the journal, then an intent: execution holds it back
 * until the journal has it. None is ever dropped: when the ring is full the engine waits for execution, and after 5 s
 * without room it stops the run (design §3, lockstep).
 */
export class IntentOutlet implements IntentSink {
  /** Offered to execution by this life of the run; what an earlier one has taken is decided again, but not counted. */
  entries = 0;
  exits = 0;
  private readonly ring: IntentRingProducer;
  private readonly events: EngineEvents;
  private readonly frame: FrameView;
  private readonly intentStage: StageHistogram;
  private readonly firstUntaken: number;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));

  /**
   * @param ring - the one producer of the intent ring.
   * @param frame - the frame that is being taken, whose stamps the intents carry on.
   * @param firstUntaken - number of the first intent that execution has not taken in an earlier life of this run.
   */
  constructor(region: Region, ring: IntentRingProducer, frame: FrameView, events: EngineEvents, firstUntaken: number) {
    this.ring = ring;
    this.frame = frame;
    this.events = events;
    this.intentStage = new StageHistogram(region, 'intent');
    this.firstUntaken = firstUntaken;
  }

  emit(intent: Intent): void {
    intent.receivedNs = this.frame.receivedNs;
    intent.publishedNs = this.frame.publishedNs;
    intent.decidedNs = monotonicNs();
    intent.eventSequence = this.events.intent(intent);
    if (intent.sequence < this.firstUntaken) return;
    if (intent.kind === INTENT_ENTRY) this.entries++;
    else this.exits++;
    // The journal learns of it at the end of the cycle: waking it first would hold the intent up.
    if (this.ring.write(intent) === INSUFFICIENT_CAPACITY) this.offerWhenFree(intent);
    this.intentStage.record(monotonicNs() - intent.publishedNs);
    this.ring.wake();
  }

  private offerWhenFree(intent: Intent): void {
    // Execution may wait for this very event while the engine waits for room in the ring.
    this.events.publish();
    for (let waitedMs = 0; waitedMs < FULL_RING_DEADLINE_MS; waitedMs += FULL_RING_NAP_MS) {
      Atomics.wait(this.nap, 0, 0, FULL_RING_NAP_MS);
      if (this.ring.offer(intent) !== INSUFFICIENT_CAPACITY) return;
    }
    throw new Error(
      `intent ring stayed full for ${FULL_RING_DEADLINE_MS} ms at intent ${intent.sequence}: execution takes nothing`,
    );
  }
}
