import { isRouted, type Report } from '../model/report.ts';
import { feedRows } from './feed-words.ts';
import { journalRows } from './journal-words.ts';
import { formatCount, formatSeconds } from './number-format.ts';
import { BRIDGE_TITLES, bridgeRows, orderCountRows, SIDE_TITLES, sideRows, venueWords } from './routed/order-rows.ts';
import { leftThenRight, type Section, table } from './section.ts';
import { hasOrders, isPaced, ORDER_STAGE_WORDS, STAGE_TITLES, stageRows, stepWords } from './stage-rows.ts';
import { plural } from './words.ts';

/* How the run itself went: its orders, its journal and its speed. */

const QUEUE_WORDS = 'At full speed frames queue in the rings, which every stage but step counts in.';

const WAIT_WORDS = 'for files to be decoded, and scanned where they have no signals';

/** What intents became at the venue; no rows in an analytic run. */
export function ordersSection(report: Report): Section {
  if (!isRouted(report)) return { titles: [], rows: [] };
  const sides = table(SIDE_TITLES, sideRows(report), leftThenRight(SIDE_TITLES.length));
  const counts = table(['', ''], orderCountRows(report), ['right', 'left']);
  return { titles: [venueWords(report), '', ...sides.titles], rows: [...sides.rows, '', ...counts.rows] };
}

/** What lies between the analytic and the routed result of the same trades; no rows in an analytic run. */
export function bridgeSection(report: Report): Section {
  if (!isRouted(report)) return { titles: [], rows: [] };
  const rows = bridgeRows(report).map(({ cells }) => cells);
  return table(BRIDGE_TITLES, rows, ['left', 'right', 'right', 'right', 'left']);
}

/** What a live source brought; no rows where days or a journal were read. */
export function feedSection({ feed, journal }: Report): Section {
  const rows = feed === undefined ? [] : feedRows(feed, journal?.isResumed === true);
  return table(['', ''], rows, ['right', 'left']);
}

/** What the run's journal holds and proves; no rows in a run without one. */
export function journalSection({ journal }: Report): Section {
  return table(['', ''], journal === undefined ? [] : journalRows(journal), ['left', 'left']);
}

/** How fast the run was. A live source has no files to wait for. */
export function speedSection({ timing, feed }: Report): Section {
  const isLive = feed !== undefined;
  return table(
    ['', ''],
    [
      ...(timing.stages === undefined ? [['step', stepWords(timing)]] : []),
      [
        isLive ? 'run' : 'replay',
        `${plural(timing.bars, 'bar')} in ${formatSeconds(timing.seconds)}: ${formatCount(timing.barsPerSecond)} bars/s`,
      ],
      ...(isLive ? [] : [['waited', `${formatSeconds(timing.secondsWaitedForFiles)} ${WAIT_WORDS}`]]),
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
  const words = [...(hasOrders(timing) ? [ORDER_STAGE_WORDS] : []), ...(isPaced(timing) ? [] : [QUEUE_WORDS])];
  return { ...stages, rows: [...stages.rows, ...words] };
}
