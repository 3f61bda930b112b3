// Runs one tier of the tests and ends with the plain line "N passed, N failed, N skipped".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TIERS = {
  check: {
    projects: ['unit', 'property'],
    leavesOut: 'golden, concurrency, integration, e2e, chaos, quiet (npm test)',
  },
  test: {
    projects: ['unit', 'property', 'golden', 'concurrency', 'integration', 'e2e', 'chaos', 'quiet'],
    leavesOut: 'the long rounds (npm run nightly), prefect (npm run prefect)',
  },
  prefect: { projects: ['prefect'], leavesOut: 'everything but the reports to a Prefect server' },
  nightly: {
    projects: ['unit', 'property', 'golden', 'concurrency', 'integration', 'e2e', 'chaos', 'quiet', 'prefect'],
    leavesOut: 'nothing',
    env: { DOLPHIN_NIGHTLY: '1' },
  },
};

const name = process.argv[2] ?? '';
const tier = TIERS[name];
if (tier === undefined) {
  console.error(`test-tier: tier must be one of ${Object.keys(TIERS).join(', ')}, was "${name}"`);
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), 'dolphin-tests-'));
const results = join(scratch, 'results.json');
const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}`,
];
for (const project of tier.projects) args.push('--project', project);
console.log(`tier: ${name} (${tier.projects.join(', ')}); leaves out: ${tier.leavesOut}`);
const run = spawnSync('node_modules/.bin/node', args, { stdio: 'inherit', env: { ...process.env, ...tier.env } });

let passed = 0;
let failed = 0;
let skipped = 0;
if (existsSync(results)) {
  const report = JSON.parse(readFileSync(results, 'utf8'));
  passed = report.numPassedTests;
  skipped = report.numPendingTests + report.numTodoTests;
  failed = report.numFailedTests;
  // A file that does not load has no tests to count: it is one failure.
  for (const file of report.testResults)
    if (file.status === 'failed' && file.assertionResults.length === 0) failed += 1;
}
rmSync(scratch, { recursive: true, force: true });
if (run.status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
