import { JournalFolder } from '../../adapters/journal/journal-folder.ts';
import { lockJournal } from '../../adapters/journal/journal-lock.ts';
import { InputError } from '../../model/input-error.ts';
import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import { describeIoFailure, type IoFailure } from '../../replay/journal/journal-store.ts';
import { type PrunePlan, planPrune, prune } from '../../replay/journal/prune.ts';
import { planRepair, type RepairPlan, repairInPlace, repairInto } from '../../replay/journal/repair.ts';
import { plural } from '../../report/words.ts';
import { EXIT_CORRUPTION } from '../exit-codes.ts';
import { count, type JournalFlags, printJson, reportCorruption, streamsOf } from './journal.ts';

export interface JournalRepairFlags extends JournalFlags {
  readonly out?: string;
  readonly yes?: boolean;
}

export interface JournalPruneFlags extends JournalFlags {
  readonly keep: number;
  readonly dryRun?: boolean;
}

/**
 * `dolphin journal repair`: says what would be kept and lost; a repair is made only when asked for. Exit code 4 while a
 * corrupt journal is left as it is. @throws InputError when it is to be cut while another writes it.
 */
export function journalRepairCommand(dir: string, flags: JournalRepairFlags): number {
  if (flags.out !== undefined && flags.yes === true)
    throw new InputError('--out and --yes exclude each other: a copy, or the journal itself');
  const store = JournalFolder.open(dir);
  if (flags.yes !== true) return repair(store, dir, flags);
  const lock = lockJournal(store, 'journal repair --yes');
  try {
    return repair(store, dir, flags);
  } finally {
    lock.release();
  }
}

function repair(store: JournalFolder, dir: string, { out, yes, json }: JournalRepairFlags): number {
  let plans: RepairPlan[];
  try {
    plans = streamsOf(store).map((machine) => planRepair(store, machine));
  } catch (error) {
    return reportCorruption(error);
  }
  const done = out !== undefined ? copyTo(store, plans, out) : yes === true ? cutDown(store, plans) : 'planned';
  if (json === true) printJson({ dir, done, out: out ?? null, streams: plans.map(planToJson) });
  else process.stdout.write(`${plans.map((plan) => describePlan(plan, done)).join('\n')}\n`);
  return done === 'planned' && plans.some(({ state }) => state === 'corrupt') ? EXIT_CORRUPTION : 0;
}

/**
 * `dolphin journal prune`: also while a run writes the journal, which never comes back to segments as old as those. Exit code 4
 * when the journal is corrupt; nothing is deleted then, in no stream.
 */
export function journalPruneCommand(dir: string, { keep, dryRun, json }: JournalPruneFlags): number {
  const store = JournalFolder.open(dir);
  const nowUnixMs = Date.now();
  const day = Math.floor(nowUnixMs / MS_PER_DAY);
  let plans: PrunePlan[];
  try {
    plans = streamsOf(store).map((machine) =>
      planPrune(store, machine, keep, day, (nowUnixMs - day * MS_PER_DAY) * NS_PER_MS),
    );
  } catch (error) {
    return reportCorruption(error);
  }
  if (dryRun !== true) for (const plan of plans) requireDone(prune(store, plan));
  const streams = plans.map(({ machine, snapshot, deleted, deletedBytes }) => ({
    machine,
    snapshot,
    deleted,
    deletedBytes,
  }));
  if (json === true) printJson({ dir, dryRun: dryRun === true, streams });
  else process.stdout.write(`${plans.map((plan) => describePrune(plan, keep, dryRun === true)).join('\n')}\n`);
  return 0;
}

type Done = 'planned' | 'copied' | 'cut';

function copyTo(store: JournalFolder, plans: readonly RepairPlan[], out: string): Done {
  const target = JournalFolder.make(out);
  if (target.list().length > 0) throw new InputError(`--out must be an empty folder, ${out} has files`);
  for (const plan of plans) requireDone(repairInto(store, plan, target));
  return 'copied';
}

function cutDown(store: JournalFolder, plans: readonly RepairPlan[]): Done {
  for (const plan of plans) requireDone(repairInPlace(store, plan));
  return 'cut';
}

function planToJson({ corruption, kept, ...plan }: RepairPlan) {
  return { ...plan, rule: corruption?.rule ?? null, kept: kept.map(({ name, bytes }) => ({ name, bytes })) };
}

function describePlan(
  { machine, state, fault, kept, lastSequence, removed, lostBytes, lostRecords }: RepairPlan,
  done: Done,
) {
  const stream = machine.toLowerCase();
  if (state === 'whole') return `${stream}: whole, nothing to repair`;
  const keeps = kept.length === 0 ? 'nothing' : `${plural(kept.length, 'segment')} up to record ${lastSequence}`;
  const files = removed.length === 0 ? '' : `, among them all of ${removed.join(', ')}`;
  const next = {
    planned: 'Nothing was changed: --out DIR writes what can be kept to another folder, --yes cuts this journal.',
    copied: 'The journal itself was left as it is.',
    cut: 'The journal was cut.',
  }[done];
  return [
    `${stream}: ${fault}`,
    `  keeps ${keeps}`,
    `  loses ${plural(lostBytes, 'byte')} in which ${plural(lostRecords, 'record')} can still be read${files}`,
    `  ${next}`,
  ].join('\n');
}

function describePrune(
  { machine, snapshot, deleted, deletedBytes }: PrunePlan,
  keep: number,
  isDryRun: boolean,
): string {
  const stream = machine.toLowerCase();
  if (snapshot === null && deleted.length === 0)
    return `${stream}: no snapshot is older than ${plural(keep, 'day')}, nothing to delete`;
  const verb = isDryRun ? 'would delete' : 'deleted';
  const since = snapshot === null ? '' : `, before the snapshot in record ${count(snapshot)}`;
  return `${stream}: ${verb} ${plural(deleted.length, 'segment')}, ${count(deletedBytes)} bytes${since}`;
}

function requireDone(failure: IoFailure | null): void {
  if (failure !== null) throw new Error(describeIoFailure(failure));
}
