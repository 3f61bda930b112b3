import { PrefectReporter } from '../../src/adapters/prefect/prefect-reporter.ts';
import { prefectSettings } from '../../src/adapters/prefect/prefect-settings.ts';
import type { ReportCount } from '../../src/adapters/prefect/report-queue.ts';
import type { RunRecord } from '../../src/adapters/run-table/run-record.ts';
import type { DayRunner } from '../../src/flows/day-runner.ts';
import type { FlowOutcome } from '../../src/flows/flow-run.ts';
import { runDay } from '../../src/flows/run-day.ts';
import { deploymentOf, openFlowHost } from '../../src/main/commands/flow-setup.ts';
import { FIRST_DATE } from '../integration/flows/flow-fixtures.ts';
import type { PrefectServer } from './prefect-server.ts';

const DRAIN_MS = 10_000;

/** Runs a paper day in this process, reported to a server, with an engine that a test has its hand in. */
export async function reportedRun(
  server: PrefectServer,
  folders: { readonly state: string; readonly data: string },
  engine: (engine: DayRunner) => DayRunner,
): Promise<{ readonly outcome: FlowOutcome; readonly run: RunRecord; readonly count: ReportCount }> {
  const reporter = new PrefectReporter(prefectSettings(server.api, {}));
  const { backends, ...host } = openFlowHost(folders.state, reporter);
  const outcome = await runDay(
    { ...host, backends: { ...backends, runner: (deployment) => engine(backends.runner(deployment)) } },
    deploymentOf('paper', { ...folders, deployment: 'blue', barInterval: 'auto' }),
    { date: FIRST_DATE, trigger: 'manual', isDryRun: false, adopt: false, isShared: false },
    { signal: new AbortController().signal, retryDelayMs: 1 },
  );
  const run = host.table.run(outcome.runId) as RunRecord;
  const count = await reporter.close(DRAIN_MS);
  host.table.close();
  return { outcome, run, count };
}
