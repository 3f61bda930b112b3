import { expect, test } from 'vitest';
import { crc32c } from '../../../../src/replay/journal/crc32c.ts';

const words = (bytes: Uint8Array) => new Int32Array(bytes.buffer);

// RFC 3720, appendix B.4.
test.each([
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(255), 0x62a8ab43],
  ['32 incrementing bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 decrementing bytes', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
])('%s', (_name, bytes, expected) => {
  expect(crc32c(words(bytes), 0, 8)).toBe(expected);
});

test('whatever the number of words, it is the one of a bit at a time', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24);
  for (let length = 0; length <= 25; length++) {
    let crc = -1;
    for (const byte of bytes.subarray(0, 4 * length)) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    expect(crc32c(words(bytes), 0, length)).toBe(~crc >>> 0);
  }
});
