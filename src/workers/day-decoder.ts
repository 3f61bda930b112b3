import { Piscina } from 'piscina';
import type { DecodeDayRequest, DecodedDay } from '../adapters/parquet/read-day.ts';
import { decodeDay } from '../adapters/parquet/read-day.ts';
import { EigenScanner } from '../alpha/scanner/eigen-scanner.ts';
import { SIGNAL_VALUES } from '../model/frame.ts';
import { InputError } from '../model/input-error.ts';
import { attachDayBlock, type DayBlock } from '../shm/day-block.ts';
import type { DecodeDayAnswer } from './decode-day.pool.ts';
import type { DayFile, MarketDataWorkerOptions } from './messages.ts';
import { workerUrl } from './worker-url.ts';

export type DayDecoderOptions = Omit<MarketDataWorkerOptions, 'region' | 'wait' | 'speed'>;

export interface ReadyDay {
  readonly block: DayBlock;
  readonly sha256: string;
}

/** Young generation of a decoder thread: its garbage is short-lived columns, and memory matters more than a pause. */
const DECODER_YOUNG_GENERATION_MB = 8;

/**
 * Decoded days in order, one ahead of the one in use. The first is decoded on this thread, which has nothing else to do
 * yet; those after it by a pool, straight into shared memory. Days without signals get them from the scanner here, in
 * one pass over all days, before any of their frames is published (semantics §3).
 */
export class DayDecoder {
  private readonly files: readonly DayFile[];
  private readonly universe: readonly string[];
  private readonly pool: Piscina | null;
  private readonly scanner: EigenScanner | null;
  private readonly ahead: Promise<DecodedDay>[] = [];
  private asked = 0;
  private readonly lookAhead: number;

  constructor(options: DayDecoderOptions) {
    this.files = options.files;
    this.universe = options.universe;
    this.lookAhead = options.decoders;
    this.pool = options.files.length > 1 ? createPool(options.decoders) : null;
    this.scanner = options.needsScanner
      ? new EigenScanner({
          assets: options.universe.length,
          excluded: options.excluded,
          barIntervalMs: options.barIntervalMs,
          thresholds: options.scannerThresholds,
        })
      : null;
  }

  /** The next day; the ones behind it are being decoded meanwhile. */
  async next(): Promise<ReadyDay> {
    this.askAhead();
    const decoded = await (this.ahead.shift() as Promise<DecodedDay>);
    this.askAhead();
    const block = attachDayBlock(decoded.buffer, decoded.shape);
    if (this.scanner !== null) scanDay(this.scanner, block, decoded.day, decoded.hasSignals);
    return { block, sha256: decoded.sha256 };
  }

  async close(): Promise<void> {
    for (const promise of this.ahead) promise.catch(() => undefined); // their day is not wanted any more
    await this.pool?.destroy();
  }

  private askAhead(): void {
    while (this.asked < this.files.length && this.ahead.length < this.lookAhead) {
      const file = this.files[this.asked] as DayFile;
      const request = { path: file.path, day: file.day, bookPath: file.bookPath, universe: this.universe };
      this.ahead.push(this.asked === 0 || this.pool === null ? decodeDay(request) : decodeInPool(this.pool, request));
      this.asked++;
    }
  }
}

function createPool(threads: number): Piscina {
  return new Piscina({
    filename: workerUrl('decode-day.pool').href,
    minThreads: 1,
    maxThreads: threads,
    resourceLimits: { maxYoungGenerationSizeMb: DECODER_YOUNG_GENERATION_MB },
  });
}

async function decodeInPool(pool: Piscina, request: DecodeDayRequest): Promise<DecodedDay> {
  const answer: DecodeDayAnswer = await pool.run(request);
  if (answer.ok) return answer.day;
  throw answer.error.name === 'InputError' ? new InputError(answer.error.message) : new Error(answer.error.message);
}

/** Runs the scanner over the accepted scans of a day; writes its columns only where the file has none. */
function scanDay(scanner: EigenScanner, block: DayBlock, day: number, hasSignals: boolean): void {
  const { nsOfDay, scanNumbers, signals, prices, rows, assets } = block;
  const discarded = new Float64Array(SIGNAL_VALUES);
  let lastNumber = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    const number = scanNumbers[row] as number;
    if (!(number > lastNumber)) continue;
    lastNumber = number;
    const out = hasSignals ? discarded : signals;
    scanner.step(day, nsOfDay[row] as number, prices, row * assets, out, hasSignals ? 0 : row * SIGNAL_VALUES);
  }
}
