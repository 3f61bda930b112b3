import { availableParallelism } from 'node:os';
import { describe } from 'vitest';

/**
 * `describe` for tests that need two threads to run at once: on one core they take turns and no race ever shows.
 * Skips with a line that says so.
 */
export function describeOnTwoCores(name: string, tests: () => void): void {
  const cores = availableParallelism();
  if (cores < 2) console.warn(`SKIPPED "${name}": needs two cores, this machine lends ${cores}`);
  describe.skipIf(cores < 2)(name, tests);
}
