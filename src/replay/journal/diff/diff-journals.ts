import { SIGNAL_VEL_DIV } from '../../../model/frame.ts';
import { APEX, POSTURE_NAMES } from '../../../model/posture.ts';
import type { JournalStore } from '../journal-store.ts';
import {
  areSameDayEnds,
  areSameDecisions,
  areSameHashes,
  decisionsOf,
  type NamedDecision,
} from './compare-decisions.ts';
import { type FieldDifference, firstInputDifference } from './compare-inputs.ts';
import { compareSettings, compareVersions, type JournalHead } from './compare-settings.ts';
import type { Both, DecisionDifference, InputDifference, JournalDiff, StepPlace, StreamEnding } from './diff-result.ts';
import { EngineStream } from './engine-stream.ts';
import { type FrameStep, pairSteps, type StepPair } from './frame-steps.ts';
import { type SharedAsset, sharedAssets } from './shared-assets.ts';

/**
 * Compares the engine's streams of two journals side by side, a step of each in memory.
 * @throws JournalCorruption at the first record of either that is not as it was written.
 * @throws InputError when a header's inputs are not whole.
 */
export function diffJournals(a: JournalStore, b: JournalStore): JournalDiff {
  const left = new EngineStream(a);
  const right = new EngineStream(b);
  // The headers are known once the first step of each was asked for.
  const pairs = pairSteps(left.steps, right.steps);
  const comparison = new Comparison();
  for (const pair of pairs) comparison.take(pair, left, right);
  return comparison.result(left, right);
}

/** Goes through the pairs and keeps the first of each kind of difference. */
class Comparison {
  #assets: readonly SharedAsset[] | null = null;
  #firstInput: InputDifference | null = null;
  #firstDecision: DecisionDifference | null = null;
  #firstDayEnd: StepPlace | null = null;
  readonly #counts = { frames: 0, inputs: 0, onlyInA: 0, onlyInB: 0, decisions: 0, dayEnds: 0 };

  take(pair: StepPair, left: EngineStream, right: EngineStream): void {
    const { a, b } = pair;
    this.#assets ??= sharedAssets(left.universe, right.universe);
    const input = this.#compareInputs(pair, left);
    const decisions = { a: decisionsOf(a, left.universe), b: decisionsOf(b, right.universe) };
    if (!areSameDecisions(decisions.a, decisions.b)) {
      this.#counts.decisions += 1;
      this.#firstDecision ??= decisionDifference(pair, decisions, input, this.#assets, left, right);
    }
    if (!areSameDayEnds(a, b)) {
      this.#counts.dayEnds += 1;
      this.#firstDayEnd ??= placeOf(pair);
    }
  }

  result(left: EngineStream, right: EngineStream): JournalDiff {
    const heads = left.head !== null && right.head !== null ? { a: left.head, b: right.head } : null;
    const settings = heads === null ? [] : compareSettings(heads.a, heads.b);
    const versions = heads === null ? [] : compareVersions(heads.a, heads.b);
    const counts = this.#counts;
    const endings = { a: left.ending(), b: right.ending() };
    const differing = counts.inputs + counts.onlyInA + counts.onlyInB + counts.decisions + counts.dayEnds;
    const isHeadless = (left.head === null) !== (right.head === null);
    const isEqual = !isHeadless && settings.length === 0 && differing === 0 && areSameEndings(endings);
    return {
      isEqual,
      settings,
      versions,
      firstInput: this.#firstInput,
      firstDecision: this.#firstDecision,
      firstDayEnd: this.#firstDayEnd,
      counts,
      endings,
    };
  }

  #compareInputs(pair: StepPair, left: EngineStream): FieldDifference | null {
    const counts = this.#counts;
    if (pair.a === null) counts.onlyInB += 1;
    else if (pair.b === null) counts.onlyInA += 1;
    else {
      counts.frames += 1;
      const isLive = left.reader.header?.rules === 'LIVE';
      const difference = firstInputDifference(pair.a, pair.b, this.#assets!, isLive);
      if (difference === null) return null;
      counts.inputs += 1;
      this.#firstInput ??= { ...placeOf(pair), difference };
      return difference;
    }
    this.#firstInput ??= { ...placeOf(pair), difference: null };
    return null;
  }
}

function placeOf({ a, b }: StepPair): StepPlace {
  const { kind, tsEventDay: day, tsEventNsOfDay: nsOfDay } = (a ?? b)!.frame;
  return {
    frameSequence: { a: a?.frame.sequence ?? null, b: b?.frame.sequence ?? null },
    record: { a: a?.item.sequence ?? null, b: b?.item.sequence ?? null },
    bar: { a: barOf(a), b: barOf(b) },
    kind,
    day,
    nsOfDay,
  };
}

/** A STEP holds the bars behind it: its own is the last of them. */
function barOf(step: FrameStep | null): number | null {
  const bars = step?.item.step?.lifetimeBar;
  return bars === undefined ? null : bars - 1;
}

function decisionDifference(
  pair: StepPair,
  decisions: Both<readonly NamedDecision[]>,
  input: FieldDifference | null,
  assets: readonly SharedAsset[],
  left: EngineStream,
  right: EngineStream,
): DecisionDifference {
  const named = new Set([...decisions.a, ...decisions.b].map(({ asset }) => asset));
  const prices = assets
    .filter(({ symbol }) => named.has(symbol))
    .map(({ symbol, inA, inB }) => ({ asset: symbol, a: priceOf(pair.a, inA), b: priceOf(pair.b, inB) }));
  const place = placeOf(pair);
  return {
    ...place,
    decisions,
    velDiv: { a: velDivOf(pair.a), b: velDivOf(pair.b) },
    prices,
    posture: { a: postureOn(place.day, left.head), b: postureOn(place.day, right.head) },
    input,
  };
}

/** NaN where the frame carries no prices, or is not there. */
function priceOf(step: FrameStep | null, index: number): number {
  return barOf(step) === null ? Number.NaN : step!.frame.payload[index]!;
}

function velDivOf(step: FrameStep | null): number {
  return barOf(step) === null ? Number.NaN : step!.frame.signals[SIGNAL_VEL_DIV]!;
}

function postureOn(day: number, head: JournalHead | null): { posture: string; rm: number } {
  const row = head?.inputs.safety.find((one) => one.day === day);
  return { posture: POSTURE_NAMES[row?.posture ?? APEX], rm: row?.rm ?? 1 };
}

function areSameEndings({ a, b }: Both<StreamEnding>): boolean {
  return a.reason === b.reason && areSameHashes(a.stateHash, b.stateHash);
}
