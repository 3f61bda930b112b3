/** How a summary marks its text on a terminal. */
export interface TerminalStyle {
  heading(text: string): string;
  /** Explanations and column titles: there, but not in the way. */
  quiet(text: string): string;
  /** What must not be overlooked. */
  warning(text: string): string;
}

/** Text as it is, for files and pipes. */
export const PLAIN_STYLE: TerminalStyle = { heading: (text) => text, quiet: (text) => text, warning: (text) => text };

/** Bold, dim and yellow in ANSI codes. */
export const COLOR_STYLE: TerminalStyle = { heading: ansi(1, 22), quiet: ansi(2, 22), warning: ansi(33, 39) };

function ansi(on: number, off: number): (text: string) => string {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}
