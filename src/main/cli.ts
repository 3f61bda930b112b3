import { Command, InvalidArgumentError, Option } from 'commander';
import { dayFromDate } from '../model/time.ts';
import { WAIT_MODES } from '../shm/idle.ts';

/** Commands load their code when they run: a short one does not pay for a long one. */
export function buildProgram(): Command {
  const program = new Command('dolphin')
    .description(
      'Trades one quantitative strategy on Binance USD-M perpetuals; replays its days through the same threads.',
    )
    .exitOverride()
    .showHelpAfterError('(see dolphin --help)');
  addReplay(program);
  return program;
}

function addReplay(program: Command): void {
  program
    .command('replay')
    .description('replay days through market-data worker, ring and engine worker')
    .requiredOption('--data <dir>', 'folder with one YYYY-MM-DD.parquet per day')
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
    .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
    .option('--config <file>', 'strategy in YAML; default the champion')
    .option('--set <key=value>', 'one key of the strategy; repeatable', collect, [])
    .option('--json <file>', 'also write the JSON report; - for standard output alone')
    .addOption(new Option('--fill <mode>', 'analytic: at the price of the bar').default('analytic'))
    .option('--speed <speed>', 'max, real, or Nx (50x)', parseSpeed, 0)
    .option('--bar-interval <ms>', 'milliseconds, or auto to adopt what the data has', parseBarInterval)
    .addOption(new Option('--wait <strategy>', 'how idle threads wait').choices(WAIT_MODES).default('park'))
    .action(async (flags) => {
      const { replayCommand } = await import('./commands/replay.ts');
      process.exitCode = await replayCommand(flags);
    });
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function parseDate(text: string): string {
  if (Number.isNaN(dayFromDate(text))) throw new InvalidArgumentError('must be a date YYYY-MM-DD.');
  return text;
}

/** Event seconds per second; 0 for as fast as possible. */
function parseSpeed(text: string): number {
  if (text === 'max') return 0;
  if (text === 'real') return 1;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]);
  if (!(factor > 0)) throw new InvalidArgumentError('must be max, real, or Nx with N > 0.');
  return factor;
}

function parseBarInterval(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 1)
    throw new InvalidArgumentError('must be auto, or a whole number of milliseconds.');
  return ms;
}
