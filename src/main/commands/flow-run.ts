import type { FlowName } from '../../adapters/run-table/run-record.ts';
import { runDay } from '../../flows/run-day.ts';
import { InputError } from '../../model/input-error.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { openReporting, tellCrashed } from './flow-prefect.ts';
import { enqueueAndWait } from './flow-queue.ts';
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
  if (flags.queue !== undefined) {
    if (flags.dryRun === true || flags.adopt === true) {
      throw new InputError(`${flags.dryRun ? '--dry-run' : '--adopt'} is decided on one machine: leave --queue away`);
    }
    if (flags.prefect !== undefined) {
      throw new InputError('--prefect reports what this machine runs: with --queue give it to each flow serve');
    }
    process.stdout.write(`${await enqueueAndWait(flags.queue, deployment, flags.date)}\n`);
    return 0;
  }
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
    else process.stdout.write(`${deployment.name} run ${outcome.runId} ${outcome.state}: ${outcome.summary}\n`);
    return 0;
  } finally {
    await reporting.close();
    signals.release();
    host.table.close();
  }
}
