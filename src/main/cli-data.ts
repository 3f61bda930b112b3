import { type Command, Option } from 'commander';
import { INTERVAL_US } from '../adapters/archive/options.ts';
import { MAX_SYNTHETIC_ASSETS } from '../replay/synthetic/universe.ts';
import { parseDate, parseInterval, parseList, wholeNumber } from './flag-parsers.ts';
import { barIntervalOption, setOption, tail } from './help-text.ts';
import { DEFAULT_SYNTHETIC } from './synthetic-defaults.ts';

const MAX_DAYS = 3660;
const MAX_SEED = 2 ** 32 - 1;

/** `dolphin demo`. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('make one synthetic day and replay it: the whole machine in a few seconds, without any data')
    .option('--out <dir>', 'folder for the day and the report; default runs/demo')
    .action(async (flags) => {
      const { demoCommand } = await import('./commands/demo.ts');
      process.exitCode = await demoCommand(flags);
    });
}

/** `dolphin data make | check | pull | bars`. */
export function addData(program: Command): void {
  const data = program.command('data').description('make, check, download or build days to replay');
  addMake(data);
  addCheck(data);
  addPull(data);
  addBars(data);
}

function addMake(data: Command): void {
  data
    .command('make')
    .description(
      'write synthetic days: seeded, marked as synthetic, without any edge. For trying things out and for tests; a ' +
        'result on them says nothing about profit.',
    )
    .requiredOption('--out <dir>', 'folder to write to; refused when it holds days that are not synthetic')
    .option('--days <n>', 'number of days', wholeNumber(1, MAX_DAYS), 1)
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDate, DEFAULT_SYNTHETIC.from)
    .option('--assets <n>', 'size of the universe', wholeNumber(1, MAX_SYNTHETIC_ASSETS), DEFAULT_SYNTHETIC.assets)
    .option('--interval <length>', 'bar length: 5s, 1m, ... (default: 5s)', parseInterval)
    .option('--seed <n>', 'another seed, other days', wholeNumber(0, MAX_SEED), DEFAULT_SYNTHETIC.seed)
    .option('--book', 'also order-book snapshots every 30 s, in ob/')
    .addOption(
      new Option('--bars <length>', 'also bars between the scans, in bars/: for resolution hybrid and 0.1s').choices([
        '100ms',
      ]),
    )
    .option('--prices-only', 'no scan columns: a replay computes them with the scanner')
    .option('--force', 'replace synthetic days of another kind that are in the folder')
    .action(async (flags) => {
      const { dataMakeCommand } = await import('./commands/data-make.ts');
      process.exitCode = await dataMakeCommand({ ...flags, interval: flags.interval ?? DEFAULT_SYNTHETIC.intervalMs });
    });
}

function addCheck(data: Command): void {
  data
    .command('check')
    .description('read everything that a replay of a folder would read, and tell what is there and what is wrong')
    .requiredOption('--data <dir>', 'folder with one YYYY-MM-DD.parquet per day')
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
    .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
    .addOption(barIntervalOption())
    .option('--json <file>', 'also write the findings as JSON; - for standard output alone')
    .addHelpText('after', tail('Exit code 2 when a replay with the same flags would refuse the folder.'))
    .action(async (flags) => {
      const { dataCheckCommand } = await import('./commands/data-check.ts');
      process.exitCode = await dataCheckCommand(flags);
    });
}

function addPull(data: Command): void {
  data
    .command('pull')
    .description("download days from Binance's public archive and write them in the layout of a replay")
    .requiredOption('--out <dir>', 'folder to write to')
    .requiredOption('--from <date>', 'first day, YYYY-MM-DD', parseDate)
    .requiredOption('--to <date>', 'last day, YYYY-MM-DD', parseDate)
    .option('--symbols <list>', 'assets in the order of their columns: BTCUSDT,ETHUSDT,...', parseList)
    .option('--top <n>', 'instead: the n of greatest volume in the month before', wholeNumber(1, MAX_SYNTHETIC_ASSETS))
    .option('--candidates <list>', 'what --top chooses from; default a built-in list', parseList)
    .addOption(new Option('--interval <length>', 'bar length').choices(Object.keys(INTERVAL_US)).default('5s'))
    .option('--book', 'also order-book snapshots, in ob/')
    .option('--estimate', 'only tell how much would be downloaded')
    .option('--yes', 'do not ask before more than 200 MB')
    .option('--allow-missing', 'a day that is not published becomes null instead of an error')
    .option('--allow-checksum-mismatch', 'take files whose bytes differ from the published checksum')
    .option('--url <url>', 'archive; default DOLPHIN_ARCHIVE_URL, else https://data.binance.vision')
    .option('--cache <dir>', 'where downloads are kept; default ~/.cache/dolphin/archive')
    .option('--concurrency <n>', 'downloads at a time (default: 4)', wholeNumber(1, 64))
    .addHelpText(
      'after',
      '\nTells the size first. An interrupted pull is continued by the same command.\nExample:\n' +
        '  npx dolphin data pull --out data/may --from 2025-05-26 --to 2025-05-27 --top 48',
    )
    .action(async (flags) => {
      const { dataPullCommand } = await import('./commands/data-pull.ts');
      process.exitCode = await dataPullCommand(flags);
    });
}

const MAX_TOLERANCE_MS = 60_000;
const MAX_SILENCE_S = 86_400;

function addBars(data: Command): void {
  data
    .command('bars')
    .description('build days from files of trades, in the layout of a replay')
    .requiredOption(
      '--trades <file...>',
      'Parquet files of one symbol each: <market>_<SYMBOL>_trades.parquet, or SYMBOL=FILE; in the order of the columns',
    )
    .requiredOption('--out <dir>', 'folder to write to, without days')
    .addOption(new Option('--interval <length>', 'bar length').choices(['0.1s', '5s']).default('5s'))
    .addOption(
      new Option('--clock <clock>', "event: the venue's stamps; recv: when they were received")
        .choices(['event', 'recv'])
        .default('event'),
    )
    .addOption(
      new Option('--edge <rule>', 'closed: a trade stamped t is in the bar at t; open: in the next, as in data pull')
        .choices(['closed', 'open'])
        .default('closed'),
    )
    .option('--tolerance <ms>', 'how far out of order trades may be', wholeNumber(0, MAX_TOLERANCE_MS), 1000)
    .option('--silence <s>', 'longer without any trade is a gap, not bars', wholeNumber(5, MAX_SILENCE_S), 60)
    .addHelpText(
      'after',
      '\nExample:\n  npx dolphin data bars --trades usdm_BTCUSDT_trades.parquet usdm_ETHUSDT_trades.parquet --out data/days',
    )
    .addHelpText(
      'after',
      tail(
        'With --interval 0.1s --out data/days/bars a second time: what resolution hybrid and 0.1s need beside the scans.',
      ),
    )
    .action(async (flags) => {
      const { dataBarsCommand } = await import('./commands/data-bars.ts');
      process.exitCode = await dataBarsCommand(flags);
    });
}

/** `dolphin scan`. */
export function addScan(program: Command): void {
  program
    .command('scan')
    .description('write price-only days again with their scan columns, so that replays need not compute them')
    .requiredOption('--data <dir>', 'folder with one YYYY-MM-DD.parquet per day')
    .requiredOption('--out <dir>', 'another folder, without days; order books, 0.1 s bars and tables are copied along')
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
    .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
    .addOption(barIntervalOption())
    .option('--config <file>', 'strategy in YAML, for its excluded_assets and thresholds; default the champion')
    .addOption(setOption())
    .addHelpText(
      'after',
      tail(
        'A replay of the output decides exactly as one of the input. The days are scanned as one series: a replay that ' +
          'starts later than the scan did has other values than a scan of its own would have.',
      ),
    )
    .action(async (flags) => {
      const { scanCommand } = await import('./commands/scan.ts');
      process.exitCode = await scanCommand(flags);
    });
}

/** `dolphin champion hash`. */
export function addChampion(program: Command): void {
  const champion = program.command('champion').description('the frozen strategy');
  champion
    .command('hash')
    .description('print the text under the champion hash, the hash expected and the one found')
    .option('--config <file>', 'strategy in YAML; default the built-in champion')
    .addHelpText('after', tail('Exit code 3 when a strategy that calls itself champion has drifted.'))
    .action(async (flags) => {
      const { championHashCommand } = await import('./commands/champion.ts');
      process.exitCode = championHashCommand(flags);
    });
}

/** `dolphin doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('tell what this machine has and lacks, and how to get what is missing')
    .option('--json', 'as JSON')
    .action(async (flags) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      process.exitCode = await doctorCommand(flags);
    });
}
