import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { planReplay, type ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import type { DayResult } from '../../src/model/day-result.ts';
import type { Report } from '../../src/model/report.ts';
import { createChampionConfig, type StrategyConfig } from '../../src/model/strategy.ts';
import type { Trade } from '../../src/model/trade.ts';

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url));

/** Expected results of one configuration on one data set; written by an independent program. */
export interface GoldenCase {
  readonly name: string;
  readonly dataDir: string;
  readonly config: StrategyConfig;
  readonly barInterval: 'auto' | undefined;
  readonly expected: {
    readonly metrics: Report['metrics'];
    readonly venueFees: Omit<Report['venueFees'], 'schedule'>;
    readonly nextBarFills: Report['nextBarFills'];
    readonly days: readonly Partial<DayResult>[];
    readonly trades: readonly Partial<Trade>[];
    readonly decisionHash: string;
  };
}

/** All cases of the sets in test/golden. */
export function goldenCases(): GoldenCase[] {
  const sets = readdirSync(GOLDEN, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'routed',
  );
  return sets.flatMap((set) => casesOf(`${GOLDEN}/${set.name}`, `${GOLDEN}/${set.name}/data`, set.name));
}

/** The cases of one folder of JSON files over one folder of data. */
export function casesOf(caseDir: string, dataDir: string, setName: string): GoldenCase[] {
  const files = readdirSync(caseDir).filter((name) => name.endsWith('.json'));
  return files.map((file) => {
    const { config, barInterval, data: _named, ...expected } = JSON.parse(readFileSync(`${caseDir}/${file}`, 'utf8'));
    return {
      name: `${setName}/${file.replace('.json', '')}`,
      dataDir,
      config: { ...createChampionConfig(), ...config },
      barInterval,
      expected,
    };
  });
}

/** The plan of a case's data. */
export function planOf(goldenCase: GoldenCase): Promise<ReplayPlan> {
  return planReplay({
    dir: goldenCase.dataDir,
    barInterval: goldenCase.barInterval,
    configBarIntervalMs: goldenCase.config.bar_interval_ms,
    referenceAsset: goldenCase.config.reference_asset,
  });
}

/**
 * Paths at which `actual` differs from `expected`; keys that the expectation does not name are not looked at.
 * Floats to 1e-9 relative; integers, texts and null exactly.
 */
export function differences(actual: unknown, expected: unknown, path = ''): string[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const isInteger = Number.isInteger(expected) && Math.abs(expected) < 2 ** 31 && Number.isInteger(actual);
    const scale = Math.max(Math.abs(expected), Math.abs(actual));
    const isEqual = isInteger ? actual === expected : Math.abs(actual - expected) <= 1e-9 * scale;
    return isEqual ? [] : [`${path}: got ${actual}, expected ${expected}`];
  }
  if (typeof expected === 'object' && expected !== null && typeof actual === 'object' && actual !== null) {
    const keys = Array.isArray(expected) ? expected.keys() : Object.keys(expected);
    const lengths =
      Array.isArray(expected) && Array.isArray(actual) && expected.length !== actual.length
        ? [`${path}: got ${actual.length} elements, expected ${expected.length}`]
        : [];
    const inside = [...keys].flatMap((key) =>
      differences(
        (actual as Record<string, unknown>)[key],
        (expected as Record<string, unknown>)[key],
        `${path}.${key}`,
      ),
    );
    return [...lengths, ...inside];
  }
  return Object.is(actual, expected) ? [] : [`${path}: got ${String(actual)}, expected ${String(expected)}`];
}
