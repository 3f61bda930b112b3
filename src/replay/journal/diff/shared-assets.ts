/** An asset that both journals have, with its index in each. */
export interface SharedAsset {
  readonly symbol: string;
  readonly inA: number;
  readonly inB: number;
}

/** Assets of both universes, in the order of the first. */
export function sharedAssets(a: readonly string[], b: readonly string[]): SharedAsset[] {
  const indexInB = new Map(b.map((symbol, index) => [symbol, index]));
  return a.flatMap((symbol, inA) => {
    const inB = indexInB.get(symbol);
    return inB === undefined ? [] : [{ symbol, inA, inB }];
  });
}
