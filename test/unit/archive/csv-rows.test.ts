import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRow, forEachCsvRow } from '../../../src/adapters/archive/csv-rows.ts';
import { parseDecimal } from '../../../src/adapters/archive/decimal.ts';
import { EventTimeColumn } from '../../../src/adapters/archive/event-time.ts';

async function* chunksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  text: string,
  onRow: (row: CsvRow) => void = () => {},
  chunkBytes = 7,
  fields = 2,
): Promise<number> {
  return forEachCsvRow('file.zip', chunksOf(text, chunkBytes), fields, onRow);
}

describe('rows of a CSV', () => {
  test.each([
    ['no header', '1,2.5\n3,4\n'],
    ['a header', 'id,price\n1,2.5\n3,4\n'],
    ['no newline at the end', '1,2.5\n3,4'],
    ['carriage returns and empty lines', 'id,price\r\n1,2.5\r\n\r\n3,4\r\n\r\n'],
  ])('%s: the same rows, whatever the chunks', async (_, text) => {
    for (const size of [1, 2, 3, 5, 100]) {
      const seen: number[][] = [];
      const rows = await read(text, (row) => seen.push([row.integer(0, 'id'), row.number(1, 'price')]), size);
      expect(seen).toEqual([
        [1, 2.5],
        [3, 4],
      ]);
      expect(rows).toBe(2);
    }
  });

  test('text after the first line is no header but an error with file, line, column, value and rule', async () => {
    await expect(read('id,p\n1,2\nid,p\n', (row) => row.integer(0, 'id'))).rejects.toThrow(
      'file.zip: line 3, id must be a number, was "id"',
    );
  });

  test('short rows, non-numbers, fractions and non-positive prices are refused', async () => {
    await expect(read('1,2\n3\n')).rejects.toThrow('line 2, row must have 2 fields or more, had 1');
    await expect(read('1,\n', (row) => row.number(1, 'p'))).rejects.toThrow('p must be a number, was ""');
    await expect(read('1.5,2\n', (row) => row.integer(0, 'id'))).rejects.toThrow('id must be an integer');
    await expect(read('1,0\n', (row) => row.positive(1, 'p'))).rejects.toThrow('p must be > 0');
  });
});

describe('decimal', () => {
  const parse = (text: string): number => parseDecimal(Buffer.from(`x${text}y`), 1, 1 + text.length);

  test('equals Number() bit for bit on what the archive writes', () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 19n }), fc.nat(12))
      .map(([negative, digits, decimals]) => {
        const text = digits.toString().padStart(decimals + 1, '0');
        const cut = text.length - decimals;
        return `${negative ? '-' : ''}${text.slice(0, cut)}${decimals > 0 ? `.${text.slice(cut)}` : ''}`;
      });
    fc.assert(
      fc.property(decimal, (text) => Object.is(parse(text), Number(text))),
      { numRuns: 2000 },
    );
    for (const text of ['1e-8', '2.5E3', '-5.00', '0.1', '.5', '5.']) expect(parse(text)).toBe(Number(text));
  });

  test.each(['', '-', '.', '1.2.3', ' 1', '1 ', '0x10', 'Infinity', 'NaN', '1e', '--1', '1_000'])(
    '%j is no number',
    (t) => {
      expect(parse(t)).toBeNaN();
    },
  );
});

describe('event time', () => {
  const DAY_US = 1_748_217_600_000_000;
  const readTimes = async (...times: number[]): Promise<number[]> => {
    const column = new EventTimeColumn(DAY_US, DAY_US + 86_400_000_000);
    const seen: number[] = [];
    await read(times.map((time) => `${time},0\n`).join(''), (row) => seen.push(column.read(row, 0, 'time')));
    return seen;
  };

  test('ms and µs files give the same times', async () => {
    expect(await readTimes(DAY_US / 1000 + 1)).toEqual([DAY_US + 1000]);
    expect(await readTimes(DAY_US + 1000)).toEqual([DAY_US + 1000]);
  });

  test('a file that mixes units is refused, either way', async () => {
    await expect(readTimes(DAY_US / 1000, DAY_US)).rejects.toThrow('line 2, time must be in ms like the rows before');
    await expect(readTimes(DAY_US, DAY_US / 1000)).rejects.toThrow('line 2, time must be in µs like the rows before');
  });

  test('a time of another day is refused', async () => {
    await expect(readTimes(DAY_US - 1)).rejects.toThrow('[2025-05-26T00:00:00.000Z, 2025-05-27T00:00:00.000Z)');
    await expect(readTimes(DAY_US + 86_400_000_000)).rejects.toThrow('must lie in');
  });
});
