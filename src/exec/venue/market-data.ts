/** Levels of one side of a book: `count` prices and sizes, in any order. Quote currency and base units. */
export interface BookLevels {
  count: number;
  px: Float64Array;
  /** Absolute size of the level; 0 takes it away. */
  qty: Float64Array;
}

/** A book, or changes of one: a reusable record. */
export interface BookUpdate {
  assetIndex: number;
  tsEventDay: number;
  tsEventNsOfDay: number;
  /** True: this is the whole book, as deep as it goes. False: the levels that have changed. */
  isSnapshot: boolean;
  readonly bids: BookLevels;
  readonly asks: BookLevels;
}

/** @param levels - most levels of a side. */
export function createBookUpdate(levels: number): BookUpdate {
  const side = (): BookLevels => ({ count: 0, px: new Float64Array(levels), qty: new Float64Array(levels) });
  return { assetIndex: 0, tsEventDay: 0, tsEventNsOfDay: 0, isSnapshot: false, bids: side(), asks: side() };
}

/** Best bid and ask with their sizes: a reusable record. Quote currency and base units. */
export interface TopOfBook {
  assetIndex: number;
  tsEventDay: number;
  tsEventNsOfDay: number;
  bidPx: number;
  bidQty: number;
  askPx: number;
  askQty: number;
}

/** One trade of other people: a reusable record. */
export interface Print {
  assetIndex: number;
  tsEventDay: number;
  tsEventNsOfDay: number;
  px: number;
  qty: number;
  /** Side of who took: BUY lifted an ask, SELL hit a bid (Binance: `m` true); 0 = not known. */
  aggressor: number;
}

export function createTopOfBook(): TopOfBook {
  return {
    assetIndex: 0,
    tsEventDay: 0,
    tsEventNsOfDay: 0,
    bidPx: Number.NaN,
    bidQty: Number.NaN,
    askPx: Number.NaN,
    askQty: Number.NaN,
  };
}

export function createPrint(): Print {
  return { assetIndex: 0, tsEventDay: 0, tsEventNsOfDay: 0, px: Number.NaN, qty: Number.NaN, aggressor: 0 };
}
