import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { paramHash } from '../../../src/main/config/champion-hash.ts';
import { checkUniverse, loadStrategy, nameWithInterval } from '../../../src/main/config/load-config.ts';
import { strategySchema } from '../../../src/main/config/schema.ts';
import { InputError, InvariantError } from '../../../src/model/input-error.ts';
import { createChampionConfig, STRATEGY_FACTORIES } from '../../../src/model/strategy.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CHAMPION_HASH = readFileSync(join(ROOT, 'test/golden/champion-hash.txt'), 'utf8').trim();
const folder = mkdtempSync(join(tmpdir(), 'dolphin-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function yaml(text: string): string {
  const path = join(folder, `${files++}.yml`);
  writeFileSync(path, text);
  return path;
}

describe('names and hashes', () => {
  test('the champion is the default, under the published hash', () => {
    const strategy = loadStrategy(null, []);
    expect(strategy).toMatchObject({ name: 'champion', baseName: 'champion', paramHash: CHAMPION_HASH });
    expect(strategy.config).toEqual(createChampionConfig());
  });

  test.each<[string, string[], string, boolean]>([
    ['a champion key renames it', ['fraction=0.3'], 'custom', false],
    ['a champion key set to what it is does not', ['fraction=0.2'], 'champion', true],
    ['any other key is appended', ['direction=both'], 'champion+direction=both', true],
    [
      'several, in the order of the keys',
      ['vol_p60=0.0002', 'direction=long'],
      'champion+direction=long+vol_p60=0.0002',
      true,
    ],
    ['both kinds', ['seed=7', 'use_cut=true'], 'custom+use_cut=true', false],
    ['the last of two settings holds', ['direction=long', 'direction=short'], 'champion', true],
    [
      'the resolution and the rate of the scanner too',
      ['resolution=0.1s', 'scanner_rate=10hz'],
      'champion+resolution=0.1s+scanner_rate=10hz',
      true,
    ],
    ['the bar interval has a label of its own', ['bar_interval_ms=60000'], 'champion', true],
  ])('%s', (_, settings, name, isChampionHash) => {
    const strategy = loadStrategy(null, settings);
    expect(strategy.name).toBe(name);
    expect(strategy.paramHash === CHAMPION_HASH).toBe(isChampionHash);
  });

  test.each(Object.keys(STRATEGY_FACTORIES) as (keyof typeof STRATEGY_FACTORIES)[])('strategy: %s', (name) => {
    const { config, name: loaded } = loadStrategy(yaml(`strategy: ${name}\n`), []);
    expect(config).toEqual(STRATEGY_FACTORIES[name]());
    expect(loaded).toBe(name);
  });

  test('a file without a name is custom', () => {
    expect(loadStrategy(yaml('fraction: 0.05\n'), []).name).toBe('custom');
  });

  test('the hash is over the fifteen champion keys alone', () => {
    expect(paramHash({ ...createChampionConfig(), direction: 'both', initial_capital: 1 })).toBe(CHAMPION_HASH);
    expect(paramHash({ ...createChampionConfig(), seed: 43 })).not.toBe(CHAMPION_HASH);
  });

  test.each([
    [5000, 'champion'],
    [60_000, 'champion@60s'],
    [100, 'champion@0.1s'],
  ])('at %i ms it is %s', (ms, name) => {
    expect(nameWithInterval('champion', ms)).toBe(name);
  });

  test.each(readdirSync(join(ROOT, 'configs')))('configs/%s loads', (file) => {
    const strategy = loadStrategy(join(ROOT, 'configs', file), []);
    expect(strategy.name).toBe(strategy.baseName);
  });
});

describe('a drifted champion', () => {
  test('is refused by name, expected and found, with every drifted key', () => {
    const load = () => loadStrategy(yaml('strategy: champion\nfraction: 0.25\nmax_hold_bars: 60\n'), []);
    expect(load).toThrow(InvariantError);
    expect(load).toThrow('fraction: expected 0.2, found 0.25');
    expect(load).toThrow('max_hold_bars: expected 120, found 60');
    expect(load).toThrow(CHAMPION_HASH);
  });

  test('is not one whose other keys differ', () => {
    expect(loadStrategy(yaml('strategy: champion\ndirection: both\n'), []).name).toBe('champion+direction=both');
  });
});

describe('refused, naming the key, the value and the rule,', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown key', ['fractoin=0.2'], /--set: unknown key "fractoin"; known keys: .*fraction/],
    ['text for a number', ['fraction=much'], /--set: fraction = "much": .*number/],
    ['a number out of range', ['fraction=-1'], /fraction = -1/],
    ['a fraction of a bar', ['max_hold_bars=1.5'], /max_hold_bars = 1\.5/],
    ['a word that is none of its words', ['direction=up'], /direction = "up": .*short.*long.*both/],
    ['null where it means nothing', ['seed=null'], /seed = null/],
    ['no number', ['vol_p60=.nan'], /vol_p60/],
    ['an infinite number', ['max_leverage=.inf'], /max_leverage/],
    ['a setting without a value', ['fraction'], /--set: must be key=value, was "fraction"/],
    ['a setting without a key', ['=3'], /--set: must be key=value, was "=3"/],
    ['an extreme above the threshold', ['vel_div_extreme=-0.01'], /vel_div_extreme must be below vel_div_threshold/],
    ['ceilings upside down', ['max_leverage=0.1'], /max_leverage must be at least min_leverage/],
    ['a position with nowhere to go', ['close_at_day_end=false'], /needs carry_positions true/],
    ['a position carried and closed', ['carry_positions=true'], /needs close_at_day_end false/],
    ['a resolution that is none', ['resolution=1s'], /resolution = "1s": .*5s.*hybrid.*0\.1s/],
    ['a scanner at 10 Hz that nobody asks', ['scanner_rate=10hz'], /scanner_rate 10hz needs resolution 0\.1s, was 5s/],
    [
      'a look-back that does not fit in steps',
      ['resolution=0.1s', 'lookback=656'],
      /lookback must be at most 655 with resolution 0\.1s .*was 656/,
    ],
    ['a step that divides no scan', ['resolution=0.1s', 'bar_interval_ms=5050'], /multiple of 100 ms .*was 5050 ms/],
  ])('%s', (_, settings, message) => {
    expect(() => loadStrategy(null, settings)).toThrow(InputError);
    expect(() => loadStrategy(null, settings)).toThrow(message);
  });

  test.each([
    ['a list', '- 1\n', /must be a map of keys to values/],
    ['an empty file', '', /must be a map of keys to values/],
    ['broken YAML', 'a: [1\n', /is not valid YAML/],
    ['a key twice', 'seed: 1\nseed: 2\n', /is not valid YAML/],
    ['an unknown strategy', 'strategy: turbo\n', /strategy must be one of champion, .* was "turbo"/],
    ['a strategy that only JavaScript knows', 'strategy: constructor\n', /strategy must be one of/],
    ['an unknown key', 'strategy: green\nspeed: 9\n', /unknown key "speed"/],
  ])('%s', (_, text, message) => {
    const path = yaml(text);
    expect(() => loadStrategy(path, [])).toThrow(InputError);
    expect(() => loadStrategy(path, [])).toThrow(message);
    expect(() => loadStrategy(path, [])).toThrow(path);
  });

  test('a file that is not there', () => {
    expect(() => loadStrategy(join(folder, 'none.yml'), [])).toThrow(/config file cannot be read: .*none\.yml/);
  });
});

test('values are read as YAML reads them', () => {
  const settings = ['excluded_assets=[BTCDOMUSDT, USDCUSDT]', 'max_consecutive_losses=null', 'fixed_tp_pct=1e-2'];
  expect(loadStrategy(null, settings).config).toMatchObject({
    excluded_assets: ['BTCDOMUSDT', 'USDCUSDT'],
    max_consecutive_losses: null,
    fixed_tp_pct: 0.01,
  });
});

test('every key of a strategy has a rule', () => {
  expect(Object.keys(strategySchema.shape).sort()).toEqual(Object.keys(createChampionConfig()).sort());
});

describe('excluded assets', () => {
  const champion = createChampionConfig();

  test('the two defaults may be absent, an asset that the user names may not', () => {
    checkUniverse(champion, ['BTCUSDT'], 'here');
    const named = { ...champion, excluded_assets: ['TUSDUSDT', 'FOOUSDT'] };
    expect(() => checkUniverse(named, ['BTCUSDT'], 'here')).toThrow('here: excluded_assets names "FOOUSDT"');
    checkUniverse(named, ['BTCUSDT', 'FOOUSDT'], 'here');
  });

  test('the reference asset is none of them', () => {
    const excluded = { ...champion, excluded_assets: ['BTCUSDT'] };
    expect(() => checkUniverse(excluded, ['BTCUSDT'], 'here')).toThrow('reference_asset "BTCUSDT" must not be in');
  });
});
