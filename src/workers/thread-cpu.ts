import { readdirSync, readFileSync } from 'node:fs';

const TASKS = '/proc/self/task';

/** Ids of this process's threads, in order of their start; empty where there is no /proc. */
export function threadIds(): readonly number[] {
  try {
    return readdirSync(TASKS)
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** CPU time that a thread of this process has had, ns; NaN when it is gone or there is no /proc. */
export function threadCpuNs(threadId: number): number {
  try {
    return Number(readFileSync(`${TASKS}/${threadId}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return Number.NaN;
  }
}
