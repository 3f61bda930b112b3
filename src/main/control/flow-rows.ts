import { flowTitle } from '../../flows/deployment-options.ts';
import { formatMoney } from '../../report/number-format.ts';
import { printable } from '../../report/words.ts';
import type { FlowCapital, FlowStatus, FlowsStatus, NewestRun } from './flows-status.ts';
import { calm, type GlanceRow } from './glance-rows.ts';

/** Last runs that somebody has to look at. */
const UNWELL: ReadonlySet<string> = new Set(['failed', 'crashed']);

/** A row per flow: its newest run, and when it is due next. */
export function flowRows({ folder, problem, flows }: FlowsStatus): GlanceRow[] {
  if (problem !== null) return [{ label: 'flows', words: printable(problem), isWarning: true }];
  if (flows.length === 0) return [calm('flows', `none registered and none run in ${printable(folder)}`)];
  return flows.map((flow, i) => ({
    label: i === 0 ? 'flows' : '',
    words: flowWords(flow),
    isWarning: flow.newest !== null && UNWELL.has(flow.newest.state),
  }));
}

/** A row per flow that has a capital; for when no run says one. */
export function capitalRows({ flows }: FlowsStatus): GlanceRow[] {
  return flows
    .flatMap((flow) => (flow.capital === null ? [] : [`${capitalWords(flow.capital)}, ${titleOf(flow)}`]))
    .map((words, i) => calm(i === 0 ? 'capital' : '', words));
}

function titleOf(flow: FlowStatus): string {
  return printable(flowTitle(flow));
}

function flowWords(flow: FlowStatus): string {
  const { newest, next } = flow;
  const due = next === null ? 'not registered' : `next due ${clockOf(next)} UTC`;
  return `${titleOf(flow)}: ${newest === null ? 'no run yet' : runWords(newest)}, ${due}`;
}

function runWords({ state, date, reason }: NewestRun): string {
  return `${state} ${date}${reason === null ? '' : ` (${printable(reason)})`}`;
}

function capitalWords({ usdt, date, source }: FlowCapital): string {
  const after = date === null ? '' : ` after ${date}`;
  return `${formatMoney(usdt)} USDT${after}${source === 'memory' ? '' : ' by the run table'}`;
}

/** Flows are daily: the time of day says which one. */
function clockOf(iso: string): string {
  return iso.slice(11, 16);
}
