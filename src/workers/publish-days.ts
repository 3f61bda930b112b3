import type { FileDigest } from '../model/report.ts';
import { NS_PER_MS } from '../model/time.ts';
import { isStopRequested } from '../shm/control.ts';
import { Gauge } from '../shm/counters.ts';
import type { Region } from '../shm/region.ts';
import type { DayDecoder, ReadyDay } from './day-decoder.ts';
import { dayParts } from './day-parts.ts';
import type { FramePublisher } from './frame-publisher.ts';
import type { DayFile } from './messages.ts';
import type { ResumePoint } from './resume-point.ts';

/** What was read, and how long the run waited for it. */
export interface PublishedDays {
  readonly files: readonly FileDigest[];
  readonly books: readonly FileDigest[];
  readonly secondsWaitedForFiles: number;
}

export interface DaysPublisherParts {
  readonly publisher: FramePublisher;
  readonly decoder: DayDecoder;
  /** A paced replay waits for the clock, never for a file. */
  readonly isPaced: boolean;
}

/** The days of files, one after the other, into the bar ring. */
export class DaysPublisher {
  private readonly region: Region;
  private readonly publisher: FramePublisher;
  private readonly decoder: DayDecoder;
  private readonly isPaced: boolean;
  private readonly fileWait: Gauge;
  private readonly files: FileDigest[] = [];
  private readonly books: FileDigest[] = [];
  private waitedMs = 0;

  constructor(region: Region, { publisher, decoder, isPaced }: DaysPublisherParts) {
    this.region = region;
    this.publisher = publisher;
    this.decoder = decoder;
    this.isPaced = isPaced;
    this.fileWait = new Gauge(region, 'fileWaitNs');
  }

  get published(): PublishedDays {
    return { files: this.files, books: this.books, secondsWaitedForFiles: this.waitedMs / 1000 };
  }

  /**
   * Publishes the days in order; false when a stop cut them short.
   * @param resumePoint - where an earlier life of this run ended; null to begin with the first frame.
   * @throws InputError when a file is damaged, or the data are not those of the earlier life.
   */
  async publish(files: readonly DayFile[], resumePoint: ResumePoint | null): Promise<boolean> {
    for (const file of files) {
      const day = await this.nextDay();
      if (day === null || !(await this.publishDay(day, file, resumePoint))) return false;
    }
    resumePoint?.requireReached();
    return true;
  }

  private async nextDay(): Promise<ReadyDay | null> {
    const askedMs = performance.now();
    const day = isStopRequested(this.region) ? null : await this.decoder.next();
    // The engine waited for this file only if it had meanwhile run out of frames.
    if (!this.isPaced && this.publisher.isEngineStarved) this.waitedMs += performance.now() - askedMs;
    this.fileWait.set(this.waitedMs * NS_PER_MS);
    return day;
  }

  private async publishDay(day: ReadyDay, file: DayFile, resumePoint: ResumePoint | null): Promise<boolean> {
    this.files.push({ name: file.name, sha256: day.sha256 });
    if (day.bookSha256 !== null) this.books.push({ name: `ob/${file.name}`, sha256: day.bookSha256 });
    for await (const frames of dayParts(day, file.day)) {
      resumePoint?.skip(frames, (frame) => this.publisher.fillSignals(frame));
      if (!this.publisher.publishDay(frames, file.day) || isStopRequested(this.region)) return false;
    }
    if (day.bars?.sha256) this.books.push({ name: `bars/${file.name}`, sha256: day.bars.sha256 });
    return true;
  }
}
