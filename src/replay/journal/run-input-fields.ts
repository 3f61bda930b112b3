import { InputError } from '../../model/input-error.ts';

/* Fields of the run inputs, checked one by one as they come out of a segment's header. */

/** An object of a parsed JSON text. */
export type Json = Readonly<Record<string, unknown>>;

/** @throws InputError when the text is no JSON. */
export function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    return refuse('the whole', json.slice(0, 40), `JSON (${(error as Error).message})`);
  }
}

/** An object with its fields. Each of these throws an InputError naming the field, its value and the rule. */
export function fieldsOf(value: unknown, name: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  return refuse(name, value, 'an object');
}

/** A list of anything. */
export function requireList(value: unknown, name: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(name, value, 'a list');
}

/** A list of texts. */
export function requireTexts(value: unknown, name: string): readonly string[] {
  return requireList(value, name).map((text, index) => requireText(text, `${name}[${index}]`));
}

/** A text. */
export function requireText(value: unknown, name: string): string {
  return typeof value === 'string' ? value : refuse(name, value, 'a text');
}

/** A truth value. */
export function requireFlag(value: unknown, name: string): boolean {
  return typeof value === 'boolean' ? value : refuse(name, value, 'true or false');
}

/** A number above 0. */
export function requirePositive(value: unknown, name: string): number {
  return isNumber(value) && value > 0 ? value : refuse(name, value, 'a number above 0');
}

/** A UTC day number. */
export function requireDay(value: unknown, name: string): number {
  return Number.isInteger(value) ? (value as number) : refuse(name, value, 'a UTC day number');
}

/** A number; NaN for null. */
export function numberOrMissing(value: unknown, name: string): number {
  if (value === null) return Number.NaN;
  return isNumber(value) ? value : refuse(name, value, 'a number, or null where it is missing');
}

/** True for a number, NaN included. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** Says what was wrong with a field. @throws InputError always. */
export function refuse(name: string, value: unknown, rule: string): never {
  throw new InputError(`run inputs of the journal: ${name} must be ${rule}, was ${JSON.stringify(value) ?? 'missing'}`);
}
