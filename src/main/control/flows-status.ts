import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEntry } from '../../adapters/embedded/read-entry.ts';
import { decodeState } from '../../adapters/memory/capital-codecs.ts';
import { stateMap, TRACK_KEYS } from '../../adapters/memory/maps.ts';
import { asItStands } from '../../adapters/run-table/gone-runs.ts';
import { readRunHistory } from '../../adapters/run-table/run-history.ts';
import type { FlowDeployment, FlowName, RunRecord, RunState, RunTrack } from '../../adapters/run-table/run-record.ts';
import { DAY_TASKS } from '../../flows/day-tasks.ts';
import { checkDeployment } from '../../flows/deployment-options.ts';
import { nextFiringMs } from '../../flows/scheduler.ts';
import { InputError } from '../../model/input-error.ts';

/** The flows of this machine as they stand, for whoever asks. Read from files; no flow notices. */
export interface FlowsStatus {
  /** Folder of run table and results. */
  readonly folder: string;
  /** Why nothing can be said of them, or null. */
  readonly problem: string | null;
  /** The registered ones; where none is, those that were run by hand. */
  readonly flows: readonly FlowStatus[];
}

export interface FlowStatus extends RunTrack {
  /** As registered, such as `dolphin-paper-blue`, or flow and deployment of one that is not. */
  readonly name: string;
  /** Its newest run, dry runs left out; null before the first. */
  readonly newest: NewestRun | null;
  /** When `flow serve` will look at it next, ISO 8601, UTC; null for one that is not registered. */
  readonly next: string | null;
  /** Null where no day has given it one, and for a flow that trades nothing. */
  readonly capital: FlowCapital | null;
}

export interface NewestRun {
  readonly id: number;
  /** The day that it works on. */
  readonly date: string;
  readonly state: RunState;
  readonly reason: string | null;
}

/** USDT after a date, as its embedded memory has it, or else the run table. */
export interface FlowCapital {
  readonly usdt: number;
  readonly date: string | null;
  readonly source: 'memory' | 'run table';
}

const RUN_TABLE = 'flows.db';

/** Reads the flows of a folder; null where no flow was ever run or registered. */
export function readFlows(folder: string): FlowsStatus | null {
  const path = join(folder, RUN_TABLE);
  if (!existsSync(path)) return null;
  try {
    const { deployments, newest, lastCompleted } = readRunHistory(path);
    const statusOf = (name: string, track: RunTrack, next: string | null): FlowStatus => ({
      name,
      flow: track.flow,
      deployment: track.deployment,
      memory: track.memory,
      newest: newestOf(newest.find(isOf(track))),
      next,
      capital: capitalOf(track, lastCompleted.find(isOf(track))),
    });
    const flows =
      deployments.length > 0
        ? deployments.map((registered) => statusOf(registered.name, registered.track, nextOf(registered)))
        : newest.map((run) => statusOf(`${run.flow} ${run.deployment}`, run, null));
    return { folder, problem: null, flows };
  } catch (error) {
    if (error instanceof InputError) return { folder, problem: error.message, flows: [] };
    throw error;
  }
}

/** @throws InputError for a deployment that this program does not run. */
function nextOf(registered: FlowDeployment): string {
  return new Date(nextFiringMs(checkDeployment(registered))).toISOString();
}

function isOf(track: RunTrack): (run: RunRecord) => boolean {
  return ({ flow, deployment, memory }) =>
    flow === track.flow && deployment === track.deployment && memory === track.memory;
}

function newestOf(run: RunRecord | undefined): NewestRun | null {
  if (run === undefined) return null;
  const { id, date, state, reason } = asItStands(run);
  return { id, date, state, reason };
}

/** A memory of this machine is asked; one elsewhere would keep an operator waiting when it is out of reach. */
function capitalOf({ flow, deployment, memory }: RunTrack, completed: RunRecord | undefined): FlowCapital | null {
  if (flow === 'acb') return null;
  const stored = memory.startsWith('embedded:')
    ? storedCapital(memory.slice('embedded:'.length), flow, deployment)
    : null;
  if (stored !== null) return stored;
  if (completed === undefined || completed.result === null) return null;
  return { usdt: completed.result.capital, date: completed.date, source: 'run table' };
}

/** Null where the file or the state is missing, or no reader would take it. */
function storedCapital(path: string, flow: Exclude<FlowName, 'acb'>, deployment: string): FlowCapital | null {
  if (!existsSync(path)) return null;
  const map = stateMap(deployment as Parameters<typeof stateMap>[0]); // any other has no entry
  try {
    const text = readEntry(path, map, TRACK_KEYS[DAY_TASKS[flow].track]);
    const state = text === null ? null : decodeState(text);
    return state?.ok === true ? { usdt: state.value.capital, date: state.value.date, source: 'memory' } : null;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
