import {
  DEPTH_LEVELS,
  FUNDING_MARK_PX,
  FUNDING_RATE,
  QUOTE_ASK_PX,
  QUOTE_ASK_QTY,
  QUOTE_BID_PX,
  QUOTE_BID_QTY,
  TICK_DEPTH,
  TICK_FUNDING,
  TICK_MARK,
  TICK_QUOTE,
  TICK_TRADE,
  type Tick,
  TRADE_AGGRESSOR,
  TRADE_PX,
  TRADE_QTY,
} from '../../model/tick.ts';
import { BookVenue } from './book-venue.ts';
import { type BookLevels, createBookUpdate, createPrint, createTopOfBook } from './market-data.ts';
import type { SimulatedVenue } from './simulated-venue.ts';

/** Filled anew for each tick; a venue keeps none of them. */
const BOOK = createBookUpdate(DEPTH_LEVELS);
const TOP = createTopOfBook();
const PRINT = createPrint();

/**
 * Lets a simulated venue hear what happened: books, best levels and trades a venue of books, funding every venue.
 * @param tick - reusable; not kept. Ticks and frames are to come in the order of their times, ticks of one instant first.
 * @throws RangeError for a kind that the venue has no use for: it was published for another one.
 */
export function applyTick(venue: SimulatedVenue, tick: Tick): void {
  const { kind, tsEventDay, tsEventNsOfDay, assetIndex, values } = tick;
  if (kind === TICK_FUNDING) {
    const [rate, markPx] = [values[FUNDING_RATE] as number, values[FUNDING_MARK_PX] as number];
    venue.onFunding(
      tsEventDay,
      tsEventNsOfDay,
      assetIndex,
      Number.isNaN(markPx) ? venue.lastPx(assetIndex) : markPx,
      rate,
    );
  } else if (venue instanceof BookVenue && kind === TICK_DEPTH) applyDepth(venue, tick);
  else if (venue instanceof BookVenue && kind === TICK_QUOTE) applyQuote(venue, tick);
  else if (venue instanceof BookVenue && kind === TICK_TRADE) applyTrade(venue, tick);
  else if (kind !== TICK_MARK) throw new RangeError(`tick kind ${kind} means nothing to ${venue.constructor.name}`);
}

function applyDepth(venue: BookVenue, tick: Tick): void {
  stamp(BOOK, tick);
  BOOK.isSnapshot = true;
  const levels = tick.valueCount / 4;
  fillSide(BOOK.bids, tick.values, 0, levels);
  fillSide(BOOK.asks, tick.values, 2 * levels, levels);
  venue.onBook(BOOK);
}

/** A level without a price is none. */
function fillSide(side: BookLevels, values: Float64Array, first: number, levels: number): void {
  side.count = 0;
  for (let i = first; i < first + levels; i++) {
    const px = values[i] as number;
    if (!(px > 0)) continue;
    side.px[side.count] = px;
    side.qty[side.count] = values[i + levels] as number;
    side.count++;
  }
}

function applyQuote(venue: BookVenue, tick: Tick): void {
  const { values } = tick;
  stamp(TOP, tick);
  TOP.bidPx = values[QUOTE_BID_PX] as number;
  TOP.bidQty = values[QUOTE_BID_QTY] as number;
  TOP.askPx = values[QUOTE_ASK_PX] as number;
  TOP.askQty = values[QUOTE_ASK_QTY] as number;
  venue.onTop(TOP);
}

function applyTrade(venue: BookVenue, tick: Tick): void {
  const { values } = tick;
  stamp(PRINT, tick);
  PRINT.px = values[TRADE_PX] as number;
  PRINT.qty = values[TRADE_QTY] as number;
  PRINT.aggressor = values[TRADE_AGGRESSOR] as number;
  venue.onPrint(PRINT);
}

function stamp(
  out: { assetIndex: number; tsEventDay: number; tsEventNsOfDay: number },
  { assetIndex, tsEventDay, tsEventNsOfDay }: Tick,
): void {
  out.assetIndex = assetIndex;
  out.tsEventDay = tsEventDay;
  out.tsEventNsOfDay = tsEventNsOfDay;
}
