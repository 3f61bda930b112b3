import { formatCount, formatMoney, formatSeconds } from '../../report/number-format.ts';
import { printable } from '../../report/words.ts';
import type { ClaimState, MemoryReport } from '../../workers/memory/memory-options.ts';

const CLAIM_WORDS: Readonly<Record<ClaimState, string>> = {
  waiting: 'not claimed yet',
  claimed: 'claimed by this run',
  lost: 'LOST to another engine: no entries, nothing is written',
  refused: 'NOT THIS RUN\u2019S: nothing is written',
};

/**
 * What `dolphin status` says of the memory, a name and its words per row.
 * @param nowMs - UNIX ms, for ages.
 */
export function memoryRows(report: MemoryReport | null, nowMs: number): string[][] {
  if (report === null) return [];
  const { posture, acb, scanMs } = report;
  const age = (ms: number | null) => (ms === null ? '' : `, ${ageOf(ms, nowMs)} old`);
  return [
    ['store', storeWords(report)],
    ['state', stateWords(report)],
    ['capital', report.capital === null ? 'no result yet' : `${formatMoney(report.capital)} USDT`],
    ['last write', report.writtenMs === null ? 'none yet' : `${ageOf(report.writtenMs, nowMs)} ago`],
    ['posture', posture === null ? 'none' : `${posture.name}, Rm ${posture.rm}${age(posture.tsMs)}`],
    ['ACB', acb === null ? 'none' : `boost ${acb.boost}, beta ${acb.beta}${age(acb.tsMs)}`],
    ['last scan', scanMs === null ? 'none' : `${ageOf(scanMs, nowMs)} old`],
    ...failureRows(report),
  ];
}

function storeWords({ store }: MemoryReport): string {
  const { kind, where, connected, connections, inFlight } = store;
  const again = connections > 1 ? `, connection ${formatCount(connections)}` : '';
  return `${kind} ${printable(where)}: ${connected ? 'connected' : 'NOT CONNECTED'}${again}, ${formatCount(inFlight)} in flight`;
}

function stateWords({ claim, storedDate, unwritten }: MemoryReport): string {
  const stored = storedDate === null ? 'nothing stored yet' : `stored up to ${storedDate}`;
  const waiting = unwritten === 0 ? '' : `, ${formatCount(unwritten)} to be written`;
  return `${CLAIM_WORDS[claim]}, ${stored}${waiting}`;
}

function failureRows({ store }: MemoryReport): string[][] {
  const rows: string[][] = [];
  const { failures, lastFailure, refused, notes } = store;
  if (failures > 0) rows.push(['failures', `${formatCount(failures)}, last: ${printable(lastFailure ?? '')}`]);
  if (refused > 0) rows.push(['refused', `${formatCount(refused)} malformed values`]);
  return [...rows, ...notes.map((note) => ['note', printable(note)])];
}

function ageOf(ms: number, nowMs: number): string {
  return formatSeconds(Math.max(0, nowMs - ms) / 1000);
}
