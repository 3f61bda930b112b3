import type { Report } from '../model/report.ts';
import { journalRows } from './journal-words.ts';
import { formatCount, formatSeconds } from './number-format.ts';
import { leftThenRight, type Section, table } from './section.ts';
import { isPaced, STAGE_TITLES, stageRows, stepWords } from './stage-rows.ts';
import { plural } from './words.ts';

/* How the run itself went: its journal and its speed. */

const QUEUE_WORDS = 'At full speed frames queue in the rings, which every stage but step counts in.';

/** What the run's journal holds and proves; no rows in a run without one. */
export function journalSection({ journal }: Report): Section {
  return table(['', ''], journal === undefined ? [] : journalRows(journal), ['left', 'left']);
}

/** How fast the replay ran. */
export function speedSection({ timing }: Report): Section {
  return table(
    ['', ''],
    [
      ...(timing.stages === undefined ? [['step', stepWords(timing)]] : []),
      [
        'replay',
        `${plural(timing.bars, 'bar')} in ${formatSeconds(timing.seconds)}: ${formatCount(timing.barsPerSecond)} bars/s`,
      ],
      [
        'waited',
        `${formatSeconds(timing.secondsWaitedForFiles)} for files to be decoded, and scanned where they have no signals`,
      ],
      ...(timing.lostWakes > 0
        ? [['!', `${plural(timing.lostWakes, 'lost wake-up')}: a defect, please report it`]]
        : []),
    ],
    ['left', 'left'],
  );
}

/** How long each stage of a frame took; no rows in reports that know only the step. */
export function stagesSection({ timing }: Report): Section {
  const rows = stageRows(timing);
  if (rows.length === 0) return { titles: [], rows: [] };
  const stages = table(STAGE_TITLES, rows, leftThenRight(STAGE_TITLES.length));
  return isPaced(timing) ? stages : { ...stages, rows: [...stages.rows, QUEUE_WORDS] };
}
