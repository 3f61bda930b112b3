import { createFrame, type FrameView } from '../../model/frame.ts';
import { unixNsFrom } from '../../model/time.ts';
import type { BarSink } from './bar-builder.ts';
import type { BarActivity } from './open-bars.ts';

/** Consecutive rows of one UTC day, column by column. Owns its memory. */
export interface BarRows {
  readonly day: number;
  readonly stampsNs: BigInt64Array;
  readonly scanNumbers: BigInt64Array;
  /** Per asset; NaN = not known yet. */
  readonly prices: readonly Float64Array[];
  readonly volumes: readonly Float64Array[];
  readonly trades: readonly BigInt64Array[];
}

/** A sink that keeps frames as groups of rows, for writing days: a group ends with its day or when it is full. */
export class RowGroups implements BarSink {
  readonly frame: FrameView;
  readonly #assets: number;
  readonly #capacity: number;
  readonly #complete: BarRows[] = [];
  #rows: BarRows | null = null;
  #count = 0;

  /** @param capacity - most rows of a group. */
  constructor(assets: number, capacity: number) {
    this.#assets = assets;
    this.#capacity = capacity;
    this.frame = createFrame(assets);
  }

  publish({ trades, volumes }: BarActivity): void {
    const { tsEventDay, tsEventNsOfDay, scanNumber, payload } = this.frame;
    if (this.#rows !== null && (this.#rows.day !== tsEventDay || this.#count === this.#capacity)) this.end();
    this.#rows ??= createRows(tsEventDay, this.#assets, this.#capacity);
    const rows = this.#rows;
    const at = this.#count++;
    rows.stampsNs[at] = unixNsFrom(tsEventDay, tsEventNsOfDay);
    rows.scanNumbers[at] = BigInt(scanNumber);
    for (let asset = 0; asset < this.#assets; asset++) {
      rows.prices[asset]![at] = payload[asset]!;
      rows.volumes[asset]![at] = volumes[asset]!;
      rows.trades[asset]![at] = BigInt(trades[asset]!);
    }
  }

  /** Ends the group in progress, if any. */
  end(): void {
    if (this.#rows !== null) this.#complete.push(firstRows(this.#rows, this.#count));
    this.#rows = null;
    this.#count = 0;
  }

  /** The oldest complete group that was not taken yet, or undefined. */
  take(): BarRows | undefined {
    return this.#complete.shift();
  }
}

function createRows(day: number, assets: number, capacity: number): BarRows {
  const perAsset = <T>(create: () => T): T[] => Array.from({ length: assets }, create);
  return {
    day,
    stampsNs: new BigInt64Array(capacity),
    scanNumbers: new BigInt64Array(capacity),
    prices: perAsset(() => new Float64Array(capacity)),
    volumes: perAsset(() => new Float64Array(capacity)),
    trades: perAsset(() => new BigInt64Array(capacity)),
  };
}

function firstRows({ day, stampsNs, scanNumbers, prices, volumes, trades }: BarRows, count: number): BarRows {
  return {
    day,
    stampsNs: stampsNs.subarray(0, count),
    scanNumbers: scanNumbers.subarray(0, count),
    prices: prices.map((column) => column.subarray(0, count)),
    volumes: volumes.map((column) => column.subarray(0, count)),
    trades: trades.map((column) => column.subarray(0, count)),
  };
}
