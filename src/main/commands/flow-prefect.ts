import { PrefectReporter } from '../../adapters/prefect/prefect-reporter.ts';
import { prefectSettings } from '../../adapters/prefect/prefect-settings.ts';
import type { RunObserver } from '../../adapters/run-table/run-observer.ts';
import type { RunTable } from '../../adapters/run-table/run-table.ts';
import { plural } from '../../report/words.ts';

/** At the end of the process, for what has not been told yet. */
const DRAIN_MS = 3000;
/** Of runs that another process may have found crashed while nobody reported, such as a run without `--prefect`. */
const RETOLD_RUNS = 20;
const RETOLD_MS = 7 * 86_400_000;

/** What is told to the server of `--prefect`. */
export interface FlowReporting {
  /** For the run table; null without the flag. */
  readonly observer: RunObserver | null;
  /** Tells for three seconds at most what waits, and says on standard error what was not taken. */
  close(): Promise<void>;
}

/**
 * Opens the reporter of `--prefect`; nothing is sent before a run is.
 * @param isServing - a first report that is not taken is said at once: the end may be months away.
 * @throws InputError for a URL or key that is none.
 */
export function openReporting(url: string | undefined, isServing: boolean): FlowReporting {
  if (url === undefined) return { observer: null, close: async () => undefined };
  const settings = prefectSettings(url, process.env);
  const reporter = new PrefectReporter(settings, {
    onTrouble: (reason) => {
      if (isServing) say(`${settings.api} takes no reports, the flows go on without: ${reason}`);
    },
  });
  return {
    observer: reporter,
    close: async () => {
      const { offered, missed, reason } = await reporter.close(DRAIN_MS);
      if (missed > 0) say(`${missed} of ${plural(offered, 'report')} were not taken (${reason})`);
    },
  };
}

/** Tells of the latest crashed runs again, as nobody may have. The server keeps the state of one that it was told. */
export function tellCrashed(table: RunTable, observer: RunObserver): void {
  const sinceMs = Date.now() - RETOLD_MS;
  const crashed = table
    .recent(RETOLD_RUNS)
    .filter(({ state, createdMs }) => state === 'crashed' && createdMs > sinceMs);
  for (const run of crashed.reverse()) observer.onRun(run);
}

function say(text: string): void {
  process.stderr.write(`dolphin: prefect: ${text}\n`);
}
