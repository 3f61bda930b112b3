import { InputError } from '../../model/input-error.ts';
import type { ScannerMode } from '../../workers/messages.ts';
import { conductRun, requireWritableReport } from '../conduct-run.ts';
import { type ReplaySource, sourceFromDays, sourceFromJournal } from '../replay-source.ts';
import { checkRunFlags, type RunFlags, strategyOf, venueFlagOf } from '../run-flags.ts';

export interface ReplayFlags extends RunFlags {
  readonly data?: string;
  readonly journal?: string;
  readonly from?: string;
  readonly to?: string;
  readonly speed: number;
  readonly barInterval?: number | 'auto';
  readonly scanner: ScannerMode;
}

/** `dolphin replay`: days, or a journal, through the ring, and what came of them. Answers the exit code. */
export async function replayCommand(flags: ReplayFlags): Promise<number> {
  checkFlags(flags);
  requireWritableReport(flags);
  const { speed, scanner: scannerMode } = flags;
  return await conductRun({ command: 'replay', flags, source: await openSource(flags), speed, scannerMode });
}

function checkFlags(flags: ReplayFlags): void {
  const { data, journal } = flags;
  if (journal === undefined) checkRunFlags(flags);
  if ((data === undefined) === (journal === undefined)) {
    throw new InputError('replay needs --data DIR or --journal DIR, one of them');
  }
  if (journal !== undefined) checkJournalFlags(flags);
}

/** What a journal brings along cannot be asked for. */
function checkJournalFlags(flags: ReplayFlags): void {
  const { fill, record, memory, config, set, survival, from, to, barInterval } = flags;
  const ofVenue = venueFlagOf(flags);
  if (memory !== undefined)
    throw new InputError('--journal replays a journal and writes nothing: --memory needs --data DIR');
  if (record !== undefined)
    throw new InputError('--journal replays a journal and keeps none: --record needs --data DIR');
  if (fill === 'routed' || ofVenue !== null) {
    throw new InputError(`${ofVenue ?? '--fill'} is for --data: a journal has its own fills`);
  }
  const given = {
    '--config': config,
    '--set': set[0],
    '--survival': survival,
    '--from': from,
    '--to': to,
    '--bar-interval': barInterval,
  };
  const misplaced = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (misplaced !== undefined)
    throw new InputError(`${misplaced} is for --data: a journal has its own strategy and days`);
}

async function openSource(flags: ReplayFlags): Promise<ReplaySource> {
  const { data, journal, from, to, barInterval, config } = flags;
  if (data === undefined) return sourceFromJournal(journal as string); // one of them is there: checkFlags
  return await sourceFromDays(strategyOf(flags), { data, from, to, barInterval, configName: config ?? '--set' });
}
