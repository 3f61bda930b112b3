import type { Intent, IntentSink } from '../model/intent.ts';
import { INTENT_ENTRY } from '../model/intent.ts';
import { INSUFFICIENT_CAPACITY, IntentRingProducer } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';

const FULL_RING_DEADLINE_MS = 5000;
const FULL_RING_NAP_MS = 1;

/**
 * The engine's end of the intent ring. A decision is never dropped: when the ring is full the engine waits for
 * execution, and after 5 s without room it stops the run (design §3, lockstep).
 */
export class IntentOutlet implements IntentSink {
  entries = 0;
  exits = 0;
  private readonly ring: IntentRingProducer;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));

  constructor(region: Region) {
    this.ring = new IntentRingProducer(region);
  }

  emit(intent: Intent): void {
    if (this.ring.offer(intent) === INSUFFICIENT_CAPACITY) this.offerWhenFree(intent);
    if (intent.kind === INTENT_ENTRY) this.entries++;
    else this.exits++;
  }

  private offerWhenFree(intent: Intent): void {
    for (let waitedMs = 0; waitedMs < FULL_RING_DEADLINE_MS; waitedMs += FULL_RING_NAP_MS) {
      Atomics.wait(this.nap, 0, 0, FULL_RING_NAP_MS);
      if (this.ring.offer(intent) !== INSUFFICIENT_CAPACITY) return;
    }
    throw new Error(
      `intent ring stayed full for ${FULL_RING_DEADLINE_MS} ms at intent ${intent.sequence}: execution takes nothing`,
    );
  }
}
