import type { WriteStream } from 'node:tty';
import type { DayResult } from '../model/day-result.ts';

const REFRESH_MS = 200;

/** One line that says how far a long command is; only on a terminal, and gone when the command is done. */
export class ProgressLine {
  private readonly stream: WriteStream;
  private readonly total: number;
  private timer: NodeJS.Timeout | null = null;
  private lastDay = '';

  /** @param total - frames expected, about: order-book snapshots come on top. */
  constructor(stream: WriteStream, total: number) {
    this.stream = stream;
    this.total = total;
  }

  /** @param framesDone - read at each refresh. */
  start(framesDone: () => number): void {
    if (!this.stream.isTTY) return;
    this.timer = setInterval(() => {
      const percent = Math.min(99, Math.floor((100 * framesDone()) / Math.max(1, this.total)));
      this.stream.write(`\r\x1b[2Kreplaying ${percent} %${this.lastDay}`);
    }, REFRESH_MS);
    this.timer.unref();
  }

  dayEnded(day: DayResult): void {
    this.lastDay = `, ${day.date} done: ${day.trades} trades, pnl ${day.pnl.toFixed(2)}`;
  }

  clear(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.stream.write('\r\x1b[2K');
  }
}
