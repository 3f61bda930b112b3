import type { StageLatency } from '../../model/stage-latency.ts';
import { formatCount, formatNs, formatSeconds } from '../../report/number-format.ts';
import { PLAIN_STYLE, type TerminalStyle } from '../../report/terminal-style.ts';
import { type Align, alignRows, wrap } from '../../report/text-table.ts';
import { printable } from '../../report/words.ts';
import type { TradingState } from '../../shm/layout.ts';
import { type GlanceRow, glanceRows } from './glance-rows.ts';
import { glanceLines } from './glance-text.ts';
import { memoryRows } from './memory-rows.ts';
import type { JournalStatus, RunProgress, RunStatus, WorkerStatus } from './run-status.ts';
import { wrappedRows } from './wrapped-rows.ts';

const INDENT = '  ';
/** A parked worker wakes four times a second; one that was not seen to beat for this long has stopped doing so. */
const LATE_BEAT_MS = 2000;
const STAGE_ALIGNS: readonly Align[] = ['left', 'right', 'right', 'right', 'right', 'right'];

const STATE_WORDS: Readonly<Record<TradingState, string>> = {
  active: 'active',
  halted: 'HALTED: no entries until dolphin resume',
  flattening: 'FLATTENING: the open position closes at its next price',
};

/**
 * How `dolphin status` shows a run: lines of at most `columns`, made for 80, that end with a newline. What matters stands
 * first.
 * @param flows - rows of this machine's flows, for the first block.
 */
export function statusText(
  status: RunStatus,
  columns = 80,
  style: TerminalStyle = PLAIN_STYLE,
  flows: readonly GlanceRow[] = [],
): string {
  const blocks = [
    glanceLines([...glanceRows(status, Date.now()), ...flows], columns, style),
    header(status, columns, style),
    progressLines(status.progress),
    section('Workers', workerLines(status.workers, style), style),
    section('Counters', alignRows(counterRows(status.counters), ['left', 'right']), style),
    section('Journal', alignRows(journalRows(status.journal), ['left', 'left']), style),
    section('Memory', wrappedRows(memoryRows(status.memory, Date.now()), columns - INDENT.length).flat(), style),
    section('Latency', alignRows(stageRows(status.stages), STAGE_ALIGNS), style),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function header(status: RunStatus, columns: number, style: TerminalStyle): string[] {
  const { runId, tradingState, isStopping, subject, startedAt, seconds, pid } = status;
  const state = STATE_WORDS[tradingState];
  const stopping = isStopping ? ', STOPPING' : '';
  return [
    style.heading(printable(runId)),
    ...wrap(printable(subject), columns),
    tradingState === 'active' && !isStopping ? state : style.warning(state + stopping),
    style.quiet(`for ${formatSeconds(seconds)}, since ${startedAt.slice(0, 19).replace('T', ' ')} UTC, process ${pid}`),
  ];
}

function progressLines({ framesPublished, framesStepped, framesExpected, eventTime }: RunProgress): string[] {
  const share =
    framesExpected === null
      ? ''
      : ` of about ${formatCount(framesExpected)} (${shareText(framesStepped, framesExpected)})`;
  const at = eventTime === null ? 'no frame yet' : `${eventTime.slice(0, 19).replace('T', ' ')} UTC`;
  return [
    `event time  ${at}`,
    `frames      ${formatCount(framesStepped)} stepped${share}, ${formatCount(framesPublished)} published`,
  ];
}

/** Order books come on top of what was expected, so it stops short of 100 %. */
function shareText(done: number, expected: number): string {
  return `${Math.min(99, Math.floor((100 * done) / Math.max(1, expected)))} %`;
}

function workerLines(workers: readonly WorkerStatus[], style: TerminalStyle): string[] {
  const rows = workers.map(({ name, state, beatAgeMs }) => [
    name.toLowerCase().replace('_', '-'),
    state.toLowerCase(),
    hasEnded(state) ? '' : `beat ${formatSeconds(beatAgeMs / 1000)} ago`,
  ]);
  const lines = alignRows(rows, ['left', 'left', 'left']);
  return lines.map((line, i) => (isUnwell(workers[i] as WorkerStatus) ? style.warning(line) : line));
}

function isUnwell({ state, beatAgeMs }: WorkerStatus): boolean {
  return state === 'FAILED' || (!hasEnded(state) && beatAgeMs > LATE_BEAT_MS);
}

function hasEnded(state: WorkerStatus['state']): boolean {
  return state === 'STOPPED' || state === 'FAILED';
}

function counterRows(counters: RunStatus['counters']): string[][] {
  return Object.entries(counters).map(([name, count]) => [name, formatCount(count)]);
}

function journalRows(journal: JournalStatus | null): string[][] {
  if (journal === null) return [];
  const streams = journal.streams.map(({ stream, written, durable }) => [
    stream,
    `${formatCount(written)} events written, ${formatCount(durable)} durable`,
  ]);
  return [...streams, ['parity', parityText(journal)]];
}

/** Cut, not rounded: one step that decided otherwise is not 100 %. */
function parityText({ stepsVerified, stepsAgreeing }: JournalStatus): string {
  if (stepsVerified === 0) return 'no step verified yet';
  const percent = Math.floor((1e5 * stepsAgreeing) / stepsVerified) / 1e3;
  const diverged = stepsVerified - stepsAgreeing;
  const alarm = diverged === 0 ? '' : `, DIVERGED in ${formatCount(diverged)}`;
  return `${percent} % of ${formatCount(stepsVerified)} steps verified${alarm}`;
}

function stageRows(stages: readonly StageLatency[]): string[][] {
  if (stages.length === 0) return [];
  const rows = stages.map(({ stage, n, p50, p99, p999, max }) => [
    stage,
    formatCount(n),
    ...[p50, p99, p999, max].map(formatNs),
  ]);
  return [['stage', 'n', 'p50', 'p99', 'p99.9', 'max'], ...rows];
}

function section(title: string, lines: readonly string[], style: TerminalStyle): string[] {
  if (lines.length === 0) return [];
  return [style.heading(title), ...lines.map((line) => INDENT + line)];
}
