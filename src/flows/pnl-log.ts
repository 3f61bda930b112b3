import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CapitalState } from '../model/memory-values.ts';

/** One day in the log. */
export interface PnlLine extends Pick<CapitalState, 'capital' | 'pnl' | 'paramHash'> {
  readonly date: string;
  readonly trades: number;
}

/**
 * Appends a day to a JSONL file, synced, once per date and strategy; a line that a dying process left torn goes first.
 * Spec 1.0 §11.1 `log_pnl`.
 * @returns false when the day was there already.
 */
export function appendPnl(path: string, line: PnlLine): boolean {
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  if (whole.split('\n').some((other) => isSameDay(other, line))) return false;
  const file = openSync(path, 'a', 0o600);
  try {
    writeSync(file, `${JSON.stringify(line)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
}

function isSameDay(text: string, { date, paramHash }: PnlLine): boolean {
  if (text === '') return false;
  const other = JSON.parse(text) as PnlLine;
  return other.date === date && other.paramHash === paramHash;
}
