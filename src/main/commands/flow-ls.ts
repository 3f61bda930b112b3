import { readRunList } from '../../adapters/run-table/run-history.ts';
import type { RunRecord } from '../../adapters/run-table/run-record.ts';
import { checkDeployment, flowTitle } from '../../flows/deployment-options.ts';
import { nextFiringMs } from '../../flows/scheduler.ts';
import { formatMoney, formatPnl } from '../../report/number-format.ts';
import { alignRows } from '../../report/text-table.ts';
import { existingRunTable } from './flow-setup.ts';

export interface FlowLsFlags {
  readonly state: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `dolphin flow ls`: registered flows and the newest runs; looks and writes nothing. Answers the exit code. */
export function flowLsCommand({ state, limit, json }: FlowLsFlags): number {
  const { deployments: registered, runs } = readRunList(existingRunTable(state), limit);
  const deployments = registered.map((each) => {
    const { name, cron, track } = checkDeployment(each);
    return { name, cron, ...track, nextMs: nextFiringMs(each) };
  });
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ deployments, runs })}\n`);
    return 0;
  }
  const lines = [
    ...(deployments.length === 0 ? ['no flow is registered'] : []),
    ...alignRows(
      deployments.map(({ cron, memory, nextMs, ...track }) => [flowTitle(track), cron, `next ${iso(nextMs)}`, memory]),
      ['left', 'left', 'left', 'left'],
    ),
    '',
    ...(runs.length === 0 ? ['no run yet'] : alignRows([HEADER, ...runs.map(runCells)], ALIGNS)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

const HEADER = ['run', 'flow', 'deployment', 'date', 'state', 'seconds', 'pnl', 'capital', 'why'];
const ALIGNS = ['right', 'left', 'left', 'left', 'left', 'right', 'right', 'right', 'left'] as const;

function runCells(run: RunRecord): string[] {
  const { result, startedMs, endedMs } = run;
  return [
    String(run.id),
    run.flow,
    run.deployment,
    run.date,
    run.isDryRun ? `${run.state} (dry)` : run.state,
    startedMs === null || endedMs === null ? '' : ((endedMs - startedMs) / 1000).toFixed(1),
    result === null ? '' : formatPnl(result.pnl),
    result === null ? '' : formatMoney(result.capital),
    run.reason ?? (result?.isPublished === false ? 'the memory does not have it yet' : ''),
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
