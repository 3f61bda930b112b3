import { BOOK_VALUES, SIGNAL_VALUES } from '../model/frame.ts';

/**
 * A decoded day in one SharedArrayBuffer: written by a decoder, read by the market-data worker, never both at once.
 *
 * ```
 *  byte 0        rows x 8            nsOfDay        ns since 00:00 UTC, exact, file order
 *                rows x 8            scanNumbers
 *                rows x 7 x 8        signals        row-major, model/frame.ts SIGNAL_FIELDS, NaN = missing
 *                rows x assets x 8   prices         row-major, universe order, NaN = null
 *                books x 8           bookNsOfDay    ascending, ties in file order
 *                books x 8           bookAssets     index in the universe
 *                books x 20 x 8      bookValues     row-major, BOOK_FIELDS
 *                rows x assets x 8   assetVelDivs   row-major, universe order; only with hasAssetVelDivs
 * ```
 * Everything is Float64, so one element type reaches every call site.
 */
export interface DayBlockShape {
  readonly rows: number;
  readonly assets: number;
  readonly books: number;
  /** Every scan brings a divergence per asset (semantics §4.1); default none does. */
  readonly hasAssetVelDivs?: boolean | undefined;
}

export interface DayBlock extends DayBlockShape {
  readonly buffer: SharedArrayBuffer;
  readonly nsOfDay: Float64Array;
  readonly scanNumbers: Float64Array;
  readonly signals: Float64Array;
  readonly prices: Float64Array;
  readonly bookNsOfDay: Float64Array;
  readonly bookAssets: Float64Array;
  readonly bookValues: Float64Array;
  /** Length 0 without hasAssetVelDivs. */
  readonly assetVelDivs: Float64Array;
}

/** Bytes that a block of this shape needs. */
export function dayBlockBytes(shape: DayBlockShape): number {
  const { rows, assets, books } = shape;
  const perAsset = shape.hasAssetVelDivs === true ? 2 : 1;
  return 8 * (rows * (2 + SIGNAL_VALUES + perAsset * assets) + books * (2 + BOOK_VALUES));
}

/** Allocates a zeroed block. */
export function createDayBlock(shape: DayBlockShape): DayBlock {
  return attachDayBlock(new SharedArrayBuffer(dayBlockBytes(shape)), shape);
}

/**
 * Views over a block that another thread wrote. The buffer may be larger than its shape needs: blocks are used again
 * for days of other lengths.
 * @throws RangeError when the buffer is too small for the shape.
 */
export function attachDayBlock(buffer: SharedArrayBuffer, shape: DayBlockShape): DayBlock {
  const expected = dayBlockBytes(shape);
  if (buffer.byteLength < expected) {
    throw new RangeError(`day block must have at least ${expected} bytes for its shape, had ${buffer.byteLength}`);
  }
  const { rows, assets, books } = shape;
  let offset = 0;
  const next = (length: number): Float64Array => {
    const view = new Float64Array(buffer, offset, length);
    offset += length * 8;
    return view;
  };
  return {
    rows,
    assets,
    books,
    hasAssetVelDivs: shape.hasAssetVelDivs === true,
    buffer,
    nsOfDay: next(rows),
    scanNumbers: next(rows),
    signals: next(rows * SIGNAL_VALUES),
    prices: next(rows * assets),
    bookNsOfDay: next(books),
    bookAssets: next(books),
    bookValues: next(books * BOOK_VALUES),
    assetVelDivs: next(shape.hasAssetVelDivs === true ? rows * assets : 0),
  };
}
