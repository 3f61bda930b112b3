import { RingBuffer } from 'ringbuf.js';
import { addEnds, addUp, createTemplates, type Reads, TEMPLATES } from './frames.ts';
import type { ChannelMemory, Receiver, Sender, Transport } from './transport.ts';

const SLOTS = 1024;

/** ringbuf.js (Paul Adenot): copies in, copies out, spins; it has no way to sleep and publishes every push. */
export const ringbufTransport: Transport = {
  createMemory(bytes) {
    const doubles = bytes / 8;
    return { buffer: RingBuffer.getStorageForCapacity(SLOTS * doubles, Float64Array), doubles };
  },
  createSender(memory): Sender {
    const ring = new RingBuffer(memory.buffer, Float64Array);
    const templates = createTemplates(memory.doubles);
    const { doubles } = memory;
    return {
      send(sequence) {
        const frame = templates[sequence % TEMPLATES]!;
        frame[0] = sequence;
        while (ring.availableWrite() < doubles) {}
        ring.push(frame);
      },
      flush() {},
    };
  },
  createReceiver(memory, reads): Receiver {
    return new RingbufReceiver(memory, reads);
  },
};

class RingbufReceiver implements Receiver {
  sum = 0;
  isParking = false; // it always spins
  private readonly ring: RingBuffer;
  private readonly frame: Float64Array;
  private readonly reads: Reads;

  constructor(memory: ChannelMemory, reads: Reads) {
    this.reads = reads;
    this.ring = new RingBuffer(memory.buffer, Float64Array);
    this.frame = new Float64Array(memory.doubles);
  }

  receive(): number {
    const { ring, frame } = this;
    while (ring.availableRead() < frame.length) {}
    ring.pop(frame);
    return addEnds(frame);
  }

  drain(limit: number): number {
    const { ring, frame } = this;
    let taken = 0;
    while (taken < limit && ring.availableRead() >= frame.length) {
      ring.pop(frame);
      this.sum += this.reads === 'all' ? addUp(frame) : addEnds(frame);
      taken++;
    }
    return taken;
  }

  copySum(): number {
    return 0;
  }
}
