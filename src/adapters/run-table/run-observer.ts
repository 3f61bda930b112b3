import type { LogRecord, RunRecord, TaskRecord } from './run-record.ts';

/**
 * Told of what a run table has written, behind the write and in the same order. Each call has to return at once and never
 * throws: the flow waits for it.
 */
export interface RunObserver {
  /** A run of this process is new or has another state, or one of a process that is gone was found crashed. */
  onRun(run: RunRecord): void;
  /** An attempt has begun or ended. @param taskId - of the attempt. */
  onTask(taskId: number, task: TaskRecord): void;
  onLog(line: LogRecord): void;
}
