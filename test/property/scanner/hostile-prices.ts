/** How the prices of one asset behave. */
export const PRICE_KINDS = [
  'walk',
  'tiny', // walk at 1e-8
  'huge', // walk at 1e8
  'rest', // never moves
  'ticks', // moves by one coarse tick now and then
  'spike', // a walk that leaps from 1e-8 to 1e8 and back
  'holes', // a walk with missing, zero, negative and infinite prices
  'growth', // one per cent a scan, so that only rounding varies
  'twin', // the first asset's price times a constant
  'mirror', // falls when the first asset rises
  'absurd', // leaps by 1e200
] as const;
export type PriceKind = (typeof PRICE_KINDS)[number];

/** Scans x assets, row-major. A seeded generator of our own: fast-check draws only seed and kinds. */
export function hostilePrices(kinds: readonly PriceKind[], scans: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const state = kinds.map((kind) => ({ tiny: 1e-8, huge: 1e8, rest: 1.5, ticks: 1 })[kind as string] ?? 100);
  const prices = new Float64Array(scans * kinds.length);
  for (let t = 0; t < scans; t++) {
    const market = random() - 0.5;
    const moves = kinds.map(() => 1 + 1e-3 * (market + 2 * (random() - 0.5)));
    kinds.forEach((kind, i) => {
      const chance = random();
      state[i] = nextLevel(kind, state[i] ?? 1, moves[kind === 'twin' ? 0 : i] ?? 1, chance, moves[0] ?? 1);
      prices[t * kinds.length + i] = shown(kind, state[i] ?? 1, chance, t);
    });
  }
  return prices;
}

function nextLevel(kind: PriceKind, level: number, move: number, chance: number, firstMove: number): number {
  if (kind === 'rest') return level;
  if (kind === 'growth') return level * 1.01;
  if (kind === 'ticks') return chance < 0.02 ? (level > 1 ? 1 : 1.01) : level;
  if (kind === 'mirror') return level * (2 - firstMove);
  return level * move;
}

function shown(kind: PriceKind, level: number, chance: number, t: number): number {
  if (kind === 'spike' && t % 333 === 40) return 1e-8;
  if (kind === 'spike' && t % 333 === 41) return 1e8;
  if (kind === 'absurd' && t % 401 === 60) return 1e-200;
  if (kind === 'holes' && chance < 0.08) return [0, -1, Number.NaN, Number.POSITIVE_INFINITY][t % 4] ?? 0;
  return level;
}

/** mulberry32: uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
