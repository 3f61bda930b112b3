import type { WriteStream } from 'node:tty';
import type { DayResult } from '../model/day-result.ts';

const REFRESH_MS = 200;

/** One line that says how far a long command is; only on a terminal, and gone when the command is done. */
export class ProgressLine {
  private readonly stream: WriteStream;
  private readonly total: number | null;
  private readonly verb: string;
  private timer: NodeJS.Timeout | null = null;
  private lastDay = '';

  /** @param total - frames expected, about: order-book snapshots come on top; null where only the end will tell. */
  constructor(stream: WriteStream, total: number | null, verb = 'replaying') {
    this.stream = stream;
    this.total = total;
    this.verb = verb;
  }

  /** @param framesDone - read at each refresh. */
  start(framesDone: () => number): void {
    if (!this.stream.isTTY) return;
    this.timer = setInterval(() => {
      this.stream.write(`\r\x1b[2K${this.verb} ${this.share(framesDone())}${this.lastDay}`);
    }, REFRESH_MS);
    this.timer.unref();
  }

  dayEnded(day: DayResult): void {
    this.lastDay = `, ${day.date} done: ${day.trades} trades, pnl ${day.pnl.toFixed(2)}`;
  }

  /** A line of its own that stays, above the progress. */
  say(line: string): void {
    this.stream.write(this.timer === null ? `${line}\n` : `\r\x1b[2K${line}\n`);
  }

  clear(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
    this.stream.write('\r\x1b[2K');
  }

  private share(done: number): string {
    if (this.total === null) return `${done} frames`;
    return `${Math.min(99, Math.floor((100 * done) / Math.max(1, this.total)))} %`;
  }
}
