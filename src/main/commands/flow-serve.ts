import { type CheckedDeployment, checkDeployment, flowTitle } from '../../flows/deployment-options.ts';
import type { MissedPolicy } from '../../flows/due-dates.ts';
import { applyMissedPolicy, findDue, runDates } from '../../flows/due-runs.ts';
import type { RunConditions } from '../../flows/flow-run.ts';
import type { FlowHost } from '../../flows/run-day.ts';
import { FlowScheduler, nextFiringMs } from '../../flows/scheduler.ts';
import { messageOf } from '../../flows/task.ts';
import { InputError } from '../../model/input-error.ts';
import { plural } from '../../report/words.ts';
import { onStopSignals } from '../exit-codes.ts';
import { openReporting, tellCrashed } from './flow-prefect.ts';
import { offerDays, openDayQueue, openDayWorker, reachQueue, watchQueue } from './flow-queue.ts';
import { existingRunTable, openFlowHost } from './flow-setup.ts';

/** A file may be late by minutes: first, then doubled. */
const RETRY_DELAY_MS = 30_000;

export interface FlowServeFlags {
  readonly state: string;
  readonly missed: MissedPolicy;
  readonly queue?: string;
  readonly prefect?: string;
  /** Ends when what is due now is done: for tests, and for whoever has a cron of his own. */
  readonly once?: boolean;
}

/** `dolphin flow serve`: registered flows at their times until a signal ends it. Answers the exit code. */
export async function flowServeCommand(flags: FlowServeFlags): Promise<number> {
  if (flags.queue === undefined) existingRunTable(flags.state); // a machine of a queue may be there to work only
  const reporting = openReporting(flags.prefect, true);
  const host = openFlowHost(flags.state, reporting.observer);
  const deployments = host.table.deployments().map(checkDeployment);
  if (deployments.length === 0 && flags.queue === undefined) {
    throw new InputError(`--state ${flags.state}: no flow is registered there (dolphin flow register)`);
  }
  if (reporting.observer !== null) tellCrashed(host.table, reporting.observer);
  const crashed = host.table.markCrashed();
  if (crashed > 0) say(`${plural(crashed, 'run')} of processes that are gone marked as crashed`);
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const signals = onStopSignals(() => stop.abort('stopped by a signal'));
  const conditions: RunConditions = { signal: stop.signal, retryDelayMs: RETRY_DELAY_MS };
  const serving =
    flags.queue === undefined
      ? serveAlone(host, deployments, flags, conditions)
      : await serveQueue(host, deployments, { ...flags, queue: flags.queue }, conditions);
  for (const deployment of deployments)
    say(`${flowTitle(deployment.track)}: next ${new Date(nextFiringMs(deployment)).toISOString()}`);
  if (flags.once !== true) await stopped;
  await serving.close();
  await reporting.close();
  signals.release();
  host.table.close();
  return 0;
}

interface Serving {
  close(): Promise<void>;
}

/** One machine: what is due is run here. */
function serveAlone(
  host: FlowHost,
  deployments: readonly CheckedDeployment[],
  { missed }: FlowServeFlags,
  conditions: RunConditions,
): Serving {
  return new FlowScheduler(deployments, {
    onDue: (deployment) =>
      saying(deployment, async () => {
        if (conditions.signal.aborted) return;
        const due = await findDue(host, deployment, Date.now());
        const dates = applyMissedPolicy(host, deployment, due, missed);
        sayMissed(deployment, due.missed, missed);
        const trigger = due.missed.length > 0 ? 'catch-up' : 'schedule';
        const { lines } = await runDates(host, deployment, { dates, trigger, isShared: false }, conditions);
        for (const line of lines) say(line);
      }),
  });
}

/**
 * Several machines: what is due is offered to the queue, and one of them takes it. While the queue is away offers wait; when
 * it is back, perhaps without what it was told, what is due is offered again, and what it knows of stays as it is.
 */
async function serveQueue(
  host: FlowHost,
  deployments: readonly CheckedDeployment[],
  { missed, queue: url }: FlowServeFlags & { readonly queue: string },
  conditions: RunConditions,
): Promise<Serving> {
  const settings = await reachQueue(url);
  const queue = openDayQueue(settings);
  const worker = openDayWorker(settings, host, conditions);
  void worker.ready().then(
    () => say('takes days from the queue'),
    () => undefined, // closed before
  );
  const scheduler = new FlowScheduler(deployments, {
    onDue: (deployment) =>
      saying(deployment, async () => {
        if (conditions.signal.aborted) return;
        const due = await findDue(host, deployment, Date.now());
        const dates = applyMissedPolicy(host, deployment, due, missed);
        sayMissed(deployment, due.missed, missed);
        if (dates.length === 0) return;
        const offered = await offerDays(queue, deployment, dates, 'schedule').catch((error: unknown) => {
          if (!conditions.signal.aborted) throw error;
        });
        if (offered !== undefined) say(`${flowTitle(deployment.track)} ${dates.join(', ')}: queued (${offered})`);
      }),
  });
  // An offer may wait for a server that never comes back.
  conditions.signal.addEventListener('abort', () => void queue.close(), { once: true });
  const watch = watchQueue(settings, () => scheduler.lookAgain());
  return {
    close: async () => {
      watch.close();
      await scheduler.close();
      await worker.close();
      await queue.close();
    },
  };
}

async function saying({ track }: CheckedDeployment, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => say(`${flowTitle(track)}: ${messageOf(error)}`));
}

function sayMissed({ track }: CheckedDeployment, missed: readonly string[], policy: MissedPolicy): void {
  if (missed.length === 0) return;
  const what = policy === 'skip' ? 'passed over (--missed skip)' : 'caught up now (--missed catch-up)';
  say(`${flowTitle(track)}: ${plural(missed.length, 'day')} missed, ${missed[0]} to ${missed.at(-1)}: ${what}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
