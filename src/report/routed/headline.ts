import type { Report, RoutedReport } from '../../model/report.ts';
import { formatBps, formatCount, formatMoney, formatShare } from '../number-format.ts';
import { plural } from '../words.ts';

const FUNDING_FILE = 'funding.csv';

/**
 * What a routed result is after, and how it was filled, for its first screen: label, figure and words each. The figures are
 * those of the trades and of the bridge, so they add up with it.
 */
export function routedFigures(report: RoutedReport): string[][] {
  const { routed, execution, trades } = report;
  const paid = trades.reduce((total, trade) => total + trade.fees, 0);
  const slippage = 0 - (routed.spread + routed.queue + routed.latency);
  const mean = execution.slippage.all.meanBps;
  return [
    ['fees', `${formatMoney(paid)} USDT`, `paid; the strategy expected ${formatMoney(paid + routed.fees)}`],
    [
      'slippage',
      `${formatMoney(slippage)} USDT`,
      Number.isNaN(mean) ? 'nothing was filled' : `${formatBps(mean)} bps of the decision price, mean; + is a cost`,
    ],
    ['funding', `${formatMoney(0 - routed.funding)} USDT`, fundingWords(report)],
    ['filled', ...fillFigure(report)],
  ];
}

/** `of 66 trades; 1 unfilled at the end is left out`. */
export function winRateWords({ metrics, trades }: Report): string {
  const marked = trades.filter(({ reason }) => reason === 'UNFILLED_END').length;
  const words = `of ${plural(metrics.trades - marked, 'trade')}`;
  return marked === 0 ? words : `${words}; ${marked} unfilled at the end left out`;
}

/** Nothing paid is no luck where nothing says what was due. */
function fundingWords({ routed, source, execution }: RoutedReport): string {
  const isKnown =
    routed.funding !== 0 || execution.funding !== 0 || source.beside.some(({ name }) => name === FUNDING_FILE);
  return isKnown ? 'paid by the trades' : `none settled: no ${FUNDING_FILE} beside the days`;
}

/** `133 of 134`, `67 of 67 entries, 66 of 67 exits; maker share 0.0 %`. */
function fillFigure({ execution }: RoutedReport): [string, string] {
  const { entries_maker, entries_taker, entries_unfilled, exits_maker, exits_taker, exits_unfilled } = execution;
  const [entered, left] = [entries_maker + entries_taker, exits_maker + exits_taker];
  const of = (filled: number, unfilled: number) => `${formatCount(filled)} of ${formatCount(filled + unfilled)}`;
  const share = execution.maker_share.all;
  const made = Number.isNaN(share) ? '' : `; maker share ${formatShare(share)}`;
  return [
    of(entered + left, entries_unfilled + exits_unfilled),
    `${of(entered, entries_unfilled)} entries, ${of(left, exits_unfilled)} exits${made}`,
  ];
}
