import type { MemoryPort } from '../adapters/memory/memory-port.ts';
import { SystemMemory } from '../adapters/memory/system-memory.ts';
import type { RunTrigger } from '../adapters/run-table/run-record.ts';
import type { RunTable } from '../adapters/run-table/run-table.ts';
import { type AcbInputs, acbFlow } from './acb-flow.ts';
import { DayFlow } from './day-flow.ts';
import type { DayRunner } from './day-runner.ts';
import type { CheckedDeployment } from './deployment-options.ts';
import { type FlowContext, type FlowEnd, type FlowOutcome, type RunConditions, runFlow } from './flow-run.ts';

/** What main puts behind the flows of a deployment. */
export interface FlowBackends {
  /** The store of a deployment; closed by whoever asked for it. */
  memory(deployment: CheckedDeployment): MemoryPort;
  runner(deployment: CheckedDeployment): DayRunner;
  acbInputs(deployment: CheckedDeployment): AcbInputs;
}

export interface DayOrder {
  readonly date: string;
  readonly trigger: RunTrigger;
  readonly isDryRun: boolean;
  readonly adopt: boolean;
  readonly isShared: boolean;
}

/** Parts of every run of this process. */
export interface FlowHost {
  readonly table: RunTable;
  readonly backends: FlowBackends;
  /** File of the paper flow's results of a deployment. */
  pnlLog(deployment: CheckedDeployment): string;
}

/** Runs one day of a deployment with a memory of its own, which is closed behind it. */
export async function runDay(
  host: FlowHost,
  deployment: CheckedDeployment,
  order: DayOrder,
  conditions: RunConditions,
): Promise<FlowOutcome> {
  const { table } = host;
  const { date, trigger, isDryRun } = order;
  return runFlow(table, { ...deployment.track, date, trigger, isDryRun }, conditions, async (context) => {
    const memory = new SystemMemory(host.backends.memory(deployment), deployment.track.deployment);
    try {
      return await bodyOf(host, deployment, order, memory, context);
    } finally {
      await memory.close();
    }
  });
}

function bodyOf(
  { table, backends, pnlLog }: FlowHost,
  deployment: CheckedDeployment,
  order: DayOrder,
  memory: SystemMemory,
  context: FlowContext,
): Promise<FlowEnd> {
  const { track } = deployment;
  const { flow } = track;
  if (flow === 'acb') return acbFlow({ memory, readInputs: () => backends.acbInputs(deployment) }, order, context);
  const ports = { memory, table, runner: backends.runner(deployment), pnlLog: pnlLog(deployment) };
  return new DayFlow(ports, { ...order, flow, track }, context).run();
}
