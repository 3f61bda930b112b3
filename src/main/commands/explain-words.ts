import type { BarExplanation, HeldPosition } from '../../engine/explain.ts';
import type { CandidateLine, CandidateVerdict } from '../../engine/explain-candidates.ts';
import type { GateLine } from '../../engine/explain-gates.ts';
import type { StrategyConfig } from '../../model/strategy.ts';
import { formatMoney, formatPrice, formatReturn } from '../../report/number-format.ts';
import { EXIT_WORDS, GATE_WORDS, plural, printable, sideWord } from '../../report/words.ts';

/** What the words need beside the explanation. */
export interface ExplainContext {
  readonly universe: readonly string[];
  readonly config: StrategyConfig;
}

/** Why an asset was not chosen, as a remark in a table. */
export const VERDICT_WORDS: Readonly<Record<CandidateVerdict, string>> = {
  excluded: 'excluded',
  noPrice: 'no valid price',
  signal: 'own signal too weak',
  direction: 'direction not confirmed',
  bookFillUnlikely: 'book: fill unlikely',
  bookOtherSide: 'book: other side',
  bookNotPersistent: 'book: not persistent',
  bookEdgeTooSmall: 'book: edge too small',
  bookMarketStress: 'book: market in stress',
  alignment: 'alignment too low',
  outranked: 'outranked',
  best: 'best',
};

/** One sentence: what the engine did on the bar, or why it did nothing. */
export function actionSentence(explanation: BarExplanation, context: ExplainContext): string {
  const { action } = explanation;
  if (action.kind === 'entry') {
    const asset = symbol(context, action.assetIndex);
    return (
      `Opened ${sideWord(action.direction)} ${asset}: ${formatMoney(action.notional)} USDT at ${formatPrice(action.price)}, ` +
      `leverage ${digits(action.leverage)}.`
    );
  }
  if (action.kind === 'exit') return `Closed ${heldText(action, context)} Reason: ${EXIT_WORDS[action.reason]}.`;
  if (action.kind === 'hold') return `Nothing new: holds ${heldText(action, context)} ${targetText(action)}`;
  return `Nothing traded: ${reasonOf(explanation, context)}.`;
}

/** The close at midnight, when the bar was the last of its day. */
export function dayEndSentence(held: HeldPosition, context: ExplainContext): string {
  return `The day ends with this bar: closed ${heldText(held, context)} Reason: ${EXIT_WORDS.DAY_END}.`;
}

/** One sentence: why an asset was, or was not, the one that was traded. */
export function assetSentence(line: CandidateLine, explanation: BarExplanation, context: ExplainContext): string {
  const asset = symbol(context, line.assetIndex);
  const stopped = explanation.gates.find((gate) => gate.isReached && !gate.isPassed);
  if (line.verdict === 'best' && explanation.action.kind === 'entry') return `${asset} was chosen.`;
  const why = candidateReason(line, explanation, context);
  if (explanation.notAsked !== null) return `${asset}: no entry was asked for on this bar; by itself, ${why}.`;
  const isMarketGate = stopped !== undefined && stopped.candidates === null && stopped.gate !== 'sizing';
  if (isMarketGate)
    return `${asset}: the bar stopped at the ${GATE_WORDS[stopped.gate]} gate, for all assets; by itself, ${why}.`;
  return line.verdict === 'best' ? `${asset} was chosen, but could not be sized.` : `${asset} was not chosen: ${why}.`;
}

/** Every reason why a flat bar opened nothing: the first gate that held it back. */
function reasonOf(explanation: BarExplanation, context: ExplainContext): string {
  if (explanation.notAsked === 'hibernate') return "the day's posture is HIBERNATE";
  if (explanation.notAsked === 'stale') return 'the scan was more than 10 s old on arrival';
  const stopped = explanation.gates.find((gate) => gate.isReached && !gate.isPassed);
  return stopped === undefined ? 'no gate held it back' : gateReason(stopped, explanation, context);
}

function gateReason(gate: GateLine, explanation: BarExplanation, context: ExplainContext): string {
  const { config } = context;
  const { value, threshold } = gate;
  const asked = gate.candidates?.asked ?? 0;
  switch (gate.gate) {
    case 'warmup':
      return `bar ${value} of the day lies in the warm-up of ${threshold} bars`;
    case 'signal':
      return signalReason(gate, explanation);
    case 'volatility':
      return Number.isNaN(value)
        ? `${config.reference_asset} has fewer than ${config.vol_window} returns today, so its volatility is unknown`
        : `the volatility of ${config.reference_asset}, ${digits(value)}, is not above ${digits(threshold)}`;
    case 'risk':
      return explanation.breaker === null
        ? `the forewarner says ${explanation.regime.mc.status}`
        : `the circuit breaker is open (${explanation.breaker})`;
    case 'direction':
      return (
        `none of ${plural(asked, 'candidate')} moved ${digits(threshold)} bps in the direction of the trade within ` +
        `${config.dc_lookback_bars} bars (best ${digits(value)} bps)`
      );
    case 'orderBook':
      return `the order book confirms none of ${plural(asked, 'candidate')} (${objections(explanation)})`;
    case 'irp':
      return `none of ${plural(asked, 'candidate')} is aligned enough (best ${digits(value)}, needs ${digits(threshold)})`;
    case 'sizing':
      return explanation.size.capital > 0
        ? `the position of ${formatMoney(value)} USDT would be below the minimum of ${formatMoney(threshold)}`
        : 'no capital is left';
  }
}

function signalReason(gate: GateLine, { size }: BarExplanation): string {
  if (gate.candidates !== null) return `no asset's own divergence reaches the threshold of ${digits(gate.threshold)}`;
  if (!(Math.abs(size.velDiv) <= 10)) return `the scan brought no usable vel_div (${size.velDiv})`;
  const threshold = size.direction > 0 ? -gate.threshold : gate.threshold;
  return `vel_div ${digits(size.velDiv)} does not reach the threshold of ${digits(threshold)}`;
}

function objections({ ranking }: BarExplanation): string {
  const verdicts = ranking.map((line) => line.verdict).filter((verdict) => verdict.startsWith('book'));
  const counts = Map.groupBy(verdicts, (verdict) => VERDICT_WORDS[verdict].replace('book: ', ''));
  return [...counts].map(([words, { length }]) => `${length} ${words}`).join(', ');
}

function candidateReason(line: CandidateLine, { ranking }: BarExplanation, context: ExplainContext): string {
  const { config } = context;
  const chosen = ranking.find(({ verdict }) => verdict === 'best');
  switch (line.verdict) {
    case 'excluded':
      return 'it is excluded by the configuration';
    case 'noPrice':
      return 'it has no valid price on this bar';
    case 'signal':
      return `its own divergence ${digits(line.velDiv)} does not reach the threshold`;
    case 'direction':
      return Number.isNaN(line.momentumBps)
        ? `it has too few prices today for a momentum over ${config.dc_lookback_bars} bars`
        : `its momentum of ${digits(line.momentumBps)} bps does not confirm ${line.direction === 0 ? 'a side' : sideWord(line.direction)} (needs ${config.dc_min_magnitude_bps} bps)`;
    case 'alignment':
      return Number.isNaN(line.alignment)
        ? `it has fewer than ${config.lookback} relative signs today`
        : `its alignment of ${digits(line.alignment)} is below ${digits(config.min_irp_alignment)}`;
    case 'outranked':
      return chosen === undefined ? 'nothing stopped it' : outrankedText(line, chosen, context);
    case 'best':
      return 'it would have been chosen';
    default:
      return `the order book does not confirm it (${VERDICT_WORDS[line.verdict].replace('book: ', '')})`;
  }
}

function outrankedText(line: CandidateLine, chosen: CandidateLine, context: ExplainContext): string {
  const winner = symbol(context, chosen.assetIndex);
  if (!context.config.use_alpha_layers) return `${winner} comes first in the universe`;
  if (line.score !== chosen.score)
    return `${winner} ranks higher (${digits(chosen.score)} against ${digits(line.score)})`;
  return `${winner} ranks higher at the same score, by its momentum or its place in the universe`;
}

function heldText(held: HeldPosition, context: ExplainContext): string {
  const bars = `${plural(held.barsHeld, 'bar')} of at most ${held.maxHoldBars}`;
  const at = Number.isNaN(held.price)
    ? 'no valid price on this bar'
    : `${formatReturn(held.change)} at ${formatPrice(held.price)}`;
  return `${sideWord(held.direction)} ${symbol(context, held.assetIndex)} from bar ${held.entryBar}, ${bars}, ${at}.`;
}

function targetText(held: HeldPosition): string {
  if (Number.isNaN(held.price)) return 'It waits for the next price.';
  return `The take profit is ${digits(held.toTakeProfit * 1e4)} bps away.`;
}

/** Symbol of an asset, safe for a terminal. */
export function symbol({ universe }: ExplainContext, assetIndex: number): string {
  return printable(universe[assetIndex] ?? String(assetIndex));
}

/** Four significant digits, never an exponent for common sizes; `-` where there is no number. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return String(Number(value.toPrecision(4)));
}
