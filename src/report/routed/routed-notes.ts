import type { Instrument, InstrumentField } from '../../model/instrument.ts';
import { INSTRUMENT_FIELDS } from '../../model/instrument.ts';
import { isRouted, type Report, type RoutedReport } from '../../model/report.ts';
import { formatCount, formatMoney } from '../number-format.ts';
import { plural, printable } from '../words.ts';

const FIELD_WORDS: Readonly<Record<InstrumentField, string>> = {
  tick: 'tick',
  lot: 'lot',
  min_notional: 'smallest notional',
  half_spread_bps: 'half spread',
};

const BARS_WORDS =
  'Venue "bars": a resting order fills, whole, when a later bar is beyond its limit; a market order at the next bar and half ' +
  'a spread. Bars hold no book, queue or volume, so nothing fills in part and size costs nothing.';

/** What a reader must know before believing orders, most serious first; none of an analytic report. */
export function routedNotes(report: Report): string[] {
  if (!isRouted(report)) return [];
  return [unreachedNote, remainderNote, unfilledEndNote, assumedNote, venueNote]
    .flatMap((note) => note(report) ?? [])
    .concat(report.execution.warnings.map(sentence));
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
    `UNFILLED_END: ${plural(marked.length, 'position')} could not be closed before the data ended. Marked at the last valid ` +
    `price (${formatMoney(pnl)} USDT of the result) and left out of the win rate.`
  );
}

function assumedNote({ instruments }: RoutedReport): string | undefined {
  const parts = INSTRUMENT_FIELDS.flatMap((field) => assumedWords(instruments, field) ?? []);
  if (parts.length === 0) return undefined;
  return `Assumed, because no instruments.csv beside the days says them: ${parts.join('; ')}.`;
}

function assumedWords(instruments: readonly Instrument[], field: InstrumentField): string | undefined {
  const those = instruments.filter(({ assumed }) => assumed.includes(field));
  if (those.length === 0) return undefined;
  const whom =
    those.length === instruments.length
      ? `all ${formatCount(those.length)} assets`
      : `${formatCount(those.length)} of ${formatCount(instruments.length)} assets`;
  return `${FIELD_WORDS[field]} of ${whom} (${assumption(field, those)})`;
}

/** The value that stands in; a tick is assumed per asset, from the decimals of its prices. */
function assumption(field: InstrumentField, those: readonly Instrument[]): string {
  const { lotQty, minNotional, halfSpreadBps } = those[0] as Instrument;
  if (field === 'tick') return 'from the decimals of its prices';
  if (field === 'lot') return lotQty === 0 ? 'any size' : String(lotQty);
  if (field === 'min_notional') return `${minNotional} USDT`;
  return `${halfSpreadBps} bps, at least half a tick`;
}

function venueNote({ venue }: RoutedReport): string | undefined {
  return venue === 'bars' ? BARS_WORDS : undefined;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${printable(words.slice(1))}${words.endsWith('.') ? '' : '.'}`;
}
