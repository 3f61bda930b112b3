import { Command, InvalidArgumentError, Option } from 'commander';
import { DEPLOYMENTS } from '../adapters/memory/maps.ts';
import { FILL_MODES, VENUE_MODELS } from '../model/fill-mode.ts';
import { FSYNC_POLICIES } from '../replay/journal/fsync-policy.ts';
import { WAIT_MODES } from '../shm/idle.ts';
import { SCANNER_MODES } from '../workers/messages.ts';
import { addBench } from './cli-bench.ts';
import { addControl } from './cli-control.ts';
import { addChampion, addData, addDemo, addDoctor, addScan } from './cli-data.ts';
import { addFlow } from './cli-flow.ts';
import { addDiff, addJournal } from './cli-journal.ts';
import { addMemory } from './cli-memory.ts';
import { addSignals } from './cli-signals.ts';
import { collect, parseBarInterval, parseDate, parseSpeed, wholeNumber } from './flag-parsers.ts';

const SEED_MAX = 2 ** 32 - 1;

/** Commands load their code when they run: a short one does not pay for a long one. */
export function buildProgram(): Command {
  const program = new Command('dolphin')
    .description(
      'Trades one quantitative strategy on Binance USD-M perpetuals; replays its days through the same threads.',
    )
    .exitOverride()
    .showHelpAfterError('(see dolphin --help)');
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
  return program;
}

function addReplay(program: Command): void {
  program
    .command('replay')
    .description('replay days through market-data worker, ring and engine worker')
    .option('--data <dir>', 'folder with one YYYY-MM-DD.parquet per day')
    .option('--journal <dir>', 'replay what a recorded run consumed, in place of --data')
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
    .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
    .option('--config <file>', 'strategy in YAML; default the champion')
    .option('--set <key=value>', 'one key of the strategy; repeatable', collect, [])
    .option('--survival', 'postures from a survival stack over the same frames, and the result without it beside')
    .option('--json <file>', 'also write the JSON report; - for standard output alone')
    .addOption(
      new Option('--fill <mode>', 'analytic: at the price of the bar; routed: by orders at a simulated venue')
        .choices(FILL_MODES)
        .default('analytic'),
    )
    .addOption(
      new Option('--venue <model>', 'routed: what fills orders, a price per bar (default) or books and trades').choices(
        VENUE_MODELS,
      ),
    )
    .option('--seed <number>', "routed: of the venue's randomness; default 1", wholeNumber(0, SEED_MAX))
    .option('--speed <speed>', 'max, real, or Nx (50x)', parseSpeed, 0)
    .option('--bar-interval <ms>', 'milliseconds, or auto to adopt what the data has', parseBarInterval)
    .addOption(new Option('--wait <strategy>', 'how idle threads wait').choices(WAIT_MODES).default('park'))
    .option('--record <dir>', 'keep a journal of everything consumed and decided in this folder')
    .option('--resume', 'go on with the interrupted journal of --record')
    .addOption(new Option('--fsync <policy>', 'when the journal syncs').choices(FSYNC_POLICIES).default('interval'))
    .option('--segment-mib <size>', 'size at which a segment of the journal is closed, MiB', parseSegmentMib, 64)
    .addOption(
      new Option('--scanner <where>', 'days without signals: computed ahead, or per scan in a worker, as live')
        .choices(SCANNER_MODES)
        .default('ahead'),
    )
    .option(
      '--memory <where>',
      'where results and capital go: embedded:PATH, hazelcast://HOST:PORT[,...]?cluster=dolphin or none (default)',
    )
    .addOption(new Option('--deployment <name>', 'whose capital it is').choices(DEPLOYMENTS).default(DEPLOYMENTS[0]))
    .option('--adopt', 'go on with a capital state that another strategy made')
    .option('--run-dir <dir>', 'where "dolphin status" and "stop" find this run; default a folder of its own')
    .action(async (flags) => {
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

/** Also below 1, which tests and small machines use. */
function parseSegmentMib(text: string): number {
  const size = Number(text);
  if (!(size > 0 && size <= 1024)) throw new InvalidArgumentError('must be a number of MiB above 0, at most 1024.');
  return size;
}
