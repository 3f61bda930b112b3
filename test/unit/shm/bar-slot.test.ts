import { expect, test } from 'vitest';
import {
  FLAG_ASSET_VEL_DIV,
  FLAG_BAR_SIGNALS,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_CELLS,
  FRAME_END,
  FRAME_SCAN,
} from '../../../src/model/frame.ts';
import { usedSlotBytes } from '../../../src/shm/bar-slot.ts';

const HEADER = 192;

test.each([
  ['a scan has a price per asset', FRAME_SCAN, 0, 48, HEADER + 8 * 48],
  [
    'a scan with divergences has one per asset behind the payload',
    FRAME_SCAN,
    FLAG_ASSET_VEL_DIV,
    48,
    HEADER + 16 * 48,
  ],
  ['fewer assets than a book has values: prices end where they end', FRAME_SCAN, 0, 6, HEADER + 8 * 6],
  ['but divergences lie behind the room for a book', FRAME_SCAN, FLAG_ASSET_VEL_DIV, 6, HEADER + 8 * (20 + 6)],
  ['a bar has prices too', FRAME_BAR, FLAG_BAR_SIGNALS, 48, HEADER + 8 * 48],
  ['a book has its 20 values, whatever the number of assets', FRAME_BOOK, 0, 48, HEADER + 8 * 20],
  ['an end has its header', FRAME_END, 0, 48, HEADER],
  ['and what is no frame of the market as well', FRAME_CELLS, 0, 48, HEADER],
])('%s', (_, kind, flags, assets, bytes) => {
  expect(usedSlotBytes(kind, flags, assets, Math.max(assets, 20))).toBe(bytes);
});
