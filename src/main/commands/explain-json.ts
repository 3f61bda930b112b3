import type { BarAction, HeldPosition } from '../../engine/explain.ts';
import type { CandidateLine } from '../../engine/explain-candidates.ts';
import { POSTURE_NAMES } from '../../model/posture.ts';
import { isoFrom } from '../../model/time.ts';
import type { ExplainedBar } from './explain-rerun.ts';
import { actionSentence, assetSentence, type ExplainContext } from './explain-words.ts';

/** A bar explained for a program: full precision, NaN as null, all assets. @param asset - index, or null. */
export function explainJson(explained: ExplainedBar, context: ExplainContext, asset: number | null): string {
  const { target, explanation } = explained;
  const { regime, day, nsOfDay, ranking } = explanation;
  const line = ranking.find(({ assetIndex }) => assetIndex === asset);
  const document = {
    bar: explanation.bar,
    barOfDay: explanation.barOfDay,
    ts: isoFrom(day, nsOfDay),
    scanNumber: explanation.scanNumber,
    note: target.note,
    sentence: actionSentence(explanation, context),
    action: named(explanation.action, context),
    dayEnd: explanation.dayEnd === null ? null : named(explanation.dayEnd, context),
    notAsked: explanation.notAsked,
    gates: explanation.gates,
    size: explanation.size,
    regime: { ...regime, posture: POSTURE_NAMES[regime.posture], breaker: explanation.breaker },
    asset: line === undefined ? null : { ...named(line, context), sentence: assetSentence(line, explanation, context) },
    candidates: ranking.map((candidate) => named(candidate, context)),
    counted: explanation.counted,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function named(value: BarAction | HeldPosition | CandidateLine, { universe }: ExplainContext): object {
  return 'assetIndex' in value ? { asset: universe[value.assetIndex], ...value } : value;
}
