import { EventRingConsumer } from '../../shm/event-ring.ts';
import { readWorkerState } from '../../shm/heartbeats.ts';
import { doubleIndex } from '../../shm/layout.ts';
import type { Region } from '../../shm/region.ts';
import { WatermarkReader } from '../../shm/watermarks.ts';
import { type EngineResult, readResult } from './result-record.ts';

interface HeldResult {
  readonly eventsBefore: number;
  readonly result: EngineResult;
}

/**
 * The memory worker's end of the ring `results`. It empties the ring at once, so that the engine always finds room, and
 * holds each result back until the journal has what led to it. Without a journal nothing is held.
 */
export class ResultInlet {
  private readonly region: Region;
  private readonly ring: EventRingConsumer;
  private readonly watermark: WatermarkReader | null;
  private readonly held: HeldResult[] = [];

  /** @param watermark - of the engine's stream; null in a run without a journal. */
  constructor(region: Region, watermark: 'written' | 'durable' | null) {
    this.region = region;
    this.ring = new EventRingConsumer(region, 'results');
    this.watermark = watermark === null ? null : new WatermarkReader(region, 'engine', watermark);
  }

  /** For the idle strategy: something is in the ring. */
  isDataReady(): boolean {
    return this.ring.isDataReady();
  }

  /** True while results wait for the journal, and may still get there. */
  get isHolding(): boolean {
    return this.held.length > 0 && !this.isJournalGone();
  }

  /** Empties the ring and hands over, in order, the results that may be published; their number. */
  take(onResult: (result: EngineResult) => void): number {
    const { ring, region, held } = this;
    while (ring.poll()) {
      const base = doubleIndex(ring.payloadOffset);
      const eventsBefore = region.doubles[base] as number;
      held.push({ eventsBefore, result: readResult(ring.kind, region.doubles, base) });
    }
    ring.release();
    let taken = 0;
    while (taken < held.length && this.isKept(held[taken] as HeldResult)) taken++;
    for (const { result } of held.splice(0, taken)) onResult(result);
    return taken;
  }

  private isKept({ eventsBefore }: HeldResult): boolean {
    return this.watermark === null || this.watermark.covers(eventsBefore - 1);
  }

  /** What a journal that has ended did not write, nobody may learn. */
  private isJournalGone(): boolean {
    const state = readWorkerState(this.region, 'JOURNAL');
    return state === 'STOPPED' || state === 'FAILED';
  }
}
