import { describe, expect, test } from 'vitest';
import { decodeRunInputs, encodeRunInputs, fillModeOf } from '../../../../src/replay/journal/run-inputs.ts';
import { runConfigHash } from '../../../../src/workers/run-config-hash.ts';
import { runInputsOf } from '../../../support/record-journal.ts';
import { routedInputsOf } from '../../../support/record-routed.ts';

const FACTOR = { day: 20_000, fundingBtc: -0.0001, dvolBtc: Number.NaN, fearGreed: 50, w750Velocity: 0 };
const INPUTS = runInputsOf({ factors: [FACTOR], safety: [{ day: 20_000, posture: 2, rm: 0.8 }] });

/** The inputs as JSON with one value replaced; undefined takes it out. */
function withValue(path: string, value: unknown): string {
  const json = JSON.parse(encodeRunInputs(INPUTS));
  const keys = path.split('.');
  const last = keys.pop() as string;
  const parent = keys.reduce((object, key) => object[key], json);
  parent[last] = value;
  return JSON.stringify(json);
}

describe('run inputs', () => {
  test('come back as they were, a missing factor among them', () => {
    expect(decodeRunInputs(encodeRunInputs(INPUTS))).toEqual(INPUTS);
  });

  test('say whether scans bring divergences per asset, and nothing where none does', () => {
    const inputs = { ...INPUTS, hasAssetSignals: true };
    expect(decodeRunInputs(encodeRunInputs(inputs))).toEqual(inputs);
    expect(encodeRunInputs(INPUTS)).not.toContain('hasAssetSignals');
  });

  test.each([
    ['strategy', 4, 'strategy must be a text, was 4'],
    ['barIntervalMs', 0, 'barIntervalMs must be a number above 0, was 0'],
    ['config', [], 'config must be an object, was []'],
    ['config.stop_pct', undefined, 'config.stop_pct must be a number, was missing'],
    ['config.stop_pct', '1', 'config.stop_pct must be a number, was "1"'],
    ['config.max_consecutive_losses', 'x', 'config.max_consecutive_losses must be a number or null, was "x"'],
    ['config.excluded_assets', [1], 'config.excluded_assets[0] must be a text, was 1'],
    ['config.of_another_version', 1, 'config.of_another_version must be a key of the strategy that this version knows'],
    ['factors.0.day', 1.5, 'factors[0].day must be a UTC day number, was 1.5'],
    ['factors.0.fearGreed', 'x', 'factors[0].fearGreed must be a number, or null where it is missing, was "x"'],
    ['safety.0.posture', 4, 'safety[0].posture must be a code from 0 to 3, was 4'],
    ['safety', null, 'safety must be a list, was null'],
    ['hasAssetSignals', 1, 'hasAssetSignals must be true or false, was 1'],
    ['source.synthetic', 1, 'source.synthetic must be true or false, was 1'],
  ])('%s = %j is refused', (path, value, message) => {
    expect(() => decodeRunInputs(withValue(path, value))).toThrow(`run inputs of the journal: ${message}`);
  });

  test('what is no JSON is refused', () => {
    expect(() => decodeRunInputs('{"strategy":')).toThrow(/the whole must be JSON/);
  });
});

describe('run inputs of a routed run', () => {
  const ROUTED = routedInputsOf(['BTCUSDT', 'ETHUSDT']);
  const routedWith = (path: string, value: unknown) => {
    const json = JSON.parse(encodeRunInputs({ ...INPUTS, routed: ROUTED }));
    const keys = path.split('.');
    const last = keys.pop() as string;
    keys.reduce((object, key) => object[key], json)[last] = value;
    return JSON.stringify(json);
  };

  test('come back as they were, with everything else that makes the session', () => {
    const inputs = { ...INPUTS, routed: { ...ROUTED, ofTheSession: { limit: 3 } } };
    expect(decodeRunInputs(encodeRunInputs(inputs))).toEqual(inputs);
    expect([fillModeOf(inputs), fillModeOf(INPUTS)]).toEqual(['routed', 'analytic']);
  });

  test('analytic fills leave the text and the hash of a header as they are', () => {
    expect(encodeRunInputs({ ...INPUTS, routed: undefined })).toBe(encodeRunInputs(INPUTS));
    expect(decodeRunInputs(encodeRunInputs(INPUTS))).not.toHaveProperty('routed');
    expect(runConfigHash('ab', undefined)).toBe('ab');
  });

  test('another seed, venue or instrument is another run; the same after a round trip is not', () => {
    const hash = runConfigHash('ab', ROUTED);
    const others = [{ seed: 2 }, { venue: 'book' as const }, { instruments: ROUTED.instruments.slice(1) }];
    const hashes = [hash, 'ab', runConfigHash('ac', ROUTED)];
    for (const other of others) hashes.push(runConfigHash('ab', { ...ROUTED, ...other }));
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(runConfigHash('ab', decodeRunInputs(encodeRunInputs({ ...INPUTS, routed: ROUTED })).routed)).toBe(hash);
  });

  test.each([
    ['routed', 4, 'routed must be an object, was 4'],
    ['routed.venue', 'moon', 'routed.venue must be one of bars, book, was "moon"'],
    ['routed.seed', '1', 'routed.seed must be a number, was "1"'],
    ['routed.instruments', {}, 'routed.instruments must be a list, was {}'],
    ['routed.latency', undefined, 'routed.latency must be an object, was missing'],
    ['routed.faults.lostResponse.meanMs', null, 'routed.faults.lostResponse.meanMs must be a value, was null'],
  ])('%s = %j is refused', (path, value, message) => {
    expect(() => decodeRunInputs(routedWith(path, value))).toThrow(`run inputs of the journal: ${message}`);
  });
});
