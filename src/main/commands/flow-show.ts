import { readRunDetails } from '../../adapters/run-table/run-history.ts';
import type { RunRecord, TaskRecord } from '../../adapters/run-table/run-record.ts';
import { InputError } from '../../model/input-error.ts';
import { alignRows } from '../../report/text-table.ts';
import { existingRunTable } from './flow-setup.ts';

export interface FlowShowFlags {
  readonly state: string;
  readonly json?: boolean;
}

/** `dolphin flow show ID`: attempts and log of one run; looks and writes nothing. Answers the exit code. */
export function flowShowCommand(id: number, { state, json }: FlowShowFlags): number {
  const path = existingRunTable(state);
  const details = readRunDetails(path, id);
  if (details === null) throw new InputError(`run ${id} is not in ${path} (dolphin flow ls)`);
  const { run, tasks, logs } = details;
  if (json === true) {
    process.stdout.write(`${JSON.stringify(details)}\n`);
    return 0;
  }
  const lines = [
    ...headLines(run),
    '',
    ...alignRows([['task', 'attempt', 'state', 'ms', ''], ...tasks.map(taskCells)], ALIGNS),
    '',
    ...logs.map(({ tsMs, level, text }) => `${new Date(tsMs).toISOString()} ${level.padEnd(7)} ${text}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

const ALIGNS = ['left', 'right', 'left', 'right', 'left'] as const;

function headLines(run: RunRecord): string[] {
  const { result } = run;
  return [
    `run ${run.id}: ${run.flow} ${run.deployment} ${run.date}, ${run.state}${run.isDryRun ? ' (dry run)' : ''}`,
    `trigger ${run.trigger}, process ${run.pid} on ${run.host}`,
    `memory ${run.memory}`,
    ...(run.paramHash === null ? [] : [`strategy ${run.paramHash}`]),
    ...(run.reason === null ? [] : [`why: ${run.reason}`]),
    ...(result === null
      ? []
      : [
          `capital ${result.capitalBefore} -> ${result.capital}, pnl ${result.pnl}, trades ${result.trades}` +
            `${result.isPublished ? '' : ' (the memory does not have it yet)'}`,
        ]),
  ];
}

function taskCells({ name, attempt, state, durationMs, error }: TaskRecord): string[] {
  return [name, String(attempt), state, durationMs === null ? '' : String(durationMs), error ?? ''];
}
