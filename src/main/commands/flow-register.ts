import type { FlowName } from '../../adapters/run-table/run-record.ts';
import { flowTitle } from '../../flows/deployment-options.ts';
import { nextFiringMs } from '../../flows/scheduler.ts';
import { loadStrategy } from '../config/load-config.ts';
import { type DeploymentFlags, deploymentOf, openFlowHost } from './flow-setup.ts';

/** `dolphin flow register`: a flow that `serve` is to run every day. Answers the exit code. */
export function flowRegisterCommand(flow: FlowName, flags: DeploymentFlags): number {
  const deployment = deploymentOf(flow, flags);
  loadStrategy(deployment.options.config, []); // a config that is none is found now, not at midnight
  const { table } = openFlowHost(flags.state);
  table.register(deployment);
  table.close();
  process.stdout.write(
    `${flowTitle(deployment.track)} registered, daily at ${clockOf(deployment.atMs)} UTC, next ` +
      `${new Date(nextFiringMs(deployment)).toISOString()}\nNext: npx dolphin flow serve --state ${flags.state}\n`,
  );
  return 0;
}

function clockOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16);
}
