/**
 * Consecutive 0.1 s bars of one day in one SharedArrayBuffer: written by a decoder, read by the market-data worker, never
 * both at once. A day of 400 assets is 2.7 GB of prices, so bars travel in blocks, one row group of their file each.
 *
 * ```
 *  byte 0        rows x 8            nsOfDay        ns since 00:00 UTC, exact, strictly ascending
 *                rows x assets x 8   prices         row-major, universe order, NaN = null
 * ```
 */
export interface BarBlockShape {
  /** 1 or more. */
  readonly rows: number;
  readonly assets: number;
}

export interface BarBlock extends BarBlockShape {
  readonly buffer: SharedArrayBuffer;
  readonly nsOfDay: Float64Array;
  readonly prices: Float64Array;
}

/** Bytes that a block of this shape needs. */
export function barBlockBytes({ rows, assets }: BarBlockShape): number {
  return 8 * rows * (1 + assets);
}

/**
 * Views over a block. The buffer may be larger than its shape needs: blocks are used again.
 * @throws RangeError when the buffer is too small for the shape.
 */
export function attachBarBlock(buffer: SharedArrayBuffer, shape: BarBlockShape): BarBlock {
  const { rows, assets } = shape;
  const expected = barBlockBytes(shape);
  if (buffer.byteLength < expected) {
    throw new RangeError(`bar block must have at least ${expected} bytes for its shape, had ${buffer.byteLength}`);
  }
  return {
    rows,
    assets,
    buffer,
    nsOfDay: new Float64Array(buffer, 0, rows),
    prices: new Float64Array(buffer, rows * 8, rows * assets),
  };
}

/** A block of this shape: over `reuse` where that is large enough, else over new memory. Contents are not cleared. */
export function barBlockOf(shape: BarBlockShape, reuse: SharedArrayBuffer | null = null): BarBlock {
  const bytes = barBlockBytes(shape);
  const buffer = reuse !== null && reuse.byteLength >= bytes ? reuse : new SharedArrayBuffer(bytes);
  return attachBarBlock(buffer, shape);
}
