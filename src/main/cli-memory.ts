import type { Command } from 'commander';
import { BOOK_FILE } from '../adapters/memory/book-file.ts';
import { parseDate } from './flag-parsers.ts';
import { barIntervalOption, setOption, speedOption, tail } from './help-text.ts';

const MEMORY = ['--memory <url>', 'embedded:PATH or hazelcast://HOST[:PORT][,...][?cluster=NAME]'] as const;
const SECRETS =
  'Secrets come from the environment, never from the URL: DOLPHIN_HAZELCAST_USERNAME, DOLPHIN_HAZELCAST_PASSWORD_FILE or ' +
  'DOLPHIN_HAZELCAST_PASSWORD. See docs/how-to/look-into-the-memory.md.';

/** `dolphin memory ls | get | watch | publish-scan | publish-books | publish-safety`. */
export function addMemory(program: Command): void {
  const memory = program
    .command('memory')
    .description('the system memory: look into it, and write what other processes write into it');
  addLs(memory);
  addGet(memory);
  addWatch(memory);
  addPublishScan(memory);
  addPublishBooks(memory);
  addPublishSafety(memory);
}

function addLs(memory: Command): void {
  memory
    .command('ls')
    .argument('[map]', 'default all maps of the schema')
    .description('entries with their age, and whether their readers would take them; changes nothing')
    .requiredOption(...MEMORY)
    .option('--json', 'one JSON line an entry')
    .addHelpText('after', tail(SECRETS))
    .action(async (map, flags) => {
      const { memoryLsCommand } = await import('./commands/memory-view.ts');
      process.exitCode = await memoryLsCommand(map, flags);
    });
}

function addGet(memory: Command): void {
  memory
    .command('get')
    .argument('[map]', 'default all maps of the schema')
    .argument('[key]', 'default all keys of the map')
    .description('values as they are stored; changes nothing')
    .requiredOption(...MEMORY)
    .option('--json', 'one JSON line an entry')
    .addHelpText('after', tail(SECRETS))
    .action(async (map, key, flags) => {
      const { memoryGetCommand } = await import('./commands/memory-view.ts');
      process.exitCode = await memoryGetCommand(map, key, flags);
    });
}

function addWatch(memory: Command): void {
  memory
    .command('watch')
    .argument('[map]', 'default all maps of the schema')
    .argument('[key]', 'default all keys of the map')
    .description('values that are there and every newer one, until Ctrl-C; changes nothing')
    .requiredOption(...MEMORY)
    .option('--json', 'one JSON line a value')
    .addHelpText('after', tail(SECRETS))
    .action(async (map, key, flags) => {
      const { memoryWatchCommand } = await import('./commands/memory-view.ts');
      process.exitCode = await memoryWatchCommand(map, key, flags);
    });
}

function addPublishScan(memory: Command): void {
  withDays(memory.command('publish-scan'))
    .description('the eigenvalue scanner: each scan of days into DOLPHIN_FEATURES["latest_eigen_scan"]')
    .action(async (flags) => {
      const { publishScanCommand } = await import('./commands/memory-publish.ts');
      process.exitCode = await publishScanCommand(flags);
    });
}

function addPublishBooks(memory: Command): void {
  withDays(memory.command('publish-books'))
    .description('the order-book flow: snapshots of days and their features into DOLPHIN_FEATURES_SHARD_00 to _09')
    .option('--cache <file>', 'also keep the latest of all assets in this file, for when no shard answers', BOOK_FILE)
    .option('--no-cache', 'keep no file')
    .action(async (flags) => {
      const { publishBooksCommand } = await import('./commands/memory-publish.ts');
      process.exitCode = await publishBooksCommand(flags);
    });
}

function addPublishSafety(memory: Command): void {
  withDays(memory.command('publish-safety'))
    .description('the survival stack: posture, Rm and sensors of days into DOLPHIN_SAFETY, every 5 s of their time')
    .action(async (flags) => {
      const { publishSafetyCommand } = await import('./commands/memory-publish.ts');
      process.exitCode = await publishSafetyCommand(flags);
    });
}

/** What the writers have in common: which days, how fast, into which store. */
function withDays(command: Command): Command {
  return command
    .requiredOption('--data <dir>', 'folder of days: YYYY-MM-DD.parquet, or YYYY-MM-DD/ with one JSON file per scan')
    .option(MEMORY[0], `${MEMORY[1]}; default the config's`)
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
    .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
    .option('--config <file>', 'strategy in YAML, for thresholds, excluded assets and memory; default the champion')
    .addOption(setOption())
    .addOption(barIntervalOption())
    .addOption(speedOption())
    .option('--json', 'the account at the end as one JSON line')
    .addHelpText('after', tail(`Per entry the newest value wins; an outage delays, and ends nothing.\n${SECRETS}`));
}
