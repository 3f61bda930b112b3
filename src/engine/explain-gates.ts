import { directionOfSignal, signedStrength } from '../alpha/layers/signal-gate.ts';
import { GATES, type GateName } from '../model/day-result.ts';
import { type FrameView, SIGNAL_VEL_DIV } from '../model/frame.ts';
import type { AlphaEngine } from './engine.ts';
import { isSignalStrong } from './entry-decision.ts';
import { type CandidateLine, hasOwnDivergence, stageOf } from './explain-candidates.ts';
import { type SizeParts, sizeParts } from './explain-size.ts';

/** One entry gate on one bar. */
export interface GateLine {
  readonly gate: GateName;
  /** The step asked it: every gate before it passed, and the bar could enter at all. */
  readonly isReached: boolean;
  /** What it says, asked or not. */
  readonly isPassed: boolean;
  /** What it compares, in the gate's own unit; NaN where there is no such number. */
  readonly value: number;
  readonly threshold: number;
  /** Candidates that it left, of those that came to it; the whole market's gates have none. */
  readonly candidates: { readonly left: number; readonly asked: number } | null;
}

export interface GateReport {
  readonly gates: readonly GateLine[];
  /** Size of the chosen candidate, or of whoever would have been chosen at the bar's divergence. */
  readonly size: SizeParts;
}

type Verdict = Omit<GateLine, 'gate' | 'isReached'>;

/**
 * The eight gates on the bar that the engine stepped last, all of them judged, whether the step came to them or not.
 *
 * @param ranking - of {@link rankCandidates} on the same bar.
 * @param isAsked - false when the bar asked no gate: a position was open, HIBERNATE, stale data.
 */
export function explainGates(
  engine: AlphaEngine,
  scan: FrameView,
  ranking: readonly CandidateLine[],
  isAsked: boolean,
): GateReport {
  const size = sizeOfBest(engine, scan, ranking);
  const verdicts: Record<GateName, Verdict> = {
    warmup: marketGate(engine.barsToday - 1, engine.params.config.warmup_bars, (value, least) => value >= least),
    signal: signalGate(engine, scan, ranking),
    volatility: volatilityGate(engine),
    risk: { isPassed: engine.canOpen(), value: Number.NaN, threshold: Number.NaN, candidates: null },
    direction: directionGate(engine, ranking),
    orderBook: candidateGate(ranking, 'bookFillUnlikely', 'alignment', Number.NaN, Number.NaN),
    irp: irpGate(engine, ranking),
    sizing: { isPassed: size.isSizeable, value: size.notional, threshold: size.minNotional, candidates: null },
  };
  let isReached = isAsked;
  const gates = GATES.map((gate) => {
    const line = { gate, isReached, ...verdicts[gate] };
    isReached &&= line.isPassed;
    return line;
  });
  return { gates, size };
}

function marketGate(value: number, threshold: number, passes: (value: number, threshold: number) => boolean): Verdict {
  return { isPassed: passes(value, threshold), value, threshold, candidates: null };
}

/** The divergence as SHORT reads it: more negative is stronger, whatever the side. Per asset: the strongest of them. */
function signalGate(engine: AlphaEngine, scan: FrameView, ranking: readonly CandidateLine[]): Verdict {
  const { params } = engine;
  const threshold = params.config.vel_div_threshold;
  if (!hasOwnDivergence(scan)) {
    const velDiv = scan.signals[SIGNAL_VEL_DIV]!;
    const value = signedStrength(directionOfSignal(params.directionRule, velDiv), velDiv);
    return { isPassed: isSignalStrong(params, velDiv), value, threshold, candidates: null };
  }
  const asked = ranking.filter((line) => stageOf(line.verdict) >= stageOf('signal'));
  const left = asked.filter((line) => line.verdict !== 'signal').length;
  const value = strongestOf(asked);
  return { isPassed: left > 0, value, threshold, candidates: { left, asked: asked.length } };
}

function strongestOf(lines: readonly CandidateLine[]): number {
  const strengths = lines.map((line) => signedStrength(line.direction, line.velDiv));
  return strengths.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best), Number.NaN);
}

function volatilityGate(engine: AlphaEngine): Verdict {
  const { volatility } = engine;
  return {
    isPassed: volatility.isHighRegime(),
    value: volatility.value(),
    threshold: volatility.threshold(),
    candidates: null,
  };
}

/** Best signed momentum among those that came to it, bps. */
function directionGate(engine: AlphaEngine, ranking: readonly CandidateLine[]): Verdict {
  const asked = ranking.filter((line) => stageOf(line.verdict) >= stageOf('direction'));
  const value = largest(asked.map((line) => line.direction * line.momentumBps));
  const threshold = engine.params.config.dc_min_magnitude_bps;
  return candidateGate(ranking, 'direction', 'bookFillUnlikely', value, threshold);
}

/** Best alignment among those that came to it; with the alpha layers off the gate only passes on. */
function irpGate(engine: AlphaEngine, ranking: readonly CandidateLine[]): Verdict {
  const { use_alpha_layers, min_irp_alignment } = engine.params.config;
  const asked = ranking.filter((line) => stageOf(line.verdict) >= stageOf('alignment'));
  const value = use_alpha_layers ? largest(asked.map((line) => line.alignment)) : Number.NaN;
  return candidateGate(ranking, 'alignment', 'outranked', value, use_alpha_layers ? min_irp_alignment : Number.NaN);
}

/** A gate per candidate: passes when one is left. Asked are those that came to `from`, left those that came to `to`. */
function candidateGate(
  ranking: readonly CandidateLine[],
  from: CandidateLine['verdict'],
  to: CandidateLine['verdict'],
  value: number,
  threshold: number,
): Verdict {
  const asked = ranking.filter((line) => stageOf(line.verdict) >= stageOf(from)).length;
  const left = ranking.filter((line) => stageOf(line.verdict) >= stageOf(to)).length;
  return { isPassed: left > 0, value, threshold, candidates: { left, asked } };
}

function sizeOfBest(engine: AlphaEngine, scan: FrameView, ranking: readonly CandidateLine[]): SizeParts {
  const best = ranking[0];
  if (best?.verdict === 'best') return sizeParts(engine, best.direction, best.velDiv);
  const velDiv = hasOwnDivergence(scan) ? Number.NaN : scan.signals[SIGNAL_VEL_DIV]!;
  return sizeParts(engine, directionOfSignal(engine.params.directionRule, velDiv), velDiv);
}

function largest(values: readonly number[]): number {
  return values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best), Number.NaN);
}
