import { expect, test } from 'vitest';
import { publishedWords } from '../../../src/main/commands/signal-publish.ts';

test.each([
  [{ scan: 5200, book: 0, end: 1 }, { added: 5201, alreadyThere: 0 }, '5,200 scans and the end added'],
  [{ scan: 5200, book: 0, end: 1 }, { added: 0, alreadyThere: 5201 }, '5,200 scans and the end were there already'],
  [{ scan: 1, book: 0, end: 0 }, { added: 1, alreadyThere: 0 }, '1 scan added'],
  [
    { scan: 2, book: 48, end: 1 },
    { added: 50, alreadyThere: 1 },
    '2 scans, 48 order books and the end: 50 added, 1 were there already',
  ],
])('%o, %o', (byKind, counts, words) => {
  expect(publishedWords({ byKind, counts })).toBe(words);
});
