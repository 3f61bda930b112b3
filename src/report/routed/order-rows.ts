import type { RoutedReport } from '../../model/report.ts';
import type { BySide, ReportExecution, RoutedBridge, TimeToFillFigure } from '../../model/routed-report.ts';
import { formatBps, formatCount, formatDuration, formatMoney, formatPnl, formatShare } from '../number-format.ts';
import { printable, VENUE_MODEL_WORDS } from '../words.ts';

const NOTHING = '-';

export const SIDE_TITLES = ['', 'entries', 'exits', 'all'] as const;

/** What orders did on each side of the account: a label, then a cell per column of {@link SIDE_TITLES}. */
export function sideRows({ execution }: RoutedReport): string[][] {
  const { slippage, time_to_fill: time, maker_share, fees } = execution;
  const row = (label: string, of: BySide<number>, format: (value: number) => string) => [
    label,
    ...[of.entries, of.exits, of.all].map((value) => (Number.isNaN(value) ? NOTHING : format(value))),
  ];
  const duration = (ms: number) => (Number.isNaN(ms) ? NOTHING : formatDuration(ms));
  const { entries, exits } = countBySide(execution, 'filled');
  return [
    row('made only', countBySide(execution, 'maker'), formatCount),
    row('taken, wholly or in part', countBySide(execution, 'taker'), formatCount),
    row('unfilled', countBySide(execution, 'unfilled'), formatCount),
    row('maker share of notional', maker_share, formatShare),
    row('slippage (+ a cost), mean, bps', figures(slippage, 'meanBps'), formatBps),
    row('slippage (+ a cost), worst, bps', figures(slippage, 'worstBps'), formatBps),
    ['time to fill, mean', duration(time.entries.meanMs), duration(time.exits.meanMs)],
    ['time to fill, longest', duration(time.entries.maxMs), duration(time.exits.maxMs)],
    [
      'time to fill, mean of the others',
      duration(meanOfOthers(time.entries, entries)),
      duration(meanOfOthers(time.exits, exits)),
    ],
    row('fees, USDT', fees, formatMoney),
  ];
}

/** How often what happened to orders: a number and what it counts. Reasons and irregularities only where they occurred. */
export function orderCountRows({ execution }: RoutedReport): [string, string][] {
  const { denials, irregularities } = execution;
  const always: [number, string][] = [
    [execution.orders, 'orders sent'],
    [execution.cancels, 'cancels sent'],
    [execution.fallbacks, 'fallbacks: market orders for what a limit left'],
  ];
  const troubles: [number, string][] = [
    [execution.rejects, 'rejects by the venue'],
    [execution.post_only_rejects, '  of them post-only: the limit would have taken'],
    [execution.partials, 'orders that ended with a part filled'],
    [execution.denied, 'orders denied: never sent'],
    ...named(denials, (reason) => `  of them: ${reason}`),
    [execution.unknown_outcomes, 'unknown outcomes: an answer was lost, the venue was asked'],
    [execution.stray_fills, 'fills booked on no position: reconcile them with the account'],
    ...named(irregularities, (name) => `${name}: irregular, harmless`),
  ];
  const met = troubles.filter(([total]) => total > 0);
  const never = NEVER.filter(([name]) => execution[name] === 0).map(([, words]) => words);
  const none: [number, string][] = never.length === 0 ? [] : [[0, never.join(', ')]];
  return [...always, ...met, ...none].map(([total, words]) => [formatCount(total), words]);
}

/** What did not happen is said in one line, short. */
const NEVER = [
  ['rejects', 'rejects'],
  ['partials', 'partial fills'],
  ['denied', 'denied'],
  ['unknown_outcomes', 'unknown outcomes'],
  ['stray_fills', 'fills without a position'],
] as const;

/** The venue in words: its model, its seed and its fees. */
export function venueWords({ venue, seed, feeSchedule }: RoutedReport): string {
  return `simulated on ${venue}: ${VENUE_MODEL_WORDS[venue]} · seed ${seed} · fees of ${printable(feeSchedule)}`;
}

export const BRIDGE_TITLES = ['', 'USDT', 'per trade', 'bps', ''] as const;

/** Part of the bridge with its words. */
export interface BridgeRow {
  /** The part's label, USDT in all and per trade, bps of the notional entered, and what it is. */
  readonly cells: readonly [string, string, string, string, string];
  readonly value: number;
  /** First and last row: a result, not what moved it. */
  readonly isResult: boolean;
}

/** From the analytic result down to the routed one. */
export function bridgeRows({ routed, trades }: RoutedReport): BridgeRow[] {
  const notional = trades.reduce((total, trade) => total + trade.notional, 0);
  const perTrade = (value: number) => (trades.length === 0 ? NOTHING : formatPnl(value / trades.length));
  const bps = (value: number) => (notional === 0 ? NOTHING : formatBps((value / notional) * 1e4));
  return BRIDGE_WORDS.map(([part, label, words]) => {
    const value = routed[part];
    return {
      cells: [label, formatPnl(value), perTrade(value), bps(value), words],
      value,
      isResult: part === 'analytic' || part === 'total',
    };
  });
}

const BRIDGE_WORDS: readonly (readonly [keyof RoutedBridge, string, string])[] = [
  ['analytic', 'analytic', 'same trades at decision prices'],
  ['spread', 'spread', 'fills against mid at the fill'],
  ['queue', 'queue', 'how mid moved while orders waited'],
  ['latency', 'latency', "how mid moved until the venue's word"],
  ['fees', 'fees', 'expected by the strategy less paid'],
  ['funding', 'funding', 'paid while positions were held'],
  ['other', 'other', 'fills of no closed trade'],
  ['total', 'routed', 'pnl of the trades'],
];

function countBySide(execution: ReportExecution, how: 'maker' | 'taker' | 'unfilled' | 'filled'): BySide<number> {
  if (how === 'filled') {
    const [maker, taker] = [countBySide(execution, 'maker'), countBySide(execution, 'taker')];
    return { entries: maker.entries + taker.entries, exits: maker.exits + taker.exits, all: maker.all + taker.all };
  }
  const [entries, exits] = [execution[`entries_${how}`], execution[`exits_${how}`]];
  return { entries, exits, all: entries + exits };
}

/** The mean without the longest: one order that waits over a gap in the data outweighs all others. NaN for fewer than 2 fills. */
function meanOfOthers({ meanMs, maxMs }: TimeToFillFigure, filled: number): number {
  return filled < 2 ? Number.NaN : Math.max(0, (meanMs * filled - maxMs) / (filled - 1));
}

function figures<Key extends string>(of: BySide<Readonly<Record<Key, number>>>, key: Key): BySide<number> {
  return { entries: of.entries[key], exits: of.exits[key], all: of.all[key] };
}

function named(totals: Readonly<Record<string, number>>, words: (name: string) => string): [number, string][] {
  return Object.entries(totals).map(([name, total]) => [total, words(printable(name))]);
}
