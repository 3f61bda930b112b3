import type { RunRecord, TaskRecord } from '../../adapters/run-table/run-record.ts';
import { InputError } from '../../model/input-error.ts';
import { alignRows } from '../../report/text-table.ts';
import { openFlowHost } from './flow-setup.ts';

export interface FlowShowFlags {
  readonly state: string;
  readonly json?: boolean;
}

/** `dolphin flow show ID`: attempts and log of one run. Answers the exit code. */
export function flowShowCommand(id: number, { state, json }: FlowShowFlags): number {
  const { table } = openFlowHost(state);
  table.markCrashed();
  const run = table.run(id);
  const tasks = table.tasks(id);
  const logs = table.logs(id);
  table.close();
  if (run === null) throw new InputError(`run ${id} is not in ${table.path} (dolphin flow ls)`);
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ run, tasks, logs })}\n`);
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
