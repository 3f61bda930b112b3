import { type Command, InvalidArgumentError, Option } from 'commander';
import { MACHINES } from '../replay/journal/segment-name.ts';
import { wholeNumber } from './flag-parsers.ts';
import { tail } from './help-text.ts';

/** Longest retention that a flag takes, days. */
const MAX_KEEP_DAYS = 36_500;

/** `dolphin journal ls | verify | export | repair | prune`. */
export function addJournal(program: Command): void {
  const journal = program
    .command('journal')
    .description('look at, verify, mend and shorten what a run recorded')
    .addHelpText('after', tail('Exit code 4 when a journal is corrupt: nothing is changed then.'));
  addLs(journal);
  addVerify(journal);
  addExport(journal);
  addRepair(journal);
  addPrune(journal);
}

/** `dolphin diff A B`. */
export function addDiff(program: Command): void {
  program
    .command('diff')
    .argument('<a>', 'folder of a journal')
    .argument('<b>', 'folder of another')
    .description('name the first input and the first decision in which two recorded runs differ')
    .option('--json', 'as JSON, in full precision')
    .addHelpText('after', tail('Exit code 0 when they are equal, 1 when they differ, 4 when one is corrupt.'))
    .action(async (a, b, flags) => {
      const { diffCommand } = await import('./commands/diff.ts');
      process.exitCode = diffCommand(a, b, flags);
    });
}

function addLs(journal: Command): void {
  journal
    .command('ls')
    .argument('<dir>', 'folder of a journal')
    .description('list the segments, by their headers; records are not read')
    .option('--json', 'as JSON')
    .action(async (dir, flags) => {
      const { journalLsCommand } = await import('./commands/journal.ts');
      process.exitCode = journalLsCommand(dir, flags);
    });
}

function addVerify(journal: Command): void {
  journal
    .command('verify')
    .argument('<dir>', 'folder of a journal')
    .description('read every record and check its place, its checksum and the chain')
    .option('--json', 'as JSON')
    .action(async (dir, flags) => {
      const { journalVerifyCommand } = await import('./commands/journal.ts');
      process.exitCode = journalVerifyCommand(dir, flags);
    });
}

function addExport(journal: Command): void {
  journal
    .command('export')
    .argument('<dir>', 'folder of a journal')
    .description('write the records as JSON lines to standard output')
    .addOption(machineOption().default('engine'))
    .option('--from <sequence>', 'first record', parseSequence)
    .option('--to <sequence>', 'last record', parseSequence)
    .option('--json', 'JSON lines, as without it')
    .action(async (dir, flags) => {
      const { journalExportCommand } = await import('./commands/journal.ts');
      process.exitCode = await journalExportCommand(dir, flags);
    });
}

function addRepair(journal: Command): void {
  journal
    .command('repair')
    .argument('<dir>', 'folder of a journal that no run is writing')
    .description('say what a repair would keep and lose; with --out or --yes, do it')
    .option('--out <dir>', 'write what can be kept to this folder, which must be empty; the journal stays as it is')
    .option('--yes', 'cut the journal itself down to what can be kept')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      tail(
        'Everything before the first fault is kept, everything behind it is lost. Exit code 4 while a corrupt journal is ' +
          'left as it is.',
      ),
    )
    .action(async (dir, flags) => {
      const { journalRepairCommand } = await import('./commands/journal-repair.ts');
      process.exitCode = journalRepairCommand(dir, flags);
    });
}

function addPrune(journal: Command): void {
  journal
    .command('prune')
    .argument('<dir>', 'folder of a journal')
    .description('delete the closed segments before the newest snapshot that is older than some days')
    .requiredOption('--keep <days>', 'days that can still be replayed from a snapshot', wholeNumber(0, MAX_KEEP_DAYS))
    .option('--dry-run', 'only say what would be deleted')
    .option('--json', 'as JSON')
    .action(async (dir, flags) => {
      const { journalPruneCommand } = await import('./commands/journal-repair.ts');
      process.exitCode = journalPruneCommand(dir, flags);
    });
}

function machineOption(): Option {
  return new Option('--machine <name>', 'whose stream').choices(MACHINES.map((machine) => machine.toLowerCase()));
}

function parseSequence(text: string): number {
  const sequence = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(sequence)) return sequence;
  throw new InvalidArgumentError('must be the sequence of a record, a whole number from 0.');
}
