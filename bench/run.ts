import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BENCHES } from './benches.ts';
import { readConditions } from './support/conditions.ts';
import { type Bench, tableText, writeResult } from './support/result.ts';

/*
 * npm run bench               all of them, each in a process of its own: one benchmark's type feedback would slow the next
 * npm run bench -- NAME       one of them
 * npm run bench -- --list
 */
const [name, ...rest] = process.argv.slice(2);
if (name === '--list') console.log(BENCHES.map((bench) => bench.name).join('\n'));
else if (name === undefined) process.exitCode = runAll();
else process.exitCode = await runOne(name);

function runAll(): number {
  const failed = BENCHES.filter((bench) => {
    const args = [...process.execArgv, fileURLToPath(import.meta.url), bench.name];
    return spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0;
  });
  if (failed.length > 0) console.error(`failed: ${failed.map((bench) => bench.name).join(', ')}`);
  return failed.length > 0 ? 1 : 0;
}

async function runOne(wanted: string): Promise<number> {
  const bench = BENCHES.find((candidate) => candidate.name === wanted);
  if (bench === undefined || rest.length > 0) {
    console.error(
      `bench: one of ${BENCHES.map((candidate) => candidate.name).join(', ')}, was "${[wanted, ...rest].join(' ')}"`,
    );
    return 2;
  }
  return await report(bench);
}

async function report(bench: Bench): Promise<number> {
  const conditions = readConditions();
  console.log(
    `\n${bench.name}: ${conditions.cpu}, ${conditions.cores} cores, load ${conditions.loadBefore}, Node ${conditions.node}`,
  );
  const result = { name: bench.name, conditions, ...(await bench.run(conditions)) };
  for (const table of result.tables) console.log(`\n${tableText(table)}`);
  console.log();
  for (const target of result.targets) {
    console.log(`${target.verdict.toUpperCase().padEnd(9)} ${target.name}: ${target.measured}, target ${target.limit}`);
  }
  for (const note of result.notes) console.log(`- ${note}`);
  console.log(`written to ${writeResult(result)}`);
  return 0;
}
