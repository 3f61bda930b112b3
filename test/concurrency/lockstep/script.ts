import { Worker } from 'node:worker_threads';

/** How busy the two machines are, by number of the frame. */
export interface LockstepPlan {
  /** Reports of frame n: `reports[n % reports.length]`. */
  readonly reports: readonly number[];
  /** Intents decided on it, alike. */
  readonly intents: readonly number[];
}

export interface ScriptedExecution {
  readonly buffer: SharedArrayBuffer;
  readonly plan: LockstepPlan;
}

export interface ScriptedOutcome {
  readonly told: number;
  readonly frames: readonly number[];
  readonly intents: readonly number[];
  readonly failure: string;
}

export function reportsOfFrame({ reports }: LockstepPlan, sequence: number): number {
  return reports[sequence % reports.length]!;
}

export function intentsOfFrame({ intents }: LockstepPlan, sequence: number): number {
  return intents[sequence % intents.length]!;
}

/** Execution in a thread of its own; settles with what it saw. */
export function startExecution(script: ScriptedExecution): Promise<ScriptedOutcome> {
  const worker = new Worker(new URL('./execution.worker.ts', import.meta.url), { workerData: script });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
