import type { ChannelMemory, Receiver, Sender, Transport } from './transport.ts';

/**
 * No ring at all: a counter, and V8's Atomics.wait and Atomics.notify on it. What a parked hop of any ring in this
 * runtime costs at least.
 */
export const waitNotifyTransport: Transport = {
  createMemory: () => ({ buffer: new SharedArrayBuffer(4), doubles: 0 }),
  createSender(memory): Sender {
    const words = new Int32Array(memory.buffer);
    return {
      send(sequence) {
        Atomics.store(words, 0, sequence + 1);
      },
      flush() {
        Atomics.notify(words, 0);
      },
    };
  },
  createReceiver: (memory) => new CountReceiver(memory),
};

class CountReceiver implements Receiver {
  readonly sum = 0;
  isParking = false;
  private readonly words: Int32Array;
  private taken = 0;

  constructor(memory: ChannelMemory) {
    this.words = new Int32Array(memory.buffer);
  }

  receive(): number {
    while (Atomics.load(this.words, 0) === this.taken) {
      if (this.isParking) Atomics.wait(this.words, 0, this.taken);
    }
    return this.taken++;
  }

  drain(): number {
    throw new Error('a counter carries no stream: it is for hops');
  }

  copySum(): number {
    return 0;
  }
}
