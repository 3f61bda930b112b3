import type { Report } from '../../model/report.ts';
import { type EquityCurves, equityCurves } from '../equity.ts';
import { formatPercent, formatPrice, formatReturn } from '../number-format.ts';
import { type Result, results } from '../results.ts';
import { escapeHtml, numberHtml, px } from './markup.ts';
import { linearScale, niceTicks, type Scale, timeTicks } from './scale.ts';

const WIDTH = 1080;
const LEFT = 66;
const RIGHT = 178; // room for the names at the ends of the curves
const EQUITY_TOP = 14;
const EQUITY_BOTTOM = 300;
const DRAWDOWN_TOP = 336;
const DRAWDOWN_BOTTOM = 400;
const HEIGHT = 428;
const LABEL_DISTANCE = 34;

interface Axes {
  readonly x: Scale;
  readonly equity: Scale;
  readonly drawdown: Scale;
}

/** What the chart shows, in words; also that a curve is missing where the report cannot tell it. */
export function equityWords(report: Report): string {
  const shown = 'USDT after each trade, three ways; the dotted line is the initial capital. Times are UTC.';
  const curves = equityCurves(report);
  return results(report).some(({ key }) => curves[key] === null)
    ? `${shown} Of the next-bar fills this report holds only the end.`
    : shown;
}

/** Capital after each trade three ways, named at their ends, above the drawdown of the first, on one time axis. */
export function equityChart(report: Report): string {
  const curves = equityCurves(report);
  if (curves.exitMs.length === 0) return '<p class="quiet">No trades, so no curve.</p>';
  const axes = axesOf(curves, report);
  const series = results(report).map((result) => ({ result, capitals: curves[result.key] }));
  const parts = [
    equityGrid(curves, axes, report),
    timeAxis(curves, axes),
    drawdownArea(curves, axes, report),
    ...series.map(({ result, capitals }) => (capitals === null ? '' : stepLine(curves, capitals, axes, result.key))),
    ...series.map(({ result }) => endDot(result, axes)),
    endLabels(
      series.map(({ result }) => result),
      axes,
    ),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Capital after each trade, and drawdown">${parts.join('')}</svg>`;
}

function axesOf(curves: EquityCurves, report: Report): Axes {
  const last = results(report).map((result) => result.capital);
  const all = [
    curves.initialCapital,
    ...curves.champion,
    ...curves.venue,
    ...(curves.nextBar ?? curves.decision ?? []),
    ...last,
  ];
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  const margin = (high - low) * 0.06 || high * 0.001;
  const end = curves.exitMs.at(-1) ?? curves.startMs;
  return {
    x: linearScale([curves.startMs, end], [LEFT, WIDTH - RIGHT]),
    equity: linearScale([low - margin, high + margin], [EQUITY_BOTTOM, EQUITY_TOP]),
    drawdown: linearScale([0, Math.max(report.metrics.maxDrawdown, 1e-4)], [DRAWDOWN_TOP, DRAWDOWN_BOTTOM]),
  };
}

function equityGrid(curves: EquityCurves, { equity }: Axes, report: Report): string {
  const low = invert(equity, EQUITY_BOTTOM, report.metrics.capital);
  const high = invert(equity, EQUITY_TOP, report.metrics.capital);
  const ticks = niceTicks(low, high, 5).map((value) => {
    const y = px(equity(value));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text class="tick" x="${LEFT - 8}" y="${y}" dy=".32em" text-anchor="end">${formatPrice(value)}</text>`;
  });
  const y = px(equity(curves.initialCapital));
  const start = `<line class="start" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`;
  return ticks.join('') + start;
}

/** Value at a pixel of a linear scale, found from the scale itself. */
function invert(scale: Scale, pixel: number, near: number): number {
  const slope = scale(near + 1) - scale(near);
  return near + (pixel - scale(near)) / slope;
}

function timeAxis(curves: EquityCurves, { x }: Axes): string {
  const ticks = timeTicks(curves.startMs, curves.exitMs.at(-1) ?? curves.startMs, 9).map(({ ms, label }) => {
    const at = px(x(ms));
    return `<line class="grid" x1="${at}" x2="${at}" y1="${EQUITY_TOP}" y2="${EQUITY_BOTTOM}"/><line class="grid" x1="${at}" x2="${at}" y1="${DRAWDOWN_TOP}" y2="${DRAWDOWN_BOTTOM}"/><text class="tick" x="${at}" y="${HEIGHT - 8}" text-anchor="middle">${label}</text>`;
  });
  return ticks.join('');
}

function drawdownArea(curves: EquityCurves, { x, drawdown }: Axes, report: Report): string {
  const steps = curves.drawdown.map((value, index) => `H${px(x(curves.exitMs[index] ?? 0))}V${px(drawdown(value))}`);
  const path = `M${LEFT} ${DRAWDOWN_TOP}${steps.join('')}V${DRAWDOWN_TOP}Z`;
  const worst = formatPercent(report.metrics.maxDrawdown);
  return (
    `<path class="drawdown" d="${path}"/>` +
    `<line class="start" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${DRAWDOWN_TOP}" y2="${DRAWDOWN_TOP}"/>` +
    `<text class="tick" x="${LEFT - 8}" y="${DRAWDOWN_TOP}" dy=".32em" text-anchor="end">0 %</text>` +
    `<text class="tick" x="${LEFT - 8}" y="${DRAWDOWN_BOTTOM}" dy=".32em" text-anchor="end">−${worst}</text>` +
    `<text class="name" x="${WIDTH - RIGHT + 12}" y="${DRAWDOWN_TOP}" dy=".32em">drawdown</text>` +
    `<text class="tick" x="${WIDTH - RIGHT + 12}" y="${DRAWDOWN_TOP + 17}" dy=".32em">after trades, first result</text>`
  );
}

/** Capital changes at an exit and holds until the next: a step, not a slope. */
function stepLine(curves: EquityCurves, capitals: readonly number[], { x, equity }: Axes, key: string): string {
  const steps = capitals.map((capital, index) => `H${px(x(curves.exitMs[index] ?? 0))}V${px(equity(capital))}`);
  return `<path class="curve ${key}" d="M${LEFT} ${px(equity(curves.initialCapital))}${steps.join('')}"/>`;
}

function endDot({ key, capital }: Result, { equity }: Axes): string {
  return `<circle class="dot ${key}" cx="${WIDTH - RIGHT}" cy="${px(equity(capital))}" r="3.5"/>`;
}

/** Names at the right ends, moved apart where they would overlap, and joined to their ends by a thin line. */
function endLabels(ends: readonly Result[], { equity }: Axes): string {
  const sorted = ends.map((result) => ({ result, end: equity(result.capital) })).sort((a, b) => a.end - b.end);
  const positions = spreadApart(sorted.map(({ end }) => end));
  return sorted
    .map(({ result, end }, index) => {
      const y = positions[index] ?? end;
      const from = WIDTH - RIGHT;
      return (
        `<path class="leader" d="M${from + 5} ${px(end)}L${from + 16} ${px(y)}"/>` +
        `<text class="name ${result.key}" x="${from + 20}" y="${px(y)}" dy="-.1em">${escapeHtml(result.title)}</text>` +
        `<text class="value" x="${from + 20}" y="${px(y)}" dy="1.05em">${numberHtml(formatReturn(result.roi))}</text>`
      );
    })
    .join('');
}

/**
 * Positions at least {@link LABEL_DISTANCE} apart and as near as can be to the ascending `wanted` ones: neighbours that
 * overlap become one block, centred on where its members want to be. None is above the chart.
 */
function spreadApart(wanted: readonly number[]): number[] {
  const blocks: { first: number; size: number }[] = [];
  for (const y of wanted) {
    let block = { first: y, size: 1 };
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      if (above.first + above.size * LABEL_DISTANCE <= block.first) break;
      blocks.pop();
      const size = above.size + block.size;
      const shifted = block.first - above.size * LABEL_DISTANCE;
      block = { first: (above.first * above.size + shifted * block.size) / size, size };
    }
    blocks.push(block);
  }
  const placed = blocks.flatMap(({ first, size }) =>
    Array.from({ length: size }, (_, index) => first + index * LABEL_DISTANCE),
  );
  return placed.map((y, index) => Math.max(y, EQUITY_TOP + index * LABEL_DISTANCE));
}
