import { describe, expect, test } from 'vitest';
import { RunAborted, type RunJournal, runTask, type TaskContext, TaskTimeout } from '../../../src/flows/task.ts';
import { InputError, InvariantError } from '../../../src/model/input-error.ts';

/** Records what a run table would; sleeps take no time. */
function recordingContext(signal = new AbortController().signal, isAttended = false) {
  const events: string[] = [];
  let names: string[] = [];
  const journal: RunJournal = {
    startTask: (name, attempt) => names.push(`${name} ${attempt}`) - 1,
    endTask: (id, state) => events.push(`${names[id]}: ${state}`),
    setState: (state) => events.push(state),
    log: () => undefined,
  };
  names = [];
  const sleep = async (ms: number) => {
    events.push(`sleep ${ms}`);
  };
  const context: TaskContext = { journal, signal, retryDelayMs: 100, isAttended, sleep };
  return { events, context };
}

/** Fails as often as told, then answers 'done'. */
function failing(times: number, error: Error = new Error('no answer')) {
  let left = times;
  return async () => {
    if (left-- > 0) throw error;
    return 'done';
  };
}

const write = { name: 'write', retries: 3, timeoutMs: null };

describe('a task', () => {
  test('is tried again with growing waits, and the run says that it is retrying', async () => {
    const { events, context } = recordingContext();
    expect(await runTask(context, write, failing(2))).toBe('done');
    expect(events).toEqual([
      'write 1: failed',
      'retrying',
      'sleep 100',
      'running',
      'write 2: failed',
      'retrying',
      'sleep 200',
      'running',
      'write 3: completed',
    ]);
  });

  test('ends with its last error when its retries are used up', async () => {
    const { events, context } = recordingContext();
    await expect(runTask(context, write, failing(4))).rejects.toThrow('no answer');
    expect(events.filter((event) => event.endsWith('failed'))).toHaveLength(4);
  });

  test.each([
    ['a broken invariant', new InvariantError('drift'), true, false, 1],
    ['bad input', new InputError('no such key'), false, false, 1],
    ['bad input that may mend itself', new InputError('half a file'), true, false, 4],
    ['bad input that may mend itself, while a person waits', new InputError('half a file'), true, true, 1],
    ['no answer, while a person waits', new Error('no answer'), false, true, 4],
  ])('%s', async (_situation, error, retriesBadInput, isAttended, attempts) => {
    const { events, context } = recordingContext(undefined, isAttended);
    await expect(runTask(context, { ...write, retriesBadInput }, failing(9, error))).rejects.toBe(error);
    expect(events.filter((event) => event.endsWith('failed'))).toHaveLength(attempts);
  });

  test('that does not end in time is told so and fails as late', async () => {
    const { events, context } = recordingContext();
    const untilStopped = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    const late = runTask(context, { name: 'engine', retries: 0, timeoutMs: 5 }, untilStopped);
    await expect(late).rejects.toThrow(TaskTimeout);
    expect(events).toEqual(['engine 1: timed out']);
  });

  test('ends with the run, whatever retries it has left', async () => {
    const stop = new AbortController();
    const { events, context } = recordingContext(stop.signal);
    const stopped = runTask(context, write, async () => {
      stop.abort('stopped by a signal');
      throw new Error('cut short');
    });
    await expect(stopped).rejects.toThrow(new RunAborted('stopped by a signal'));
    expect(events).toEqual(['write 1: failed']);
  });

  test('does not begin in a run that has ended', async () => {
    const { events, context } = recordingContext(AbortSignal.abort('claim lost'));
    await expect(runTask(context, write, failing(0))).rejects.toThrow('claim lost');
    expect(events).toEqual([]);
  });
});
