import { defineConfig } from 'vitest/config';

/** Most files wait as much as they compute: two at once keep two cores busy. */
const FILES_AT_ONCE = 2;

/** What is measured or has a short patience is wrong beside other load: these run alone, behind all the others. */
const QUIET = [
  'test/integration/bench-latency.test.ts',
  'test/integration/collections.test.ts',
  'test/integration/control-server.test.ts',
  'test/integration/memory/book-source.test.ts',
  'test/integration/memory/contract.test.ts',
  'test/integration/memory/embedded-processes.test.ts',
  'test/integration/routed-failures.test.ts',
  'test/integration/worker-failures.test.ts',
  'test/chaos/soak.test.ts',
];

interface ProjectOptions {
  readonly include?: readonly string[];
  readonly testTimeout: number;
  /** Default true: beside files of other projects. False: one file at a time, behind all of those. */
  readonly fileParallelism?: boolean;
  /** Default true: a process for each file. */
  readonly isolate?: boolean;
}

/** A project per test folder, and one of those that need a quiet machine; the ladder is described in CONTRIBUTING.md. */
const project = (name: string, options: ProjectOptions) => ({
  test: {
    name,
    include: [...(options.include ?? [`test/${name}/**/*.test.ts`])],
    exclude: options.include === undefined ? QUIET : [],
    testTimeout: options.testTimeout,
    hookTimeout: options.testTimeout,
    fileParallelism: options.fileParallelism ?? true,
    isolate: options.isolate ?? true,
    pool: 'forks' as const,
    execArgv: ['--import', new URL('test/support/strip-once.mjs', import.meta.url).href],
  },
});

export default defineConfig({
  test: {
    maxWorkers: FILES_AT_ONCE,
    projects: [
      // Pure: files that share a process load its modules once.
      project('unit', { testTimeout: 20_000, isolate: false }),
      project('property', { testTimeout: 60_000, isolate: false }),
      project('golden', { testTimeout: 120_000 }),
      project('integration', { testTimeout: 120_000 }),
      project('e2e', { testTimeout: 180_000 }),
      project('chaos', { testTimeout: 180_000 }),
      project('concurrency', { testTimeout: 120_000, fileParallelism: false }),
      project('prefect', { testTimeout: 180_000, fileParallelism: false }),
      project('quiet', { include: QUIET, testTimeout: 180_000, fileParallelism: false }),
    ],
  },
});
