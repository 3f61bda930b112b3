import type { ReportJournal } from '../model/report.ts';
import { formatCount } from './number-format.ts';
import { plural, printable } from './words.ts';

const FSYNC_WORDS: Readonly<Record<ReportJournal['fsync'], string>> = {
  always: 'before any intent leaves',
  interval: 'every 50 ms',
  never: 'never: a power loss may take what the system has not yet stored',
};

/** What the journal of a run holds and what stepping it again has proved: label and sentence each. */
export function journalRows({ dir, fsync, records, isResumed, shadow }: ReportJournal): [string, string][] {
  const { engine, execution } = records;
  const rows: [string, string][] = [
    ['folder', printable(dir)],
    ['records', `${formatCount(engine)} of the engine, ${formatCount(execution)} of execution`],
    ['synced', FSYNC_WORDS[fsync]],
    ['parity', `${formatCount(shadow.agreeing)} of ${plural(shadow.steps, 'step')} replay to the same decisions`],
  ];
  return isResumed ? [...rows, ['resumed', 'the run went on behind an interruption']] : rows;
}

/** What a reader must know before trusting the journal; undefined when it is whole and proved. */
export function journalWarning({ shadow }: ReportJournal): string | undefined {
  const { mismatch, failures, unverified } = shadow;
  if (mismatch !== null) {
    return `DO NOT USE: the journal does not replay to the decisions of the run: ${printable(mismatch)}.`;
  }
  if (failures.length > 0) {
    const more = failures.length === 1 ? '' : ` (and ${plural(failures.length - 1, 'more failure')})`;
    return `The journal was not verified whole: ${printable(failures[0] as string)}${more}.`;
  }
  if (unverified === 0) return undefined;
  return `${plural(unverified, 'step')} of the journal lie behind a gap and cannot be replayed.`;
}
