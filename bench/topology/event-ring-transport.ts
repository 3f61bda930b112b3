import { EventRingConsumer, EventRingProducer } from '../../src/shm/event-ring.ts';
import { DEFAULT_SLOTS, doubleIndex, EVENT_PAYLOAD } from '../../src/shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../../src/shm/record-ring.ts';
import { attachRegion, createRegion } from '../../src/shm/region.ts';
import { createTemplates, TEMPLATES } from './frames.ts';
import { type ChannelMemory, type Receiver, type Sender, SMALL_BYTES, type Transport } from './transport.ts';

const RECORDS = 1024;
const PAYLOAD_BYTES = SMALL_BYTES - EVENT_PAYLOAD;
const DOUBLES = PAYLOAD_BYTES / 8;
const KIND = 1;

/** Our event ring with records of 64 bytes, header included: the way from the machines to the journal. It spins here. */
export const eventRingTransport: Transport = {
  createMemory() {
    const { buffer } = createRegion({
      ...DEFAULT_SLOTS,
      assets: 1,
      hasAssetSignals: false,
      engineEventBytes: RECORDS * SMALL_BYTES,
    });
    return { buffer, doubles: DOUBLES };
  },
  createSender: (memory) => new EventSender(memory),
  createReceiver: (memory) => new EventReceiver(memory),
};

class EventSender implements Sender {
  private readonly ring: EventRingProducer;
  private readonly doubles: Float64Array;
  private readonly templates = createTemplates(DOUBLES);

  constructor(memory: ChannelMemory) {
    const region = attachRegion(memory.buffer);
    this.ring = new EventRingProducer(region, 'engine');
    this.doubles = region.doubles;
  }

  send(sequence: number): void {
    const { ring, doubles } = this;
    let at = ring.claim(KIND, PAYLOAD_BYTES, 0);
    while (at === INSUFFICIENT_CAPACITY) {
      ring.publish(); // a full ring shows what it holds
      at = ring.claim(KIND, PAYLOAD_BYTES, 0);
    }
    const template = this.templates[sequence % TEMPLATES]!;
    const base = doubleIndex(at);
    doubles[base] = sequence;
    for (let i = 1; i < DOUBLES; i++) doubles[base + i] = template[i]!;
    ring.commit();
  }

  flush(): void {
    this.ring.publish();
  }
}

class EventReceiver implements Receiver {
  sum = 0;
  isParking = false; // it always spins
  private readonly ring: EventRingConsumer;
  private readonly doubles: Float64Array;

  constructor(memory: ChannelMemory) {
    const region = attachRegion(memory.buffer);
    this.ring = new EventRingConsumer(region, 'engine');
    this.doubles = region.doubles;
  }

  receive(): number {
    while (!this.ring.poll()) {}
    const ends = this.ends();
    this.ring.release();
    return ends;
  }

  drain(limit: number): number {
    const { ring } = this;
    let taken = 0;
    while (taken < limit && ring.poll()) {
      this.sum += this.ends();
      taken++;
    }
    if (taken > 0) ring.release();
    return taken;
  }

  copySum(): number {
    return 0;
  }

  private ends(): number {
    const base = doubleIndex(this.ring.payloadOffset);
    return this.doubles[base]! + this.doubles[base + DOUBLES - 1]!;
  }
}
