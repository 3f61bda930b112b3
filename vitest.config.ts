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

export default defineConfig({
  test: {
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
