import { CHAMPION_PARAM_KEYS, type ChampionParams } from './strategy.ts';

const INTEGER_KEYS: ReadonlySet<string> = new Set(['max_hold_bars', 'dc_lookback_bars', 'seed']);

/**
 * The text that the champion hash is taken over: the 15 frozen parameters as Python's
 * `json.dumps(params, sort_keys=True)` writes them (semantics §2).
 */
export function championText(params: ChampionParams): string {
  const fields = [...CHAMPION_PARAM_KEYS].sort().map((key) => {
    const value = params[key];
    return `"${key}": ${INTEGER_KEYS.has(key) ? String(value) : pythonFloatText(value)}`;
  });
  return `{${fields.join(', ')}}`;
}

/** A finite double as Python's `repr` prints it: shortest digits, always with a point or an exponent. */
export function pythonFloatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  // Python switches to an exponent outside 1e-4 to 1e16, JavaScript outside 1e-6 to 1e21.
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  return Number.isInteger(value) ? `${BigInt(value)}.0` : String(value);
}
