import { FRAME_SCAN } from '../../src/model/frame.ts';
import { BarRingConsumer, BarRingProducer } from '../../src/shm/bar-ring.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../../src/shm/doorbell.ts';
import { attachRegion, createRegion } from '../../src/shm/region.ts';
import { addEnds, addUp, createTemplates, regionShape, TEMPLATES } from './frames.ts';
import type { ChannelMemory, Receiver, Sender, Transport } from './transport.ts';

/** Our bar ring, used as the workers use it: claim, write in place, commit, publish; poll, read in place, release. */
export const dolphinTransport: Transport = {
  createMemory(bytes) {
    const { buffer, layout } = createRegion(regionShape(bytes));
    return { buffer, doubles: layout.payloadValues + layout.assetVelDivValues };
  },
  createSender: (memory) => new BarSender(memory),
  createReceiver: (memory, readsAll) => new BarReceiver(memory, readsAll),
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
  private readonly consumer: BarRingConsumer;
  private readonly bell: Doorbell;
  private readonly readsAll: boolean;
  private readonly hasAssetVelDivs: boolean;

  constructor(memory: ChannelMemory, readsAll: boolean) {
    const region = attachRegion(memory.buffer);
    this.consumer = new BarRingConsumer(region);
    this.bell = new Doorbell(region, 'barData');
    this.readsAll = readsAll;
    this.hasAssetVelDivs = region.shape.hasAssetSignals;
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
      this.sum += this.readsAll ? this.all() : this.ends();
      taken++;
    }
    if (taken > 0) consumer.release();
    return taken;
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
