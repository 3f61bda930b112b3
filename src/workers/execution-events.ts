import type { Intent } from '../model/intent.ts';
import { DECISION_FIELDS } from '../replay/journal/payloads.ts';
import { RECORD_KINDS } from '../replay/journal/record-kind.ts';
import { Gauge } from '../shm/counters.ts';
import { EventRingProducer } from '../shm/event-ring.ts';
import { doubleIndex } from '../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';

const FULL_RING_DEADLINE_MS = 30_000;
const FULL_RING_NAP_MS = 1;
const SOURCE_ENDED = 0;
const INTERRUPTED = 1;

/** What execution tells the journal. */
export type ExecutionEventSink = Pick<ExecutionEvents, 'intent' | 'end'>;

/** A run that keeps no journal. */
export const NO_EXECUTION_EVENTS: ExecutionEventSink = { intent: () => undefined, end: () => undefined };

/** Writes execution's events into its ring. Nothing of it may be missing: a full ring is waited for. */
export class ExecutionEvents {
  private readonly region: Region;
  private readonly ring: EventRingProducer;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));

  constructor(region: Region) {
    this.region = region;
    this.ring = new EventRingProducer(region, 'execution');
  }

  /** An intent was taken and may be acted upon. */
  intent(intent: Intent): void {
    const at = this.claim(RECORD_KINDS.INTENT, 8 * DECISION_FIELDS.length, intent.decidedNs);
    const base = doubleIndex(at);
    for (let i = 0; i < DECISION_FIELDS.length; i++) this.region.doubles[base + i] = intent[DECISION_FIELDS[i]!];
    this.ring.commit();
    this.ring.publish();
  }

  /** Nothing more will come: the engine has taken the end of its source, or was stopped, or died. */
  end(): void {
    const hasSourceEnded = new Gauge(this.region, 'runEnded').value === 1;
    this.region.doubles[doubleIndex(this.claim(RECORD_KINDS.END, 8, 0))] = hasSourceEnded ? SOURCE_ENDED : INTERRUPTED;
    this.ring.commit();
    this.ring.publish();
  }

  private claim(kind: number, payloadBytes: number, stampNs: number): number {
    for (let waitedMs = 0; waitedMs < FULL_RING_DEADLINE_MS; waitedMs += FULL_RING_NAP_MS) {
      const at = this.ring.claim(kind, payloadBytes, stampNs);
      if (at !== INSUFFICIENT_CAPACITY) return at;
      Atomics.wait(this.nap, 0, 0, FULL_RING_NAP_MS);
    }
    throw new Error('the journal takes no more events: the ring of execution stayed full');
  }
}
