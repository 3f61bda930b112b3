import { type FoundRun, findRunAt, findRuns } from '../../adapters/control-socket/find-runs.ts';
import { realFolder } from '../../adapters/control-socket/trusted-folder.ts';
import { InputError } from '../../model/input-error.ts';

/**
 * The running runs that a user means.
 * @param name - id of a run or the start of it, its process id, the path of a run directory, or undefined for all.
 * @returns for undefined whatever runs; else at least one.
 * @throws InputError when nothing runs by that name.
 */
export async function runsNamed(name: string | undefined): Promise<FoundRun[]> {
  if (name !== undefined && /[/\\.]/.test(name)) return [await runAt(name)];
  const runs = await findRuns();
  if (name === undefined) return runs;
  const named = runs.filter((run) => isNamed(run, name));
  if (named.length === 0) throw new InputError(`no run is named "${name}"; ${runningText(runs)}`);
  return named;
}

/** The one run that a user means. @throws InputError when there is none, or more than one. */
export async function runNamed(name: string | undefined): Promise<FoundRun> {
  const runs = await runsNamed(name);
  const [run] = runs;
  if (run === undefined) throw new InputError('no run is running');
  if (runs.length > 1) throw new InputError(`say which run; ${runningText(runs)}`);
  return run;
}

/** Id of a run; of one whose notice cannot be read, its directory. */
export function idOf({ notice, dir }: FoundRun): string {
  return notice?.runId ?? dir;
}

async function runAt(path: string): Promise<FoundRun> {
  const run = await findRunAt(realFolder(path));
  if (run === null) throw new InputError(`no run listens in ${path}`);
  return run;
}

function isNamed({ notice }: FoundRun, name: string): boolean {
  return notice !== null && (notice.runId.startsWith(name) || String(notice.pid) === name);
}

function runningText(runs: readonly FoundRun[]): string {
  return runs.length === 0 ? 'no run is running' : `running are ${runs.map(idOf).join(', ')}`;
}
