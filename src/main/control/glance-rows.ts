import { formatMoney, formatRatio, formatSeconds } from '../../report/number-format.ts';
import { plural, printable } from '../../report/words.ts';
import type { MemoryReport } from '../../workers/memory/memory-options.ts';
import type { EngineRegime } from './engine-figures.ts';
import type { LastScan } from './last-scan.ts';
import type { RunStatus } from './run-status.ts';

/** One line at a glance: a name, its words, and whether they must not be overlooked. */
export interface GlanceRow {
  readonly label: string;
  readonly words: string;
  readonly isWarning: boolean;
}

/**
 * What matters of a run before anything else: posture and Rm, ACB, capital, age of the last scan, memory.
 * @param nowMs - UNIX ms, for how long a store has been out of reach.
 */
export function glanceRows(status: RunStatus, nowMs: number): GlanceRow[] {
  const { regime, capital, memory, lastScan } = status;
  return [
    calm('posture', postureWords(regime, memory)),
    calm('ACB', acbWords(regime, memory)),
    calm('capital', `${formatMoney(capital)} USDT`),
    calm('last scan', lastScan === null ? 'none yet' : scanWords(lastScan)),
    memoryRow(status, nowMs),
  ];
}

/** A row that says nothing unusual. */
export function calm(label: string, words: string): GlanceRow {
  return { label, words, isWarning: false };
}

/** What the engine has taken; what the memory says, where that is something else. */
function postureWords(own: EngineRegime | null, memory: MemoryReport | null): string {
  const words = (name: string, rm: number) => `${name}, Rm ${formatRatio(rm)}`;
  const stored = memory?.posture ?? null;
  return besideMemory(own && words(own.posture, own.rm), stored && words(stored.name, stored.rm));
}

function acbWords(own: EngineRegime | null, memory: MemoryReport | null): string {
  const words = ({ boost, beta }: { readonly boost: number; readonly beta: number }) =>
    `boost ${formatRatio(boost)}, beta ${formatRatio(beta)}`;
  const stored = memory?.acb ?? null;
  return besideMemory(own && words(own), stored && words(stored));
}

function besideMemory(own: string | null, stored: string | null): string {
  if (own === null) return stored === null ? 'none yet' : `none yet (memory: ${stored})`;
  return stored === null || stored === own ? own : `${own} (memory: ${stored})`;
}

function scanWords({ eventTime, clock, ageSeconds }: LastScan): string {
  const at = `${eventTime.slice(0, 19).replace('T', ' ')} UTC`;
  if (ageSeconds === null) return `${at}, event time`;
  return `${formatSeconds(Math.max(0, ageSeconds))} old by ${clock === 'event time' ? 'event time' : 'the wall clock'}, ${at}`;
}

function memoryRow({ hasMemory, memory, storeOutSince }: RunStatus, nowMs: number): GlanceRow {
  if (memory === null) return calm('memory', hasMemory ? 'not heard of yet' : 'none');
  const { kind, where, connected, pendingWrites, refusal } = memory.store;
  const pending = pendingWrites === 0 ? 'nothing to be written' : `${plural(pendingWrites, 'value')} to be written`;
  const name = `${kind} ${printable(where)}`;
  if (connected && storeOutSince === null) return calm('memory', `${name}: connected, ${pending}`);
  const why = refusal === null ? '' : `, ${printable(refusal)}`;
  const words = `${name}: OUT OF REACH${sinceWords(storeOutSince, nowMs)}${why}, ${pending}`;
  return { label: 'memory', words, isWarning: true };
}

function sinceWords(since: string | null, nowMs: number): string {
  if (since === null) return '';
  const seconds = Math.max(0, nowMs - Date.parse(since)) / 1000;
  return ` since ${since.slice(11, 19)} UTC (${formatSeconds(seconds)})`;
}
