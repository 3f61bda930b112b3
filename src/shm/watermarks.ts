import { Doorbell } from './doorbell.ts';
import { type StreamName, WATERMARK_DURABLE, WATERMARK_WRITTEN, watermarkOffset, wordIndex } from './layout.ts';
import type { Region } from './region.ts';

/**
 * How far a machine's events have come: counts of its event ring, Int32, wrapping. `written` survives `kill -9`,
 * `durable` a power loss. Set by the journal worker alone.
 */
export class WatermarkWriter {
  readonly #words: Int32Array;
  readonly #written: number;
  readonly #durable: number;
  readonly #bell: Doorbell;

  constructor(region: Region, stream: StreamName) {
    const offset = watermarkOffset(region.layout, stream);
    this.#words = region.words;
    this.#written = wordIndex(offset + WATERMARK_WRITTEN);
    this.#durable = wordIndex(offset + WATERMARK_DURABLE);
    this.#bell = new Doorbell(region, 'intentData');
  }

  /** Announces counts of events and wakes execution, which may wait for them. */
  advance(written: number, durable: number): void {
    Atomics.store(this.#words, this.#durable, durable | 0);
    Atomics.store(this.#words, this.#written, written | 0);
    this.#bell.ring();
  }
}

/** One of a stream's two watermarks, for whoever may act only behind it. */
export class WatermarkReader {
  readonly #words: Int32Array;
  readonly #index: number;

  constructor(region: Region, stream: StreamName, which: 'written' | 'durable') {
    const offset = watermarkOffset(region.layout, stream);
    this.#words = region.words;
    this.#index = wordIndex(offset + (which === 'written' ? WATERMARK_WRITTEN : WATERMARK_DURABLE));
  }

  /** Events covered so far; wraps at 2^31. */
  get count(): number {
    return Atomics.load(this.#words, this.#index);
  }

  /** True when event number `sequence` (from 0) of the stream is covered. */
  covers(sequence: number): boolean {
    return ((this.count - ((sequence + 1) | 0)) | 0) >= 0;
  }
}
