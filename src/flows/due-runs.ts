import { SystemMemory } from '../adapters/memory/system-memory.ts';
import type { RunTrigger } from '../adapters/run-table/run-record.ts';
import { MS_PER_DAY } from '../model/time.ts';
import { DAY_TASKS } from './day-tasks.ts';
import { type CheckedDeployment, flowTitle } from './deployment-options.ts';
import { dueDates, type MissedPolicy } from './due-dates.ts';
import type { RunConditions } from './flow-run.ts';
import { type FlowHost, runDay } from './run-day.ts';
import { RunAborted } from './task.ts';

/** A firing that is served within this time of its schedule was not missed. */
const ON_TIME_MS = 3_600_000;
const READY_MS = 5000;
/** A day that failed at this many firings holds up the days behind it no longer. */
const PASSED_OVER_AFTER = 2;

/** Dates of a deployment that are due at an instant, told apart by whether their schedule was missed. */
export interface Due {
  readonly missed: readonly string[];
  /** The date of a firing that is only just past, or null. */
  readonly current: string | null;
}

/** What is due now, by the later of what memory and run table have. */
export async function findDue(host: FlowHost, deployment: CheckedDeployment, nowMs: number): Promise<Due> {
  const { atMs, registeredMs, track } = deployment;
  const stateDate = await lastTradedDate(host, deployment);
  const tableDate = host.table.lastSettledDate(track);
  const lastDate =
    [stateDate, tableDate]
      .filter((date) => date !== null)
      .sort()
      .at(-1) ?? null;
  const daysBehind = track.flow === 'acb' ? 0 : 1;
  const dates = dueDates({ nowMs, atMs, daysBehind, lastDate, registeredMs });
  const firedMs = Math.floor((nowMs - atMs) / MS_PER_DAY) * MS_PER_DAY + atMs;
  // Factors serve the day that goes on: the newest are wanted, however late.
  const isOnTime = nowMs - firedMs <= ON_TIME_MS || track.flow === 'acb';
  return isOnTime ? { missed: dates.slice(0, -1), current: dates.at(-1) ?? null } : { missed: dates, current: null };
}

async function lastTradedDate({ backends }: FlowHost, deployment: CheckedDeployment): Promise<string | null> {
  const { track } = deployment;
  if (track.flow === 'acb') return null;
  const memory = new SystemMemory(backends.memory(deployment), track.deployment);
  try {
    if (!(await memory.ready(READY_MS))) return null;
    const reading = await memory[DAY_TASKS[track.flow].track].readState();
    return reading.kind === 'ok' ? reading.value.date : null;
  } finally {
    await memory.close();
  }
}

/** Writes down that missed days are passed over. @returns the dates that are to be run, in order. */
export function applyMissedPolicy(
  { table }: FlowHost,
  { track }: CheckedDeployment,
  { missed, current }: Due,
  policy: MissedPolicy,
): string[] {
  const now = current === null ? [] : [current];
  const isKept = policy === 'catch-up' && track.flow !== 'acb';
  if (isKept) return [...missed, ...now];
  for (const date of missed) {
    const id = table.schedule({ ...track, date, trigger: 'schedule', isDryRun: false });
    const why = track.flow === 'acb' ? 'factors of a day that is over' : 'missed, and --missed skip passes it over';
    table.end(id, 'skipped', why);
  }
  return now;
}

export interface DatesToRun {
  readonly dates: readonly string[];
  readonly trigger: RunTrigger;
  readonly isShared: boolean;
}

/**
 * Runs dates in order. One that fails holds up those behind it, as their capital would lack it; when it fails at a second
 * firing it is passed over, which its run says.
 * @returns a line for each date; `failure` is what ended the first that failed, where the rest was not tried.
 */
export async function runDates(
  host: FlowHost,
  deployment: CheckedDeployment,
  { dates, trigger, isShared }: DatesToRun,
  conditions: RunConditions,
): Promise<{ readonly lines: readonly string[]; readonly failure: unknown }> {
  const { table } = host;
  const { track } = deployment;
  const title = flowTitle(track);
  const lines: string[] = [];
  const waiting = dates.map((date) => ({
    date,
    id: table.schedule({ ...track, date, trigger, isDryRun: false }),
  }));
  for (const [i, { date, id }] of waiting.entries()) {
    const order = { date, trigger, isDryRun: false, adopt: false, isShared };
    const outcome = await runDay(host, deployment, order, { ...conditions, scheduledId: id });
    lines.push(`${title} ${date}: ${outcome.state}: ${outcome.summary}`);
    if (outcome.state !== 'failed') continue;
    const failures = table.runsOf(track, date, ['failed']).length;
    if (failures >= PASSED_OVER_AFTER && !(outcome.error instanceof RunAborted)) {
      lines.push(`${title} ${date}: has failed ${failures} times and is passed over`);
      continue;
    }
    for (const held of waiting.slice(i + 1)) table.end(held.id, 'crashed', `held up by ${date}, which failed`);
    return { lines, failure: outcome.error };
  }
  return { lines, failure: null };
}
