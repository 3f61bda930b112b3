import type { FactorRow } from '../../model/factors.ts';
import type { FillMode } from '../../model/fill-mode.ts';
import { POSTURE_NAMES } from '../../model/posture.ts';
import type { SafetyRow } from '../../model/safety.ts';
import { createChampionConfig, type StrategyConfig } from '../../model/strategy.ts';
import { decodeRoutedInputs, type RoutedInputs } from './routed-inputs.ts';
import {
  fieldsOf,
  isNumber,
  type Json,
  numberOrMissing,
  parse,
  refuse,
  requireDay,
  requireFlag,
  requireList,
  requirePositive,
  requireText,
  requireTexts,
} from './run-input-fields.ts';

/**
 * Everything besides the records that a run was made from, so that its journal replays by itself. Stands as JSON in the
 * header of every segment.
 */
export interface RunInputs {
  /** Name of the strategy. */
  readonly strategy: string;
  readonly paramHash: string;
  readonly config: StrategyConfig;
  /** Interval that the run used. */
  readonly barIntervalMs: number;
  /** Ascending by day; NaN = missing. */
  readonly factors: readonly FactorRow[];
  /** Ascending by day. */
  readonly safety: readonly SafetyRow[];
  readonly source: RunSource;
  /** Scans may bring a divergence per asset: the ring of a replay needs room for it. Undefined: none does. */
  readonly hasAssetSignals?: boolean | undefined;
  /** What execution and its venue were made from; undefined with analytic fills. */
  readonly routed?: RoutedInputs | undefined;
}

/** How the run's decisions became fills. */
export function fillModeOf({ routed }: RunInputs): FillMode {
  return routed === undefined ? 'analytic' : 'routed';
}

/** Where the frames came from, for reports; no input of the machine. */
export interface RunSource {
  readonly dir: string;
  /** First and last date, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly files: readonly string[];
  /** The days were made, not recorded. */
  readonly synthetic: boolean;
}

/** Run inputs as JSON for a segment's header. A missing value is null, as JSON has no NaN. */
export function encodeRunInputs(inputs: RunInputs): string {
  return JSON.stringify(inputs);
}

/**
 * Run inputs from the header of a segment.
 * @throws InputError naming the field, its value and the rule when they are not whole.
 */
export function decodeRunInputs(json: string): RunInputs {
  const fields = fieldsOf(parse(json), 'the whole');
  const { strategy, paramHash, config, barIntervalMs, factors, safety, source, hasAssetSignals, routed } = fields;
  return {
    strategy: requireText(strategy, 'strategy'),
    paramHash: requireText(paramHash, 'paramHash'),
    config: requireConfig(config),
    barIntervalMs: requirePositive(barIntervalMs, 'barIntervalMs'),
    factors: requireList(factors, 'factors').map(factorRow),
    safety: requireList(safety, 'safety').map(safetyRow),
    source: requireSource(source),
    ...(hasAssetSignals === undefined ? {} : { hasAssetSignals: requireFlag(hasAssetSignals, 'hasAssetSignals') }),
    ...(routed === undefined ? {} : { routed: decodeRoutedInputs(routed) }),
  };
}

/** The champion names every key there is and the type of its value. */
function requireConfig(value: unknown): StrategyConfig {
  const config = fieldsOf(value, 'config');
  const known: Json = { ...createChampionConfig() };
  for (const key of Object.keys(config)) {
    if (!(key in known)) refuse(`config.${key}`, config[key], 'a key of the strategy that this version knows');
  }
  for (const [key, example] of Object.entries(known)) requireAlike(config[key], example, `config.${key}`);
  return config as unknown as StrategyConfig;
}

function requireAlike(value: unknown, example: unknown, name: string): void {
  if (Array.isArray(example)) requireTexts(value, name);
  else if (example === null) {
    if (value !== null && !isNumber(value)) refuse(name, value, 'a number or null');
  } else if (typeof value !== typeof example) refuse(name, value, `a ${typeof example}`);
}

function factorRow(value: unknown, index: number): FactorRow {
  const name = `factors[${index}]`;
  const row = fieldsOf(value, name);
  return {
    day: requireDay(row['day'], `${name}.day`),
    fundingBtc: numberOrMissing(row['fundingBtc'], `${name}.fundingBtc`),
    dvolBtc: numberOrMissing(row['dvolBtc'], `${name}.dvolBtc`),
    fearGreed: numberOrMissing(row['fearGreed'], `${name}.fearGreed`),
    w750Velocity: numberOrMissing(row['w750Velocity'], `${name}.w750Velocity`),
  };
}

function safetyRow(value: unknown, index: number): SafetyRow {
  const name = `safety[${index}]`;
  const { day, posture, rm } = fieldsOf(value, name);
  if (!isNumber(posture) || POSTURE_NAMES[posture] === undefined) {
    refuse(`${name}.posture`, posture, `a code from 0 to ${POSTURE_NAMES.length - 1}`);
  }
  if (!isNumber(rm)) refuse(`${name}.rm`, rm, 'a number');
  return { day: requireDay(day, `${name}.day`), posture: posture as SafetyRow['posture'], rm: rm as number };
}

function requireSource(value: unknown): RunSource {
  const { dir, from, to, files, synthetic } = fieldsOf(value, 'source');
  return {
    dir: requireText(dir, 'source.dir'),
    from: requireText(from, 'source.from'),
    to: requireText(to, 'source.to'),
    files: requireTexts(files, 'source.files'),
    synthetic: requireFlag(synthetic, 'source.synthetic'),
  };
}
