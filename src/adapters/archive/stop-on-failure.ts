/**
 * Runs `task` with a signal that aborts when the caller's does and when the task fails, so that requests which run
 * beside the one that failed are given up with it.
 */
export async function stopOnFailure<T>(signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const failure = new AbortController();
  try {
    return await task(AbortSignal.any([signal, failure.signal]));
  } catch (error) {
    failure.abort();
    throw error;
  }
}
