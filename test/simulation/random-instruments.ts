import type { Instrument } from '../../src/model/instrument.ts';
import type { Draw } from './draw.ts';

/** Instruments of any coarseness, and the first price of each. */
export interface DrawnInstruments {
  readonly instruments: readonly Instrument[];
  readonly startPx: readonly number[];
}

/** Between 2,000 and 200,000 ticks a price; a lot is worth a millionth to a fiftieth of the capital. */
export function drawInstruments(draw: Draw, universe: readonly string[], capital: number): DrawnInstruments {
  const drawn = universe.map((symbol) => {
    const tickPx = Number(`1e-${draw.whole(0, 6)}`);
    const startPx = Math.round(draw.logBetween(2000, 200_000)) * tickPx;
    const instrument: Instrument = {
      symbol,
      tickPx,
      lotQty: drawLot(draw, startPx, capital),
      minNotional: draw.pick([0, 5, 5, capital / 50]),
      halfSpreadBps: draw.logBetween(0.05, 10),
      assumed: draw.chance(0.3) ? ['half_spread_bps'] : [],
    };
    return { instrument, startPx };
  });
  return { instruments: drawn.map(({ instrument }) => instrument), startPx: drawn.map(({ startPx }) => startPx) };
}

/** A power of ten, or 0: any size. */
function drawLot(draw: Draw, startPx: number, capital: number): number {
  const share = draw.logBetween(1e-6, 0.02);
  if (draw.chance(0.25)) return 0;
  return Number(`1e${Math.floor(Math.log10((capital * share) / startPx))}`);
}
