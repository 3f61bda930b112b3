import { type Command, Option } from 'commander';
import { DEFAULT_STREAM } from '../adapters/redis/signal-publisher.ts';
import { addRunFlags } from './cli-run-flags.ts';
import { parseDate, wholeNumber } from './flag-parsers.ts';
import { barIntervalOption, setOption, speedOption, tail } from './help-text.ts';
import { SIGNAL_SOURCES } from './signal-sources.ts';

const MAX_ENTRIES = 1_000_000_000;
const MAX_FRESHNESS_MS = 3_600_000;
const freshnessMs = wholeNumber(1, MAX_FRESHNESS_MS);
const REDIS = ['--redis <url>', 'redis://HOST[:PORT][/DATABASE], or rediss:// for TLS'] as const;
const SECRETS =
  'Secrets come from the environment, never from the URL: DOLPHIN_REDIS_USERNAME, DOLPHIN_REDIS_PASSWORD or ' +
  'DOLPHIN_REDIS_PASSWORD_FILE; with rediss:// DOLPHIN_REDIS_CA_FILE, _CERT_FILE, _KEY_FILE. See docs/how-to/signals-over-redis.md.';

/** `dolphin signal publish | tail | run`. */
export function addSignals(program: Command): void {
  const signal = program.command('signal').description('signals over a Redis stream: publish, watch, trade on them');
  addPublish(signal);
  addTail(signal);
  addRun(signal);
}

function addPublish(signal: Command): void {
  signal
    .command('publish')
    .description('put the scans and order books of days into a stream, with the signals that they make')
    .requiredOption('--data <dir>', 'folder of days: YYYY-MM-DD.parquet, or YYYY-MM-DD/ with one JSON file per scan')
    .requiredOption(...REDIS)
    .option('--stream <name>', 'stream', DEFAULT_STREAM)
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
    .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
    .option('--config <file>', 'strategy in YAML, for its threshold and look-backs; default the champion')
    .addOption(setOption())
    .addOption(barIntervalOption())
    .addOption(speedOption())
    .option('--keep <n>', 'entries that the stream keeps, about; default all', wholeNumber(1, MAX_ENTRIES))
    .option('--no-end', 'do not tell readers that nothing more will come')
    .addHelpText(
      'after',
      tail(`Published again, the same days change nothing: the stream has each signal once.\n${SECRETS}`),
    )
    .action(async (flags) => {
      const { signalPublishCommand } = await import('./commands/signal-publish.ts');
      process.exitCode = await signalPublishCommand(flags);
    });
}

function addTail(signal: Command): void {
  signal
    .command('tail')
    .description('print what comes over a stream, one JSON line a message')
    .requiredOption(...REDIS)
    .option('--stream <name>', 'stream', DEFAULT_STREAM)
    .option('--start', 'begin with the first entry; default with those to come')
    .option('--position <file>', 'keep the position in this file and go on from it')
    .option('--freshness <ms>', 'older is marked stale', wholeNumber(1, MAX_FRESHNESS_MS), 10_000)
    .option('--until-end', "end with the publisher's end message")
    .addHelpText('after', tail(SECRETS))
    .action(async (flags) => {
      const { signalTailCommand } = await import('./commands/signal-tail.ts');
      process.exitCode = await signalTailCommand(flags);
    });
}

function addRun(signal: Command): void {
  const run = signal
    .command('run')
    .description(
      "the engine on signals as they are told: a stream to its publisher's end, or a memory until it is stopped",
    )
    .addOption(
      new Option('--source <where>', "redis: a stream; memory: latest_eigen_scan and order books of the run's --memory")
        .choices(SIGNAL_SOURCES)
        .default('redis'),
    )
    .option(...REDIS)
    .option('--stream <name>', `redis: stream; default ${DEFAULT_STREAM}`)
    .option('--freshness <ms>', 'redis, live: nothing is entered on an older signal; default 10000', freshnessMs)
    .addOption(
      new Option(
        '--rules <rules>',
        'live: nothing is entered on an old scan; replay: recorded days, whatever their age',
      )
        .choices(['live', 'replay'])
        .default('live'),
    )
    .option('--tables <dir>', 'folder of factors.csv, safety.csv, instruments.csv, funding.csv; default none')
    .option('--bar-interval <ms>', "milliseconds; default the strategy's", wholeNumber(100, MAX_FRESHNESS_MS));
  addRunFlags(run)
    .addHelpText('after', tail(SECRETS))
    .action(async (flags) => {
      const { signalRunCommand } = await import('./commands/signal-run.ts');
      process.exitCode = await signalRunCommand(flags);
    });
}
