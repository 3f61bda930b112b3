/** One side of a comparison: measures one round and returns its numbers. */
export interface Variant<T> {
  readonly name: string;
  measure(round: number): T | Promise<T>;
}

/**
 * Runs every variant once per round, so that all of them meet the same moods of the machine; every other round in
 * reverse order, so that none always comes first. One round before them is thrown away.
 * @returns per variant name its results, in order of rounds.
 */
export async function interleave<T>(variants: readonly Variant<T>[], rounds: number): Promise<Map<string, T[]>> {
  const results = new Map<string, T[]>(variants.map((variant) => [variant.name, []]));
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? variants : [...variants].reverse();
    for (const variant of order) {
      const result = await variant.measure(round);
      if (round >= 0) results.get(variant.name)!.push(result);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r  round ${round + 1} of ${rounds} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return results;
}
