import { exitReasonName } from '../../model/exit-reason.ts';
import { INTENT_CANCEL_ENTRY, INTENT_ENTRY, INTENT_HASTEN_EXIT } from '../../model/intent.ts';
import { isoFrom } from '../../model/time.ts';
import type { NamedDecision } from '../../replay/journal/diff/compare-decisions.ts';
import type { SettingDifference } from '../../replay/journal/diff/compare-settings.ts';
import type { ExecutionDiff } from '../../replay/journal/diff/diff-executions.ts';
import {
  type Both,
  type DecisionDifference,
  type DiffCounts,
  type InputDifference,
  isEndFrame,
  type StepPlace,
  type StreamEnding,
} from '../../replay/journal/diff/diff-result.ts';
import type { TapeEntryDifference } from '../../replay/journal/diff/diff-tapes.ts';
import { FRAME_KIND_NAMES } from '../../replay/journal/record-json.ts';
import { formatCount } from '../../report/number-format.ts';
import { alignRows, wrap } from '../../report/text-table.ts';
import { plural, printable, sideWord } from '../../report/words.ts';
import type { FoldersDiff } from './folders-diff.ts';

const COLUMNS = 80;
const INDENT = '  ';

/** A diff for a reader at a terminal of 80 columns; ends with a newline. */
export function diffText({ a, b, isEqual, engine, execution }: FoldersDiff): string {
  const { settings, versions, firstInput, firstDecision, firstDayEnd, counts, endings } = engine;
  const blocks = [
    [`A  ${printable(a)}`, ...endingLines(endings.a), `B  ${printable(b)}`, ...endingLines(endings.b)],
    versions.length === 0 ? [] : ['Made by other versions, which must decide the same', ...settingLines(versions)],
    settings.length === 0 ? [] : ['Settings that differ', ...settingLines(settings)],
    firstInput === null ? [] : inputLines(firstInput),
    firstDecision === null ? [] : decisionLines(firstDecision, settings.length > 0),
    firstDayEnd === null
      ? []
      : [
          `First end of a day with another outcome: on ${isEndFrame(firstDayEnd) ? 'the last frame' : timeOf(firstDayEnd)}`,
        ],
    isEqual ? [] : ['Counts', ...countLines(counts)],
    execution === null ? [] : executionLines(execution),
    [isEqual ? 'Equal: the same was consumed and decided.' : 'The journals differ.'],
  ];
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

function endingLines({ frames, last, missing, reason, torn }: StreamEnding): string[] {
  const until = last === null ? '' : `, the last of ${isoFrom(last.day, last.nsOfDay)}`;
  const gaps = missing === 0 ? '' : `, ${plural(missing, 'record')} missing in gaps`;
  const end =
    reason === null ? 'no END record: the run was cut off' : reason === 0 ? 'ended with its source' : 'stopped';
  const lines = [`${plural(frames, 'frame')}${until}${gaps}`, torn === null ? end : `torn tail: ${torn}`];
  return indented(
    lines.flatMap((line) => wrap(line, COLUMNS - 3)),
    '   ',
  );
}

/** Two lines below the name, so that long values have room. */
function settingLines(differences: readonly SettingDifference[]): string[] {
  return differences.flatMap(({ setting, a, b }) => [
    INDENT + setting,
    ...indented([...wrapValue('A', a), ...wrapValue('B', b)], '    '),
  ]);
}

function wrapValue(side: string, value: string): string[] {
  const [first = '', ...rest] = wrap(printable(value), COLUMNS - 8);
  return [`${side}  ${first}`, ...indented(rest, '   ')];
}

function inputLines(first: InputDifference): string[] {
  const { difference, frameSequence } = first;
  if (difference === null) {
    const owner = frameSequence.a === null ? 'B' : 'A';
    return [`First differing input: a frame that only ${owner} has`, ...placeLines(first)];
  }
  const { field, asset, a, b } = difference;
  const title = `First differing input: ${field}${asset === null ? '' : ` of ${asset}`}`;
  return [
    title,
    ...placeLines(first),
    ...indented([...wrapValue('A', String(a)), ...wrapValue('B', String(b))], '    '),
  ];
}

function decisionLines(first: DecisionDifference, hasOtherSettings: boolean): string[] {
  const { decisions, velDiv, prices, posture } = first;
  const rows = [
    ['', 'A', 'B'],
    ...intentRows(decisions),
    ['vel_div', String(velDiv.a), String(velDiv.b)],
    ...prices.map(({ asset, a, b }) => [`price ${asset}`, String(a), String(b)]),
    ['posture', `${posture.a.posture}, rm ${posture.a.rm}`, `${posture.b.posture}, rm ${posture.b.rm}`],
  ];
  return [
    'First divergent decision',
    ...placeLines(first),
    ...indented(alignRows(rows, ['left', 'left', 'left']), INDENT),
    ...indented(wrap(causeOf(first, hasOtherSettings), COLUMNS - 2), INDENT),
  ];
}

/** As far as the frame and the settings tell why it was decided otherwise. */
function causeOf({ frameSequence, input }: DecisionDifference, hasOtherSettings: boolean): string {
  if (frameSequence.a === null || frameSequence.b === null) {
    return `Only ${frameSequence.a === null ? 'B' : 'A'} has this frame.`;
  }
  if (input !== null)
    return `On this very frame ${input.field}${input.asset === null ? '' : ` of ${input.asset}`} differs.`;
  const other = hasOtherSettings ? ', or in the settings' : '';
  return `The inputs of this frame are the same on both sides: the cause lies before it${other}.`;
}

/** One line per field of each intent: both sides fit into 80 columns then. */
function intentRows({ a, b }: Both<readonly NamedDecision[]>): string[][] {
  const count = Math.max(a.length, b.length);
  return Array.from({ length: count }, (_, i) => {
    const [ofA, ofB] = [intentCells(a[i]), intentCells(b[i])];
    return INTENT_TITLES.map((title, row) => [title, ofA[row] ?? '', ofB[row] ?? '']);
  }).flat();
}

const INTENT_TITLES = ['intent', 'at', 'quantity', 'notional', 'leverage'] as const;

function intentCells(intent: NamedDecision | undefined): string[] {
  if (intent === undefined) return ['none'];
  const { kind, reason, direction, asset, price, qty, notional, leverage } = intent;
  const what = intentWord(kind, reason);
  return [`${what} ${sideWord(direction)} ${asset}`, String(price), String(qty), String(notional), String(leverage)];
}

function intentWord(kind: number, reason: number): string {
  if (kind === INTENT_ENTRY) return 'enter';
  if (kind === INTENT_CANCEL_ENTRY) return 'cancel entry';
  return `${kind === INTENT_HASTEN_EXIT ? 'hasten exit' : 'exit'} ${exitReasonName(reason)}`;
}

function placeLines(place: StepPlace): string[] {
  const { kind, bar, frameSequence, record } = place;
  const parts = [
    timeOf(place),
    FRAME_KIND_NAMES[kind] ?? `kind ${kind}`,
    ...numbersOf('bar', bar),
    ...numbersOf('frame', frameSequence),
    ...numbersOf('record', record),
  ];
  return indented(wrap(parts.join(', '), COLUMNS - 2), INDENT);
}

/** One number where both sides have the same, or only one has it. */
function numbersOf(name: string, { a, b }: Both<number | null>): string[] {
  if (a === null && b === null) return [];
  if (a === null || b === null || a === b) return [`${name} ${a ?? b}`];
  return [`${name} ${a} (B: ${b})`];
}

function timeOf(place: StepPlace): string {
  return isEndFrame(place) ? 'at the end' : isoFrom(place.day, place.nsOfDay);
}

function countLines({ frames, inputs, onlyInA, onlyInB, decisions, dayEnds }: DiffCounts): string[] {
  const rows = [
    [formatCount(frames), 'frames in both'],
    [formatCount(inputs), 'of them with an input that differs'],
    [formatCount(onlyInA), 'frames only in A'],
    [formatCount(onlyInB), 'frames only in B'],
    [formatCount(decisions), 'frames on which something else was decided'],
    [formatCount(dayEnds), 'ends of days with other bars, trades or state'],
  ];
  return indented(alignRows(rows, ['right', 'left']), INDENT);
}

function executionLines({ intents, first, tape }: ExecutionDiff): string[] {
  return [...intentsTakenLines(intents, first), ...(tape === null ? [] : tapeLines(tape))];
}

/** What execution did with them, with routed fills. */
function tapeLines({ entries, first }: NonNullable<ExecutionDiff['tape']>): string[] {
  if (first === null) return [`Execution did the same: ${plural(entries.a, 'record')}.`];
  const title = `Execution wrote ${plural(entries.a, 'record')} in A and ${formatCount(entries.b)} in B; the first that differs:`;
  const { record, field, value } = first;
  const rows = [
    ['', 'A', 'B'],
    ['record', String(record.a ?? 'none'), String(record.b ?? 'none')],
    ['kind', entryKind(first, 'a'), entryKind(first, 'b')],
    ...(field === null || value === null ? [] : [[field, String(value.a), String(value.b)]]),
  ];
  return [...wrapLong(title), ...indented(alignRows(rows, ['left', 'left', 'left']), INDENT)];
}

function entryKind({ kind }: TapeEntryDifference, side: 'a' | 'b'): string {
  return kind[side] ?? 'none';
}

function intentsTakenLines(intents: Both<number>, first: ExecutionDiff['first']): string[] {
  if (first === null) return [`Execution took the same ${plural(intents.a, 'intent')}.`];
  const rows = [['', 'A', 'B'], ...intentRows({ a: listOf(first.intent.a), b: listOf(first.intent.b) })];
  return [
    `Execution took ${plural(intents.a, 'intent')} in A and ${formatCount(intents.b)} in B; the first that differs is number ${first.place}`,
    ...indented(alignRows(rows, ['left', 'left', 'left']), INDENT),
  ].flatMap((line) => wrapLong(line));
}

function listOf(intent: NamedDecision | null): NamedDecision[] {
  return intent === null ? [] : [intent];
}

function wrapLong(line: string): string[] {
  return line.length <= COLUMNS ? [line] : wrap(line, COLUMNS);
}

function indented(lines: readonly string[], indent: string): string[] {
  return lines.map((line) => indent + line);
}
