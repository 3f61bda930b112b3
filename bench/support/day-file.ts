import { writeFileSync } from 'node:fs';
import { SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../src/model/frame.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';

const MAGIC = 'DLPHDAY1';
const HEADER_BYTES = 24;

/**
 * Writes a decoded day in the flat form that the C peers read; layout in bench/peers/day-file.h.
 * @param utcDay - days since 1970-01-01.
 * The reference asset is column 0 and nothing is excluded. Little-endian machines only, as the C side.
 */
export function writeDayFile(path: string, day: DayBlock, utcDay: number): void {
  const { rows, assets } = day;
  const headBytes = HEADER_BYTES + Math.ceil(assets / 8) * 8;
  const bytes = Buffer.alloc(headBytes + 8 * rows * (2 + assets));
  bytes.write(MAGIC, 'latin1');
  for (const [index, value] of [rows, assets, 0, utcDay].entries()) bytes.writeUInt32LE(value, 8 + 4 * index);
  const values = new Float64Array(bytes.buffer, bytes.byteOffset + headBytes, rows * (2 + assets));
  values.set(day.nsOfDay);
  for (let row = 0; row < rows; row++) values[rows + row] = day.signals[row * SIGNAL_VALUES + SIGNAL_VEL_DIV]!;
  values.set(day.prices, 2 * rows);
  writeFileSync(path, bytes);
}
