import type { Report } from '../../model/report.ts';
import { exitsByReason, funnelTotals, nonZeroCounters, pnlByAsset, pnlByHour, type TradeGroup } from '../breakdown.ts';
import { warningsBehind } from '../halt-words.ts';
import { formatCount, formatPnl, formatPrice, formatShare } from '../number-format.ts';
import { COUNTER_WORDS, EXIT_WORDS, GATE_WORDS, plural, printable } from '../words.ts';
import { escapeHtml, numberHtml, px, signClass } from './markup.ts';
import { linearScale, niceTicks } from './scale.ts';

const ASSETS_SHOWN = 16;
const NO_TRADES = '<p class="quiet">No trades.</p>';

/** Pnl per asset as bars to both sides of zero; of many assets the best, the worst and the sum of the rest. */
export function assetChart({ trades }: Report): string {
  const groups = pnlByAsset(trades).map((group) => ({ ...group, label: printable(group.key) }));
  return pnlBars(foldMiddle(groups), ['asset', 'trades', 'pnl, USDT']);
}

/** Trades and pnl per exit reason. */
export function exitChart({ trades }: Report): string {
  const groups = exitsByReason(trades).map((group) => ({ ...group, label: EXIT_WORDS[group.key] }));
  return pnlBars(groups, ['exit', 'trades', 'pnl, USDT']);
}

/** Share of bars that each gate lets pass, over all days. */
export function gateChart({ days }: Report): string {
  const rows = funnelTotals(days).map(({ gate, reached, passed, share }) => {
    const width = px(100 * (share || 0));
    return `<tr><th scope="row">${GATE_WORDS[gate]}</th><td class="n">${formatCount(reached)}</td><td class="n">${formatCount(passed)}</td><td class="n">${reached === 0 ? '–' : formatShare(share)}</td><td class="track"><i style="width:${width}%"></i></td></tr>`;
  });
  return `<table class="bars gates"><thead><tr><th>gate</th><th class="n">reached</th><th class="n">passed</th><th class="n">share</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** Everything odd that was counted or missing, in words. */
export function counterTable(report: Report): string {
  const counters = nonZeroCounters(report.days);
  const warnings = warningsBehind(report);
  if (counters.length === 0 && warnings.length === 0)
    return '<p class="quiet">Nothing: no gap, no bad price, no refused snapshot.</p>';
  const rows = counters.map(
    ([name, total]) => `<tr><td class="n">${formatCount(total)}</td><td>${escapeHtml(COUNTER_WORDS[name])}</td></tr>`,
  );
  const missing = warnings.map((warning) => `<tr><td class="n">·</td><td>${escapeHtml(printable(warning))}</td></tr>`);
  return `<table class="counters"><tbody>${[...rows, ...missing].join('')}</tbody></table>`;
}

/** Pnl by UTC hour of entry, one column per hour, with the number of trades under it. */
export function hourChart({ trades }: Report): string {
  if (trades.length === 0) return NO_TRADES;
  const hours = pnlByHour(trades);
  const [low, high] = extent(hours);
  const y = linearScale([low, high], [HOUR_BOTTOM, HOUR_TOP]);
  const columns = hours.map((group) => hourColumn(group, y(group.pnl), y(0)));
  const zero = px(y(0));
  const grid = niceTicks(low, high, 4).map((value) => {
    const at = px(y(value));
    return `<line class="grid" x1="${HOUR_LEFT}" x2="${HOUR_WIDTH}" y1="${at}" y2="${at}"/><text class="tick" x="${HOUR_LEFT - 8}" y="${at}" dy=".32em" text-anchor="end">${numberHtml(formatPrice(value))}</text>`;
  });
  const axis = `${grid.join('')}<line class="start" x1="${HOUR_LEFT}" x2="${HOUR_WIDTH}" y1="${zero}" y2="${zero}"/>`;
  return `<svg viewBox="0 0 ${HOUR_WIDTH} ${HOUR_HEIGHT}" role="img" aria-label="Pnl per UTC hour of entry">${axis}${columns.join('')}</svg>`;
}

const HOUR_WIDTH = 528;
const HOUR_LEFT = 48;
const HOUR_HEIGHT = 288;
const HOUR_TOP = 18;
const HOUR_BOTTOM = 236;
const COLUMN_WIDTH = (HOUR_WIDTH - HOUR_LEFT) / 24;

function hourColumn({ key, trades, pnl }: TradeGroup<number>, yPnl: number, yZero: number): string {
  const x = HOUR_LEFT + key * COLUMN_WIDTH;
  const middle = px(x + COLUMN_WIDTH / 2);
  const bar = `<rect class="${signClass(pnl)}" x="${px(x + 3)}" y="${px(Math.min(yPnl, yZero))}" width="${px(COLUMN_WIDTH - 6)}" height="${px(Math.max(Math.abs(yPnl - yZero), trades > 0 ? 1 : 0))}" rx="1.5"/>`;
  const hour = `<text class="tick" x="${middle}" y="${HOUR_BOTTOM + 24}" text-anchor="middle">${String(key).padStart(2, '0')}</text>`;
  const count = `<text class="tick faint" x="${middle}" y="${HOUR_BOTTOM + 41}" text-anchor="middle">${trades === 0 ? '·' : formatCount(trades)}</text>`;
  const tip = `${String(key).padStart(2, '0')}:00 UTC: ${plural(trades, 'trade')}, ${formatPnl(pnl)} USDT`;
  return `<g><title>${tip}</title><rect class="hit" x="${px(x)}" y="0" width="${px(COLUMN_WIDTH)}" height="${HOUR_HEIGHT}"/>${bar}${hour}${count}</g>`;
}

interface LabelledGroup {
  /** Stands for several assets and is drawn in a quieter colour. */
  readonly isSum?: boolean;
  readonly label: string;
  readonly trades: number;
  readonly pnl: number;
}

function pnlBars(groups: readonly LabelledGroup[], titles: readonly [string, string, string]): string {
  if (groups.length === 0) return NO_TRADES;
  const [low, high] = extent(groups);
  const span = high - low || 1;
  const zero = (-low / span) * 100;
  const rows = groups.map(({ label, trades, pnl, isSum }) => {
    const left = px(pnl < 0 ? zero - (-pnl / span) * 100 : zero);
    const bar = `<i class="${isSum === true ? 'flat' : signClass(pnl)}" style="left:${left}%;width:${px((Math.abs(pnl) / span) * 100)}%"></i><b style="left:${px(zero)}%"></b>`;
    return `<tr><th scope="row">${escapeHtml(label)}</th><td class="n">${formatCount(trades)}</td><td class="n ${signClass(pnl)}">${numberHtml(formatPnl(pnl))}</td><td class="track both">${bar}</td></tr>`;
  });
  const [name, count, value] = titles;
  return `<table class="bars"><thead><tr><th>${name}</th><th class="n">${count}</th><th class="n">${value}</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** Groups sorted best first, those in the middle summed to one row when there are too many. */
function foldMiddle(groups: readonly LabelledGroup[]): LabelledGroup[] {
  if (groups.length <= ASSETS_SHOWN) return [...groups];
  const half = Math.floor((ASSETS_SHOWN - 1) / 2);
  const middle = groups.slice(half, groups.length - half);
  const folded = {
    isSum: true,
    label: `${plural(middle.length, 'asset')} between`,
    trades: middle.reduce((total, group) => total + group.trades, 0),
    pnl: middle.reduce((total, group) => total + group.pnl, 0),
  };
  return [...groups.slice(0, half), folded, ...groups.slice(-half)];
}

function extent(groups: readonly { readonly pnl: number }[]): [number, number] {
  const pnls = groups.map((group) => group.pnl);
  const low = Math.min(0, ...pnls);
  const high = Math.max(0, ...pnls);
  return low === high ? [-1, 1] : [low, high];
}
