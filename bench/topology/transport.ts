import type { FrameBytes, Reads } from './frames.ts';

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
  /** Sum over the copies, for a receiver that makes some; else 0. */
  copySum(): number;
}

/** Shared memory of one channel, created by the main thread and handed to both ends. */
export interface ChannelMemory {
  readonly buffer: SharedArrayBuffer;
  /** Of a frame's contents. */
  readonly doubles: number;
}

/** A record of 64 bytes travels over the event ring, a frame over the bar ring. */
export const SMALL_BYTES = 64;
export type MessageBytes = FrameBytes | typeof SMALL_BYTES;

/** How a kind of channel is made. */
export interface Transport {
  createMemory(bytes: MessageBytes, reads: Reads): ChannelMemory;
  createSender(memory: ChannelMemory): Sender;
  /** @param reads - what drain() does with a frame. */
  createReceiver(memory: ChannelMemory, reads: Reads): Receiver;
}

export type TransportName = 'bar-ring' | 'event-ring' | 'ringbuf' | 'wait-notify';

/** Loads a transport by name; ringbuf.js is a development dependency and may be absent. */
export async function loadTransport(name: TransportName): Promise<Transport> {
  if (name === 'bar-ring') return (await import('./bar-ring-transport.ts')).barRingTransport;
  if (name === 'event-ring') return (await import('./event-ring-transport.ts')).eventRingTransport;
  if (name === 'wait-notify') return (await import('./wait-notify-transport.ts')).waitNotifyTransport;
  return (await import('./ringbuf-transport.ts')).ringbufTransport;
}
