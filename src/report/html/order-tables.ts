import type { RoutedReport } from '../../model/report.ts';
import {
  BRIDGE_TITLES,
  type BridgeRow,
  bridgeRows,
  orderCountRows,
  SIDE_TITLES,
  sideRows,
} from '../routed/order-rows.ts';
import { escapeHtml, numberHtml, signClass } from './markup.ts';

/** What orders did on each side of the account. */
export function sideTable(report: RoutedReport): string {
  const rows = sideRows(report).map(([label = '', ...cells]) => {
    const numbers = SIDE_TITLES.slice(1).map((_, column) => `<td class="n">${numberHtml(cells[column] ?? '')}</td>`);
    return `<tr><th scope="row">${escapeHtml(label)}</th>${numbers.join('')}</tr>`;
  });
  return `<table class="sides">${head(SIDE_TITLES)}<tbody>${rows.join('')}</tbody></table>`;
}

/** How often what happened to orders. */
export function orderCountTable(report: RoutedReport): string {
  const rows = orderCountRows(report).map(
    ([total, words]) => `<tr><td class="n">${total}</td><td class="indented">${escapeHtml(words)}</td></tr>`,
  );
  return `<table class="counters"><tbody>${rows.join('')}</tbody></table>`;
}

/** From the analytic result down to the routed one, part by part. */
export function bridgeTable(report: RoutedReport): string {
  return `<table class="bridge">${head(BRIDGE_TITLES)}<tbody>${bridgeRows(report).map(bridgeRow).join('')}</tbody></table>`;
}

function bridgeRow({ cells: [label, ...rest], value, isResult }: BridgeRow): string {
  const words = rest.pop() ?? '';
  const numbers = rest.map((cell, column) => {
    return `<td class="n${column === 0 ? ` ${signClass(value)}` : ''}">${numberHtml(cell)}</td>`;
  });
  const result = isResult ? ' class="result-row"' : '';
  return `<tr${result}><th scope="row">${label}</th>${numbers.join('')}<td class="words">${escapeHtml(words)}</td></tr>`;
}

function head(titles: readonly string[]): string {
  const cells = titles.map((title) => `<th${title === '' ? '' : ' class="n"'}>${title}</th>`);
  return `<thead><tr>${cells.join('')}</tr></thead>`;
}
