import { readFileSync, statSync } from 'node:fs';
import { InputError } from '../../model/input-error.ts';

const READABLE_BY_OTHERS = 0o077;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A secret: the variable `name`, or the line in the file that `name`_FILE names; undefined without both.
 * @throws InputError for both, and as {@link readSecretFile}. Never shows a secret.
 */
export function secretOf(environment: Environment, name: string): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file === undefined) return environment[name];
  if (environment[name] !== undefined) throw new InputError(`${name} and ${name}_FILE: give one of them`);
  return readSecretFile(`${name}_FILE`, file).replace(/\r?\n$/, '');
}

/**
 * Text of a file that only this user may read: a password or a private key.
 * @param name - of the setting that named it, for messages.
 * @throws InputError when it cannot be read, or group or others may read it.
 */
export function readSecretFile(name: string, path: string): string {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & READABLE_BY_OTHERS) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(3, '0');
    throw new InputError(`${name}: ${path} must be readable by its owner only (chmod 600), its mode is ${shown}`);
  }
  return readNamedFile(name, path);
}

/**
 * Text of a file that a setting names.
 * @throws InputError when it cannot be read.
 */
export function readNamedFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(`${name}: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
