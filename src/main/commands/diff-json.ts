import { isoFrom } from '../../model/time.ts';
import type { NamedDecision } from '../../replay/journal/diff/compare-decisions.ts';
import type { FieldDifference } from '../../replay/journal/diff/compare-inputs.ts';
import {
  type DecisionDifference,
  isEndFrame,
  type StepPlace,
  type StreamEnding,
} from '../../replay/journal/diff/diff-result.ts';
import { FRAME_KIND_NAMES } from '../../replay/journal/record-json.ts';
import type { FoldersDiff } from './folders-diff.ts';

/** A diff as an object for JSON, in full precision. JSON has no NaN: it becomes null. */
export function diffToJson({ a, b, isEqual, engine, execution }: FoldersDiff) {
  const { settings, versions, firstInput, firstDecision, firstDayEnd, counts, endings } = engine;
  return {
    a,
    b,
    equal: isEqual,
    settings,
    versions,
    firstInput: firstInput === null ? null : { ...placeToJson(firstInput), ...inputToJson(firstInput.difference) },
    firstDecision: firstDecision === null ? null : decisionToJson(firstDecision),
    firstDayEnd: firstDayEnd === null ? null : placeToJson(firstDayEnd),
    counts,
    endings: { a: endingToJson(endings.a), b: endingToJson(endings.b) },
    execution,
  };
}

function placeToJson(place: StepPlace) {
  const { frameSequence, record, bar, kind, day, nsOfDay } = place;
  return {
    time: isEndFrame(place) ? null : isoFrom(day, nsOfDay),
    frame: FRAME_KIND_NAMES[kind] ?? kind,
    bar,
    frameSequence,
    record,
  };
}

/** Without a field when one of the two lacks the frame. */
function inputToJson(difference: FieldDifference | null) {
  return difference ?? { field: null, asset: null, a: null, b: null };
}

function decisionToJson(difference: DecisionDifference) {
  const { decisions, velDiv, prices, posture, input } = difference;
  const intents = { a: decisions.a.map(intentToJson), b: decisions.b.map(intentToJson) };
  return { ...placeToJson(difference), intents, velDiv, prices, posture, input };
}

function intentToJson({ assetIndex: _, ...decision }: NamedDecision) {
  return decision;
}

function endingToJson({ frames, last, missing, reason, stateHash, torn }: StreamEnding) {
  return {
    frames,
    last: last === null ? null : isoFrom(last.day, last.nsOfDay),
    missing,
    end: reason === null ? null : { reason, stateHash: Buffer.from(stateHash).toString('hex') },
    torn,
  };
}
