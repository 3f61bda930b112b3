/** An invariant that does not hold; the message says which, with the values. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** @throws Violation with the rule, unless it is kept. @param facts - made into text only then. */
export function requireThat(isKept: boolean, rule: string, facts: Readonly<Record<string, unknown>>): void {
  if (isKept) return;
  const values = Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`);
  throw new Violation(`${rule}: ${values.join(', ')}`);
}
