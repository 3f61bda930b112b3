import { INTENT_FIELDS, TAPE_FIELDS, type TapeKind, type TapeSink } from '../model/execution-tape.ts';
import type { Intent } from '../model/intent.ts';
import { writeFields } from '../replay/journal/record-fields.ts';
import { RECORD_KINDS } from '../replay/journal/record-kind.ts';
import { TAPE_RECORDS } from '../replay/journal/tape-records.ts';
import { Gauge } from '../shm/counters.ts';
import { EventRingProducer } from '../shm/event-ring.ts';
import { doubleIndex } from '../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';

const FULL_RING_DEADLINE_MS = 30_000;
const FULL_RING_NAP_MS = 1;
const SOURCE_ENDED = 0;
const INTERRUPTED = 1;

/** What execution tells the journal of a run whose fills are analytic. */
export interface ExecutionEventSink {
  /** An intent was taken and may be acted upon. */
  intent(intent: Intent): void;
  /** Nothing more will come: the engine has taken the end of its source, or was stopped, or died. */
  end(): void;
}

/** What execution tells the journal of a routed run: the tape of its machine, whose intents are the only record of them. */
export interface ExecutionTape extends TapeSink {
  /** Hands on what was written so far; to be called when an input has been handled. */
  flush(): void;
  /** As of {@link ExecutionEventSink}. */
  end(): void;
}

/** A run that keeps no journal. */
export const NO_EXECUTION_EVENTS: ExecutionEventSink & ExecutionTape = {
  intent: () => undefined,
  write: () => undefined,
  flush: () => undefined,
  end: () => undefined,
};

/** Writes execution's events into its ring. Nothing of it may be missing: a full ring is waited for. */
export class ExecutionEvents implements ExecutionEventSink, ExecutionTape {
  private readonly region: Region;
  private readonly ring: EventRingProducer;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));

  constructor(region: Region) {
    this.region = region;
    this.ring = new EventRingProducer(region, 'execution');
  }

  intent(intent: Intent): void {
    const at = this.claim(RECORD_KINDS.INTENT, 8 * INTENT_FIELDS.length, intent.decidedNs);
    writeFields(this.region.doubles, doubleIndex(at), INTENT_FIELDS, intent);
    this.ring.commit();
    this.ring.publish();
  }

  write(kind: TapeKind, values: Float64Array): void {
    const { length } = TAPE_FIELDS[kind];
    const base = doubleIndex(this.claim(TAPE_RECORDS[kind], 8 * length, 0));
    for (let i = 0; i < length; i++) this.region.doubles[base + i] = values[i]!;
    this.ring.commit();
  }

  flush(): void {
    this.ring.publish();
  }

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
      // What one input writes may be more than the ring holds: its reader must see it to make room.
      this.ring.publish();
      Atomics.wait(this.nap, 0, 0, FULL_RING_NAP_MS);
    }
    throw new Error('the journal takes no more events: the ring of execution stayed full');
  }
}
