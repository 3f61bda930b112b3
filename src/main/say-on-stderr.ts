/** A line for the operator on standard error, for commands that show no progress. */
export function sayOnStderr(line: string): void {
  process.stderr.write(`dolphin: ${line}\n`);
}
