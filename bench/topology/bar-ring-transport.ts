import { FRAME_SCAN } from '../../src/model/frame.ts';
import { BarRingConsumer, BarRingProducer } from '../../src/shm/bar-ring.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../../src/shm/doorbell.ts';
import { doubleIndex, SLOT_PAYLOAD } from '../../src/shm/layout.ts';
import { attachRegion, createRegion, type Region } from '../../src/shm/region.ts';
import {
  addEnds,
  addUp,
  COPY_BYTES,
  copiedFrames,
  createTemplates,
  type FrameBytes,
  type Reads,
  regionShape,
  TEMPLATES,
} from './frames.ts';
import type { ChannelMemory, Receiver, Sender, Transport } from './transport.ts';

/** Our bar ring, used as the workers use it: claim, write in place, commit, publish; poll, read in place, release. */
export const barRingTransport: Transport = {
  createMemory(bytes, reads) {
    const shape = regionShape(bytes as FrameBytes);
    const { buffer, layout } = createRegion(reads === 'copy' ? { ...shape, engineEventBytes: COPY_BYTES } : shape);
    return { buffer, doubles: layout.payloadValues + layout.assetVelDivValues };
  },
  createSender: (memory) => new BarSender(memory),
  createReceiver: (memory, reads) => new BarReceiver(memory, reads),
};

class BarSender implements Sender {
  private readonly producer: BarRingProducer;
  private readonly payloads: readonly Float64Array[];
  private readonly assetVelDivs: readonly Float64Array[];
  private readonly hasAssetVelDivs: boolean;

  constructor(memory: ChannelMemory) {
    const region = attachRegion(memory.buffer);
    const { payloadValues } = region.layout;
    const templates = createTemplates(memory.doubles);
    this.producer = new BarRingProducer(region);
    this.payloads = templates.map((template) => template.slice(0, payloadValues));
    this.assetVelDivs = templates.map((template) => template.slice(payloadValues));
    this.hasAssetVelDivs = region.shape.hasAssetSignals;
  }

  send(sequence: number): void {
    const { producer } = this;
    while (!producer.claim()) producer.publish(); // a full ring shows what it holds
    const { frame } = producer;
    frame.kind = FRAME_SCAN;
    frame.scanNumber = sequence;
    frame.payload.set(this.payloads[sequence % TEMPLATES]!);
    if (this.hasAssetVelDivs) frame.assetVelDivs.set(this.assetVelDivs[sequence % TEMPLATES]!);
    frame.payload[0] = sequence;
    producer.commit();
  }

  flush(): void {
    this.producer.publish();
  }
}

class BarReceiver implements Receiver {
  sum = 0;
  isParking = false;
  private readonly region: Region;
  private readonly consumer: BarRingConsumer;
  private readonly bell: Doorbell;
  private readonly reads: Reads;
  private readonly hasAssetVelDivs: boolean;
  private readonly doubles: number;
  private readonly copies: number;
  private copied = 0;

  constructor(memory: ChannelMemory, reads: Reads) {
    const region = attachRegion(memory.buffer);
    this.region = region;
    this.consumer = new BarRingConsumer(region);
    this.bell = new Doorbell(region, 'barData');
    this.reads = reads;
    this.hasAssetVelDivs = region.shape.hasAssetSignals;
    this.doubles = memory.doubles;
    this.copies = reads === 'copy' ? copiedFrames(region.layout.barStrideBytes) : 0;
  }

  receive(): number {
    const { consumer } = this;
    while (!consumer.poll()) if (this.isParking) this.bell.park(consumer.isDataReady, PARK_TIMEOUT_MS);
    const seen = this.ends();
    consumer.release();
    return seen;
  }

  drain(limit: number): number {
    const { consumer } = this;
    let taken = 0;
    while (taken < limit && consumer.poll()) {
      this.sum += this.reads === 'all' ? this.all() : this.ends();
      if (this.reads === 'copy') this.copyOn();
      taken++;
    }
    if (taken > 0) consumer.release();
    return taken;
  }

  copySum(): number {
    let sum = 0;
    for (let i = 0; i < Math.min(this.copied, this.copies); i++) {
      const payload = doubleIndex(this.copyOffset(i) + SLOT_PAYLOAD);
      sum += addUp(this.region.doubles.subarray(payload, payload + this.doubles));
    }
    return sum;
  }

  /** The whole slot, as the engine hands it to the journal. */
  private copyOn(): void {
    const { slotOffset } = this.consumer;
    const { bytes, layout } = this.region;
    bytes.copyWithin(this.copyOffset(this.copied % this.copies), slotOffset, slotOffset + layout.barStrideBytes);
    this.copied++;
  }

  private copyOffset(copy: number): number {
    return this.region.layout.engineEvents + copy * this.region.layout.barStrideBytes;
  }

  private all(): number {
    const { payload, assetVelDivs } = this.consumer.frame;
    return this.hasAssetVelDivs ? addUp(payload) + addUp(assetVelDivs) : addUp(payload);
  }

  private ends(): number {
    const { payload, assetVelDivs } = this.consumer.frame;
    return this.hasAssetVelDivs ? payload[0]! + assetVelDivs[assetVelDivs.length - 1]! : addEnds(payload);
  }
}
