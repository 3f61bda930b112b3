import { FRAME_SCAN, type FrameView } from '../../model/frame.ts';
import { nsBetween } from '../../model/time.ts';

/** What an inbox handed over, as MEMORY_COUNTS names it. */
export interface InboxCounts {
  scans: number;
  books: number;
  duplicates: number;
  late: number;
  gaps: number;
  missed: number;
}

/** Venue time of the newest value of one kind. */
interface Newest {
  day: number;
  nsOfDay: number;
  scanNumber: number;
}

/**
 * Which values of a memory are news. It keeps the latest of each entry alone, and tells that again: after every connection,
 * and to a run that goes on. Scans, and snapshots of each asset, only go forward in venue time; scans that nobody here has
 * seen are known by the numbers that they leave out within a day.
 */
export class InboxOrder {
  readonly counts: InboxCounts = { scans: 0, books: 0, duplicates: 0, late: 0, gaps: 0, missed: 0 };
  readonly #scan = createNewest();
  readonly #books: readonly Newest[];

  constructor(assets: number) {
    this.#books = Array.from({ length: assets }, createNewest);
  }

  /** A SCAN or BOOK frame that an earlier life of the run has taken. */
  note(frame: FrameView): void {
    remember(this.#newestOf(frame), frame);
  }

  /** True for a SCAN or BOOK frame that is to be taken; any is counted. */
  accepts(frame: FrameView): boolean {
    const { counts } = this;
    const newest = this.#newestOf(frame);
    const laterNs = nsBetween(newest.day, newest.nsOfDay, frame.tsEventDay, frame.tsEventNsOfDay);
    if (!(laterNs > 0)) {
      if (laterNs === 0 && Object.is(newest.scanNumber, frame.scanNumber)) counts.duplicates++;
      else counts.late++;
      return false;
    }
    if (frame.kind === FRAME_SCAN) {
      this.#countGap(newest, frame);
      counts.scans++;
    } else counts.books++;
    remember(newest, frame);
    return true;
  }

  /** Numbers may begin anew with a day, and after a restart of the scanner they do. */
  #countGap(newest: Newest, { tsEventDay, scanNumber }: FrameView): void {
    const missed = scanNumber - newest.scanNumber - 1;
    if (newest.day !== tsEventDay || !(missed > 0)) return;
    this.counts.gaps++;
    this.counts.missed += missed;
  }

  #newestOf({ kind, assetIndex }: FrameView): Newest {
    return kind === FRAME_SCAN ? this.#scan : (this.#books[assetIndex] as Newest);
  }
}

function createNewest(): Newest {
  return { day: Number.NEGATIVE_INFINITY, nsOfDay: 0, scanNumber: Number.NaN };
}

function remember(newest: Newest, { tsEventDay, tsEventNsOfDay, scanNumber }: FrameView): void {
  newest.day = tsEventDay;
  newest.nsOfDay = tsEventNsOfDay;
  newest.scanNumber = scanNumber;
}
