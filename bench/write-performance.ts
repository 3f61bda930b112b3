import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCHES } from './benches.ts';
import { ROOT } from './support/conditions.ts';
import type { BenchResult, BenchTable } from './support/result.ts';

/*
 * Fills the marked block of docs/performance.md from bench/results/*.json; `--check` only says whether it is current
 * (exit 1 when it is not). Numbers in that block are never typed by hand.
 */
const PAGE = join(ROOT, 'docs', 'performance.md');
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';
const LOADED = '\n*The machine was not idle: read the ratios, and those of spinning threads with doubt.*';

const page = readFileSync(PAGE, 'utf8');
const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
if (before < 0 || after < before) throw new Error(`docs/performance.md must hold ${BEGIN} and, after it, ${END}`);
const block = BENCHES.map((bench) => readResult(bench.name)).filter((result) => result !== null);
const filled = `${page.slice(0, before + BEGIN.length)}\n${block.map(section).join('\n')}\n${page.slice(after)}`;

if (!process.argv.includes('--check')) writeFileSync(PAGE, filled);
else if (filled !== page) {
  console.error('docs/performance.md is not what bench/results say; run: node bench/write-performance.ts');
  process.exitCode = 1;
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
