/**
 * What a day that is traded leaves behind for ever: days of its folder that are not in the capital.
 * @param earlier - dates of the folder before the day, ascending.
 * @param after - last date that is in the capital; null: the capital begins with the day, and nothing is left out.
 * @returns one sentence, or null.
 */
export function leftOutWarning(earlier: readonly string[], after: string | null): string | null {
  const [first, ...others] = after === null ? [] : earlier.filter((date) => date > after);
  if (first === undefined) return null;
  const behind = 'in the folder and not in the capital; behind this run';
  if (others.length === 0) return `${first} is ${behind} it can no longer be traded`;
  return `${others.length + 1} days, ${first} to ${others.at(-1)}, are ${behind} they can no longer be traded`;
}
