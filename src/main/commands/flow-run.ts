import type { FlowName } from '../../adapters/run-table/run-record.ts';
import { type CheckedDeployment, flowTitle } from '../../flows/deployment-options.ts';
import { runDay } from '../../flows/run-day.ts';
import { InputError } from '../../model/input-error.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { offerAndWait } from './flow-offer.ts';
import { openReporting, tellCrashed } from './flow-prefect.ts';
import { type DeploymentFlags, deploymentOf, openFlowHost } from './flow-setup.ts';

/** A person waits: seconds between attempts. */
const RETRY_DELAY_MS = 500;

export interface FlowRunFlags extends DeploymentFlags {
  readonly date: string;
  readonly dryRun?: boolean;
  readonly adopt?: boolean;
  readonly queue?: string;
  readonly prefect?: string;
  readonly json?: boolean;
}

/** `dolphin flow run`: one day of a flow, now. Answers the exit code. */
export async function flowRunCommand(flow: FlowName, flags: FlowRunFlags): Promise<number> {
  const deployment = deploymentOf(flow, flags);
  if (flags.queue !== undefined) return runOnQueue(deployment, flags, flags.queue);
  const reporting = openReporting(flags.prefect, false);
  const host = openFlowHost(flags.state, reporting.observer);
  if (reporting.observer !== null) tellCrashed(host.table, reporting.observer);
  const stop = new AbortController();
  const signals = onStopSignals(() => stop.abort('stopped by a signal'));
  try {
    const outcome = await runDay(
      host,
      deployment,
      {
        date: flags.date,
        trigger: 'manual',
        isDryRun: flags.dryRun === true,
        adopt: flags.adopt === true,
        isShared: false,
      },
      {
        signal: stop.signal,
        retryDelayMs: RETRY_DELAY_MS,
        onLine: (level, text) => {
          // The last word is said below, errors by whoever catches them.
          if (level === 'warning') process.stderr.write(`dolphin: ${text}\n`);
        },
      },
    );
    if (signals.received !== null) return exitCodeOfSignal(signals.received);
    if (outcome.state === 'failed') throw outcome.error;
    if (flags.json === true) process.stdout.write(`${JSON.stringify(host.table.run(outcome.runId))}\n`);
    else
      process.stdout.write(
        `${flowTitle(deployment.track)}: run ${outcome.runId} ${outcome.state}: ${outcome.summary}\n`,
      );
    return 0;
  } finally {
    await reporting.close();
    signals.release();
    host.table.close();
  }
}

/** One of the machines that serve the queue runs the day. Answers the exit code. */
async function runOnQueue(deployment: CheckedDeployment, flags: FlowRunFlags, url: string): Promise<number> {
  if (flags.dryRun === true || flags.adopt === true) {
    throw new InputError(`${flags.dryRun ? '--dry-run' : '--adopt'} is decided on one machine: leave --queue away`);
  }
  if (flags.prefect !== undefined) {
    throw new InputError('--prefect reports what this machine runs: with --queue give it to each flow serve');
  }
  const stop = new AbortController();
  const signals = onStopSignals(() => stop.abort());
  try {
    const text = await offerAndWait(url, deployment, flags.date, stop.signal);
    if (signals.received !== null) return exitCodeOfSignal(signals.received);
    process.stdout.write(`${text}\n`);
    return 0;
  } finally {
    signals.release();
  }
}
