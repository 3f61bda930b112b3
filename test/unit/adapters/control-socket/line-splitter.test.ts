import { expect, test } from 'vitest';
import { LineSplitter } from '../../../../src/adapters/control-socket/line-splitter.ts';

const bytes = (text: string) => Buffer.from(text);

test.each<[string, readonly string[], readonly (readonly string[])[]]>([
  ['a line in one piece', ['abc\n'], [['abc']]],
  ['a line in three pieces', ['a', 'b', 'c\n'], [[], [], ['abc']]],
  ['two lines and the start of a third', ['a\nb\nc', '\n'], [['a', 'b'], ['c']]],
  ['an empty line', ['\n'], [['']]],
])('%s', (_situation, pieces, expected) => {
  const lines = new LineSplitter();
  expect(pieces.map((piece) => lines.take(bytes(piece)))).toEqual(expected);
});

test('a character that is cut between two pieces comes whole', () => {
  const lines = new LineSplitter();
  const euro = bytes('€\n'); // e2 82 ac 0a
  expect([lines.take(euro.subarray(0, 1)), lines.take(euro.subarray(1))]).toEqual([[], ['€']]);
});

test('the longest line is taken, one byte more is not', () => {
  expect(new LineSplitter(4).take(bytes('abcd\n'))).toEqual(['abcd']);
  expect(new LineSplitter(4).take(bytes('abcde\n'))).toBeNull();
});

test('a line without an end is refused as soon as it is too long', () => {
  const lines = new LineSplitter(4);
  expect(lines.take(bytes('abc'))).toEqual([]);
  expect(lines.take(bytes('de'))).toBeNull();
});
