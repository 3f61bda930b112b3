import type { WriteStream } from 'node:tty';

const REFRESH_MS = 100;

/** One line that says what a long command is at; only on a terminal, redrawn at most ten times a second. */
export class StatusLine {
  private readonly stream: WriteStream;
  private shownAtMs = Number.NEGATIVE_INFINITY;
  private isShown = false;

  constructor(stream: WriteStream) {
    this.stream = stream;
  }

  /** @param text - shorter than the terminal is wide. */
  show(text: string): void {
    if (!this.stream.isTTY || performance.now() - this.shownAtMs < REFRESH_MS) return;
    this.shownAtMs = performance.now();
    this.isShown = true;
    this.stream.write(`\r\x1b[2K${text}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.isShown) this.stream.write('\r\x1b[2K');
    this.isShown = false;
  }
}
