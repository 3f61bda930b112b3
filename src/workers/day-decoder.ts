import type { Piscina } from 'piscina';
import { decodeAnyDay } from '../adapters/day-folder/decode.ts';
import type { DecodeDayRequest, DecodedDay } from '../adapters/parquet/read-day.ts';
import { EigenScanner } from '../alpha/scanner/eigen-scanner.ts';
import { InputError } from '../model/input-error.ts';
import { BAR_MS } from '../model/resolution.ts';
import type { BarScanner } from '../replay/day-frames.ts';
import { attachDayBlock, type DayBlock } from '../shm/day-block.ts';
import { BarStream } from './bar-stream.ts';
import type { DecodeDayAnswer } from './decode-day.pool.ts';
import type { DayFile, MarketDataWorkerOptions } from './messages.ts';
import { scanDay } from './scan-day.ts';
import { workerUrl } from './worker-url.ts';

export type DayDecoderOptions = Omit<MarketDataWorkerOptions, 'region' | 'wait' | 'speed' | 'journalled'>;

export interface ReadyDay {
  readonly block: DayBlock;
  readonly sha256: string;
  /** Of the order-book file, or null. */
  readonly bookSha256: string | null;
  /** Its 0.1 s bars; null where the resolution does not ask for them. */
  readonly bars: BarStream | null;
  /** Gives every bar signals of its own (`scanner_rate: 10hz`), or null. Its days must be taken in order and whole. */
  readonly barScanner: BarScanner | null;
}

/** Young generation of a decoder thread: its garbage is short-lived columns, and memory matters more than a pause. */
const DECODER_YOUNG_GENERATION_MB = 8;

/**
 * Decoded days in order, one ahead of the one in use. The first is decoded on this thread, which has nothing else to do
 * yet; those after it by a pool, straight into shared memory. Days without signals get them from the scanner here, in
 * one pass over all days, before any of their frames is published (semantics §3). 0.1 s bars, where they are asked for,
 * come with their day as a stream of blocks.
 */
export class DayDecoder {
  private readonly files: readonly DayFile[];
  private readonly universe: readonly string[];
  private readonly pool: Piscina | null;
  private readonly barPool: Piscina | null;
  private readonly scanner: EigenScanner | null;
  private readonly barScanner: EigenScanner | null;
  /** Bars of the next day: their first block is decoded while the day before is in use. */
  private barsAhead: BarStream | null = null;
  private taken = 0;
  private readonly ahead: Promise<DecodedDay>[] = [];
  private readonly lookAhead: number;
  private readonly goesOn: () => boolean;
  private asked = 0;
  /** Buffer of the day in use, and those that nobody reads any more. */
  private inUse: SharedArrayBuffer | null = null;
  private readonly free: SharedArrayBuffer[] = [];

  /** @param goesOn - asked before each scan that the scanner computes; false ends the work, {@link next} is then null. */
  static async create(options: DayDecoderOptions, goesOn: () => boolean): Promise<DayDecoder> {
    const hasBars = options.files.some(({ barsPath }) => barsPath !== null);
    const pool = options.files.length > 1 ? await createPool('decode-day.pool', options.decoders) : null;
    return new DayDecoder(options, goesOn, pool, hasBars ? await createPool('decode-bars.pool', 1) : null);
  }

  private constructor(
    options: DayDecoderOptions,
    goesOn: () => boolean,
    pool: Piscina | null,
    barPool: Piscina | null,
  ) {
    this.files = options.files;
    this.universe = options.universe;
    this.lookAhead = options.decoders;
    this.goesOn = goesOn;
    this.pool = pool;
    this.barPool = barPool;
    const isTenHertz = options.scannerRate === '10hz';
    this.scanner =
      options.needsScanner && options.scannerMode === 'ahead' && !isTenHertz
        ? createScanner(options, options.barIntervalMs)
        : null;
    this.barScanner = isTenHertz ? createScanner(options, BAR_MS) : null;
    this.barsAhead = this.openBars(0);
  }

  /** Begins to read before anybody asks: while the engine warms up. */
  begin(): void {
    this.askAhead();
  }

  /** The next day; the ones behind it are being decoded meanwhile. The day before must not be read any more. */
  async next(): Promise<ReadyDay | null> {
    if (this.inUse !== null) this.free.push(this.inUse);
    this.askAhead();
    const decoded = await (this.ahead.shift() as Promise<DecodedDay>);
    this.inUse = decoded.buffer;
    this.askAhead();
    const block = attachDayBlock(decoded.buffer, decoded.shape);
    const { scanner } = this;
    if (scanner !== null && !scanDay(scanner, block, decoded.day, decoded.hasSignals, this.goesOn)) return null;
    const bars = this.barsAhead;
    this.barsAhead = this.openBars(++this.taken);
    return { block, sha256: decoded.sha256, bookSha256: decoded.bookSha256, bars, barScanner: this.barScanner };
  }

  async close(): Promise<void> {
    await this.pool?.destroy();
    await this.barPool?.destroy();
  }

  private openBars(index: number): BarStream | null {
    const file = this.files[index];
    if (this.barPool === null || file === undefined || file.barsPath === null) return null;
    return new BarStream({ pool: this.barPool, path: file.barsPath, day: file.day, universe: this.universe });
  }

  private askAhead(): void {
    while (this.asked < this.files.length && this.ahead.length < this.lookAhead) {
      const file = this.files[this.asked] as DayFile;
      const { path, day, bookPath } = file;
      const request = { path, day, bookPath, universe: this.universe, reuse: this.free.pop() };
      const decoded = this.asked === 0 || this.pool === null ? decodeAnyDay(request) : decodeInPool(this.pool, request);
      decoded.catch(() => undefined); // a bad file is an error when its turn comes, not when it is found
      this.ahead.push(decoded);
      this.asked++;
    }
  }
}

function createScanner(
  { universe, excluded, scannerThresholds }: DayDecoderOptions,
  barIntervalMs: number,
): EigenScanner {
  return new EigenScanner({ assets: universe.length, excluded, barIntervalMs, thresholds: scannerThresholds });
}

/** Loaded when it is needed: a run of one day has no use for a pool. */
async function createPool(entry: 'decode-day.pool' | 'decode-bars.pool', threads: number): Promise<Piscina> {
  const piscina = await import('piscina');
  return new piscina.Piscina({
    filename: workerUrl(entry).href,
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
