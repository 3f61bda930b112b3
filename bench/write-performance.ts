import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCHES } from './benches.ts';
import { ROOT } from './support/conditions.ts';
import type { BenchResult, BenchTable } from './support/result.ts';

/*
 * Fills the marked blocks of docs/performance.md and README.md from bench/results/*.json; `--check` only says whether
 * they are current (exit 1 when not). Numbers in those blocks are never typed by hand.
 */
const LOADED = '\n*The machine was not idle: read the ratios, and those of spinning threads with doubt.*';
const results = new Map(BENCHES.flatMap(({ name }) => readResult(name) ?? []).map((result) => [result.name, result]));

const isCurrent = [
  fill(join(ROOT, 'docs', 'performance.md'), 'bench', [...results.values()].map(section).join('\n')),
  fill(join(ROOT, 'README.md'), 'honest-number', honestNumber()),
];
if (isCurrent.includes(false)) process.exitCode = 1;

/** Puts `text` between the marks of a page; with --check it only answers whether it stands there already. */
function fill(path: string, mark: string, text: string): boolean {
  const [begin, end] = [`<!-- ${mark}:begin -->`, `<!-- ${mark}:end -->`];
  const page = readFileSync(path, 'utf8');
  const [before, after] = [page.indexOf(begin), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${path} must hold ${begin} and, after it, ${end}`);
  const filled = `${page.slice(0, before + begin.length)}\n${text}\n${page.slice(after)}`;
  if (!process.argv.includes('--check')) writeFileSync(path, filled);
  else if (filled !== page) {
    console.error(`${path} is not what bench/results say; run: node bench/write-performance.ts`);
    return false;
  }
  return true;
}

/** The one figure of the README, with what it is not. */
function honestNumber(): string {
  const replay = cells('replay-vs-numba', 0);
  const [day, further] = [replay('whole command, 1 day'), replay('further day, whole command')];
  const { conditions: c } = results.get('replay-vs-numba') as BenchResult;
  const step = (table: number) => cells('alpha-step', table)('alpha step, ours')[3];
  return [
    `**${(Number(day[1]) / 1000).toFixed(2)} s** from the shell to the report for a day of 17,280 scans x 48 assets: ${day[3]} of the same day as a`,
    `pyarrow + numba program (decision hashes equal, files and compiled code warm, ${c.cores} vCPUs). That is start-up; a further day`,
    `costs ${further[3]} of numba's, most of it decoding. The alpha step alone takes ${step(0)} of C -O3 at 50 assets and`,
    `${step(1)} at 400. [All tables, and the targets that are missed.](docs/performance.md)`,
  ].join('\n');
}

/** Looks a row of a result's table up by its first cell. */
function cells(name: string, table: number): (row: string) => readonly string[] {
  const { rows } = results.get(name)?.tables[table] ?? { rows: [] };
  return (row) => {
    const found = rows.find(([first]) => first === row);
    if (found === undefined) throw new Error(`bench/results/${name}.json must have a row "${row}"`);
    return found;
  };
}

function readResult(name: string): BenchResult | null {
  const path = join(ROOT, 'bench', 'results', `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BenchResult) : null;
}

function section(result: BenchResult): string {
  const { conditions: c } = result;
  const where = `${c.cpu}, ${c.cores} cores, ${c.memoryGib} GiB, Linux ${c.kernel}, governor ${c.governor}`;
  const what = `Node ${c.node} (V8 ${c.v8}), ${c.gcc}, commit ${c.commit}, load before ${c.loadBefore}, ${c.date.slice(0, 10)}`;
  return [
    `\n## ${result.name}\n`,
    ...result.targets.map(
      ({ name, measured, limit, verdict }) => `- **${verdict}**: ${name}: ${measured}, target ${limit}`,
    ),
    ...result.tables.map(tableMarkdown),
    ...result.notes.map((note) => `- ${note}`),
    `\n*${where}. ${what}.*`,
    ...(c.loadBefore > 0.5 * c.cores ? [LOADED] : []),
  ].join('\n');
}

function tableMarkdown({ title, columns, rows }: BenchTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = line(columns.map((_, index) => (index === 0 ? '---' : '---:')));
  return ['', `**${title}**`, '', line(columns), rule, ...rows.map(line), ''].join('\n');
}
