import { defineConfig } from 'vitest/config';

/** One project per test folder; the ladder is described in CONTRIBUTING.md. */
const project = (name: string, testTimeout: number, fileParallelism: boolean) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    fileParallelism,
    pool: 'forks' as const,
  },
});

/** Most of these files wait more than they compute, so that two run at once even where there are two cores. */
const MAX_WORKERS = 2;

export default defineConfig({
  test: {
    maxWorkers: MAX_WORKERS,
    projects: [
      project('unit', 20_000, true),
      project('property', 60_000, true),
      project('golden', 120_000, true),
      project('concurrency', 120_000, false),
      project('integration', 120_000, false),
      project('e2e', 180_000, true),
      project('chaos', 180_000, false),
    ],
  },
});
