/** Longest line of the control protocol, bytes without its newline. */
export const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 10;

/** Cuts a stream of bytes into lines of UTF-8, and holds never more than one line that is not whole. */
export class LineSplitter {
  private pending: Buffer = Buffer.alloc(0);
  private readonly maxBytes: number;

  /** @param maxBytes - longest line, without its newline. */
  constructor(maxBytes: number = MAX_LINE_BYTES) {
    this.maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes.
   * @returns the lines that are whole now, or null when one is longer than allowed: the stream is then of no more use.
   */
  take(bytes: Buffer): string[] | null {
    const lines: string[] = [];
    let rest = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      if (end > this.maxBytes) return null;
      lines.push(rest.toString('utf8', 0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > this.maxBytes) return null;
    this.pending = Buffer.from(rest); // a copy: the chunk it lay in is not kept alive
    return lines;
  }
}
