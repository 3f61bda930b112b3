import type { Instrument, InstrumentField } from '../../model/instrument.ts';
import { INSTRUMENT_FIELDS } from '../../model/instrument.ts';
import { isRouted, type Report, type RoutedReport } from '../../model/report.ts';
import { formatCount, formatInterval, formatMoney, formatPnl } from '../number-format.ts';
import { plural, printable } from '../words.ts';

const FIELD_WORDS: Readonly<Record<InstrumentField, string>> = {
  tick: 'tick',
  lot: 'lot',
  min_notional: 'smallest notional',
  half_spread_bps: 'half spread',
};

const BARS_WORDS =
  'Venue "bars": limits fill whole when a later bar is beyond them, market orders at the next bar plus half a spread. No ' +
  'book, queue or volume: size costs nothing.';

/** How long the limit of an entry rests before it goes to market; that of an exit rests shorter. Semantics §11. */
const LIMIT_RESTS_MS = 25_000;

/** What may make the result of orders void, most serious first; nothing of an analytic report. */
export function routedAlarms(report: Report): string[] {
  if (!isRouted(report)) return [];
  return [unreachedNote, remainderNote].flatMap((note) => note(report) ?? []);
}

/** Under which conditions orders were filled, most serious first; nothing of an analytic report. */
export function routedCautions(report: Report): string[] {
  if (!isRouted(report)) return [];
  return [unfilledEndNote, longBarsNote, venueNote]
    .flatMap((note) => note(report) ?? [])
    .concat(report.execution.warnings.map(sentence), assumedNote(report) ?? []);
}

function unreachedNote({ execution }: RoutedReport): string | undefined {
  const { orders, notional } = execution;
  if (orders === 0 || notional.all.maker + notional.all.taker > 0) return undefined;
  return `NO FILL AT ALL: no price ever reached one of ${plural(orders, 'order')}. The result says nothing about the strategy.`;
}

function remainderNote({ routed }: RoutedReport): string | undefined {
  if (routed.other === 0) return undefined;
  return (
    `${formatMoney(Math.abs(routed.other))} USDT between analytic and routed are unexplained ("other"): fills that are in no ` +
    'closed trade, told too late or of a position still open.'
  );
}

function unfilledEndNote({ trades }: RoutedReport): string | undefined {
  const marked = trades.filter((trade) => trade.reason === 'UNFILLED_END');
  if (marked.length === 0) return undefined;
  const pnl = marked.reduce((total, trade) => total + trade.pnl, 0);
  return (
    `UNFILLED_END: ${plural(marked.length, 'position')} not closed before the data ended, marked at the last valid price: ` +
    `${formatPnl(pnl)} USDT of the result, not in the win rate.`
  );
}

function assumedNote({ instruments }: RoutedReport): string | undefined {
  const fields = INSTRUMENT_FIELDS.map((field) => ({
    field,
    those: instruments.filter((one) => one.assumed.includes(field)),
  }));
  const groups = Map.groupBy(
    fields.filter(({ those }) => those.length > 0),
    ({ those }) => those.length,
  );
  if (groups.size === 0) return undefined;
  const parts = [...groups].map(([count, group]) => {
    const values = group.map(({ field, those }) => `${FIELD_WORDS[field]} (${assumption(field, those)})`);
    const whom =
      count === instruments.length
        ? `all ${formatCount(count)}`
        : `${formatCount(count)} of ${formatCount(instruments.length)}`;
    return `${values.join(', ')} of ${whom} assets`;
  });
  return `Assumed, no instruments.csv says them: ${parts.join('; ')}.`;
}

/** The value that stands in; a tick is assumed per asset, from the decimals of its prices. */
function assumption(field: InstrumentField, those: readonly Instrument[]): string {
  const { lotQty, minNotional, halfSpreadBps } = those[0] as Instrument;
  if (field === 'tick') return 'decimals of its prices';
  if (field === 'lot') return lotQty === 0 ? 'any' : String(lotQty);
  if (field === 'min_notional') return `${minNotional} USDT`;
  return `${halfSpreadBps} bps or half a tick`;
}

/** No bar comes while a limit rests, so the venue of bars cannot fill one. */
function longBarsNote({ venue, barIntervalMs, config }: RoutedReport): string | undefined {
  const isStepOnBars = config.resolution === 'hybrid' || config.resolution === '0.1s';
  if (venue !== 'bars' || isStepOnBars || barIntervalMs <= LIMIT_RESTS_MS) return undefined;
  return (
    `Bars of ${formatInterval(barIntervalMs)} outlast every limit order (${formatInterval(LIMIT_RESTS_MS)} at most): none can ` +
    'be made, everything is taken a bar late. Maker share, fees and slippage are those of these bars, not of the market.'
  );
}

function venueNote({ venue }: RoutedReport): string | undefined {
  return venue === 'bars' ? BARS_WORDS : undefined;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${printable(words.slice(1))}${words.endsWith('.') ? '' : '.'}`;
}
