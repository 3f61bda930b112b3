import type { FrameBytes } from './frames.ts';

/** Writing end of a one-way channel of whole frames. One thread. */
export interface Sender {
  /** Copies frame number `sequence` in, waiting while the channel is full; the reader may not see it before flush(). */
  send(sequence: number): void;
  /** Makes everything sent visible. */
  flush(): void;
}

/** Reading end. One thread. */
export interface Receiver {
  /** Sleeps while there is nothing, else spins; starts as false. A channel that cannot sleep ignores it. */
  isParking: boolean;
  /** Waits for the next frame; its first double plus its last. */
  receive(): number;
  /** Takes up to `limit` frames that are there; returns how many, and adds what it reads of them to `sum`. */
  drain(limit: number): number;
  /** Sum over all drained frames. */
  readonly sum: number;
}

/** Shared memory of one channel, created by the main thread and handed to both ends. */
export interface ChannelMemory {
  readonly buffer: SharedArrayBuffer;
  readonly doubles: number;
}

/** How a kind of channel is made. */
export interface Transport {
  createMemory(bytes: FrameBytes): ChannelMemory;
  createSender(memory: ChannelMemory): Sender;
  /** @param readsAll - drain() reads every double, else only the first and the last of a frame. */
  createReceiver(memory: ChannelMemory, readsAll: boolean): Receiver;
}

export type TransportName = 'dolphin' | 'ringbuf';

/** Loads a transport by name; ringbuf.js is a development dependency and may be absent. */
export async function loadTransport(name: TransportName): Promise<Transport> {
  if (name === 'dolphin') return (await import('./dolphin-transport.ts')).dolphinTransport;
  return (await import('./ringbuf-transport.ts')).ringbufTransport;
}
