import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { type FoundRun, findRunAt } from '../../src/adapters/control-socket/find-runs.ts';
import { askRun } from '../../src/main/control/ask-run.ts';
import type { RunStatus } from '../../src/main/control/run-status.ts';
import { temporaryFolder } from './parquet-days.ts';
import { type Outcome, REPOSITORY, runDolphin } from './run-dolphin.ts';

/** Two days of 2600 bars of 5 s; the champion holds a position on the bars 372 to 492 and 495 to 615. */
const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
const DEADLINE_MS = 60_000;
const POLL_MS = 10;

/** A folder for the run directories of one test, so that no other run of this machine is seen. */
export function ownRuntimeFolder(): NodeJS.ProcessEnv {
  return { XDG_RUNTIME_DIR: temporaryFolder() };
}

/** A replay in a process of its own, at a pace, with a run directory that the test knows. */
export class RunningReplay {
  readonly runDir: string;
  /** Its exit code and output, once it has ended. */
  readonly outcome: Promise<Outcome>;
  private child: ChildProcess | null = null;
  private ended: Outcome | null = null;

  /** @param flags - beside data, pace and run directory. */
  constructor(speed: string, flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    this.runDir = join(temporaryFolder(), 'run');
    this.outcome = runDolphin(['replay', '--data', PLAIN, '--speed', speed, '--run-dir', this.runDir, ...flags], {
      env,
      onStart: (child) => {
        this.child = child;
      },
    });
    void this.outcome.then((outcome) => {
      this.ended = outcome;
    });
  }

  /** What `look` answers once it is not null. @throws Error when the replay ends before that. */
  private async until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const deadlineMs = performance.now() + DEADLINE_MS;
    for (;;) {
      const seen = await look();
      if (seen !== null) return seen;
      if (this.ended !== null) throw new Error(`the replay ended before ${what}\n${this.ended.stderr}`);
      if (performance.now() > deadlineMs) throw new Error(`after ${DEADLINE_MS} ms it did not hold that ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** The run as a client finds it, once it listens. */
  async found(): Promise<FoundRun> {
    return await this.until('the replay listens', () => findRunAt(this.runDir).catch(() => null));
  }

  async status(): Promise<RunStatus> {
    const answer = await askRun(await this.found(), 'status');
    if (!answer.ok) throw new Error(answer.error);
    return answer.status;
  }

  /** Waits until so many bars are stepped. */
  async atBar(bar: number): Promise<RunStatus> {
    return await this.until(`bar ${bar} is stepped`, async () => {
      const status = await this.status();
      return status.progress.framesStepped >= bar ? status : null;
    });
  }
}
