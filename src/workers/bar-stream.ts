import type { Piscina } from 'piscina';
import { type BarFile, requireForward } from '../adapters/parquet/read-bars.ts';
import { InputError } from '../model/input-error.ts';
import { attachBarBlock, type BarBlock } from '../shm/bar-block.ts';
import type { DecodeBarsAnswer, DecodeBarsRequest, DecodedBars } from './decode-bars.pool.ts';

export interface BarStreamOptions {
  /** Of one thread, with the task of decode-bars.pool.ts. */
  readonly pool: Piscina;
  readonly path: string;
  /** UTC day number of the file's date. */
  readonly day: number;
  /** Symbols of the run in index order. */
  readonly universe: readonly string[];
}

/**
 * The 0.1 s bars of one day, block by block, one decoded ahead of the one in use: two blocks of memory, whatever the
 * length of the day. Decoding begins at once.
 */
export class BarStream {
  private readonly options: BarStreamOptions;
  private readonly file: Pick<BarFile, 'path' | 'day'>;
  private ahead: Promise<DecodedBars>;
  private group = 0;
  private inUse: SharedArrayBuffer | null = null;
  private lastNsOfDay = -1;
  private hash: string | null = null;

  constructor(options: BarStreamOptions) {
    this.options = options;
    this.file = { path: options.path, day: options.day };
    this.ahead = this.decode(null);
  }

  /** SHA-256 of the file, lower-case hex; null until {@link next} answered null. */
  get sha256(): string | null {
    return this.hash;
  }

  /**
   * The next block, or null behind the last one. The block before must not be read any more.
   * @throws InputError when the file is damaged, or its stamps do not go forward.
   */
  async next(): Promise<BarBlock | null> {
    for (;;) {
      if (this.hash !== null) return null;
      const decoded = await this.ahead;
      if (decoded.kind === 'end') {
        this.hash = decoded.sha256;
        return null;
      }
      this.group++;
      const free = this.inUse;
      this.inUse = decoded.kind === 'block' ? decoded.buffer : null;
      this.ahead = this.decode(free);
      if (decoded.kind === 'block') return this.checked(attachBarBlock(decoded.buffer, decoded.shape));
    }
  }

  private checked(block: BarBlock): BarBlock {
    requireForward(this.file, block.nsOfDay.subarray(0, 1), this.lastNsOfDay);
    this.lastNsOfDay = block.nsOfDay[block.rows - 1] as number;
    return block;
  }

  private decode(reuse: SharedArrayBuffer | null): Promise<DecodedBars> {
    const { pool, path, day, universe } = this.options;
    const decoded = decodeInPool(pool, { path, day, universe, group: this.group, reuse });
    decoded.catch(() => undefined); // a bad file is an error when its turn comes, not when it is found
    return decoded;
  }
}

async function decodeInPool(pool: Piscina, request: DecodeBarsRequest): Promise<DecodedBars> {
  const answer: DecodeBarsAnswer = await pool.run(request);
  if (answer.ok) return answer.bars;
  throw answer.error.name === 'InputError' ? new InputError(answer.error.message) : new Error(answer.error.message);
}
