import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { SCANNER_MODES } from '../workers/messages.ts';
import { addBench } from './cli-bench.ts';
import { addControl } from './cli-control.ts';
import { addChampion, addData, addDemo, addDoctor, addScan } from './cli-data.ts';
import { addFlow } from './cli-flow.ts';
import { addDiff, addJournal } from './cli-journal.ts';
import { addMemory } from './cli-memory.ts';
import { addRunFlags } from './cli-run-flags.ts';
import { addSignals } from './cli-signals.ts';
import { parseDate } from './flag-parsers.ts';
import { barIntervalOption, pointToOwnHelp, speedOption } from './help-text.ts';

/** From package.json, two folders up in `src` and in `dist` alike. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Commands load their code when they run: a short one does not pay for a long one. */
export function buildProgram(): Command {
  const program = new Command('dolphin')
    .description(
      'Trades one quantitative strategy on Binance USD-M perpetuals; replays its days through the same threads.',
    )
    .version(version, '--version')
    .exitOverride();
  addDemo(program);
  addReplay(program);
  addData(program);
  addScan(program);
  addChampion(program);
  addDoctor(program);
  addReport(program);
  addExplain(program);
  addJournal(program);
  addDiff(program);
  addControl(program);
  addSignals(program);
  addFlow(program);
  addMemory(program);
  addBench(program);
  pointToOwnHelp(program);
  return program;
}

function addReplay(program: Command): void {
  const replay = program
    .command('replay')
    .description('replay days through market-data worker, ring and engine worker')
    .option('--data <dir>', 'folder with one YYYY-MM-DD.parquet per day')
    .option('--journal <dir>', 'replay what a recorded run consumed, in place of --data')
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
    .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
    .addOption(speedOption())
    .addOption(barIntervalOption())
    .addOption(
      new Option('--scanner <where>', 'days without signals: computed ahead, or per scan in a worker, as live')
        .choices(SCANNER_MODES)
        .default('ahead'),
    );
  addRunFlags(replay).action(async (flags) => {
    const { replayCommand } = await import('./commands/replay.ts');
    process.exitCode = await replayCommand(flags);
  });
}

function addExplain(program: Command): void {
  program
    .command('explain')
    .argument('<run>', 'JSON report of a replay')
    .description('show one bar of a replay: every gate, the ranking of the assets, and why it traded or did not')
    .requiredOption('--at <time>', 'UTC time (2026-01-05T12:00:00Z, "2026-01-05 12:00:00") or lifetime bar (bar:1234)')
    .option('--asset <symbol>', 'say why this asset was or was not chosen')
    .option('--data <dir>', 'where the days are now; default the folder that the report names')
    .option('--json', 'as JSON, in full precision')
    .action(async (run, flags) => {
      const { explainCommand } = await import('./commands/explain.ts');
      process.exitCode = await explainCommand(run, flags);
    });
}

function addReport(program: Command): void {
  program
    .command('report')
    .argument('<file>', 'JSON report of a replay')
    .description('show the summary of a replay again, or write its page or its trades')
    .option('--html', 'write one self-contained HTML file')
    .addOption(new Option('--trades <format>', 'write the trades').choices(['csv', 'parquet']))
    .option('--out <dir>', 'where to write; default beside the report')
    .action(async (file, flags) => {
      const { reportCommand } = await import('./commands/report.ts');
      process.exitCode = await reportCommand(file, flags);
    });
}
