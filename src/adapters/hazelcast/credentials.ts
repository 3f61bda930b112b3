import { readFileSync, statSync } from 'node:fs';
import { InputError } from '../../model/input-error.ts';

const READABLE_BY_OTHERS = 0o077;

export interface HazelcastCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * User and password from `DOLPHIN_HAZELCAST_USERNAME` and `DOLPHIN_HAZELCAST_PASSWORD` or, better, the file that
 * `DOLPHIN_HAZELCAST_PASSWORD_FILE` names; null without a user.
 * @throws InputError when one is there without the other, or the file is not this user's alone. Never shows a secret.
 */
export function hazelcastCredentials(
  environment: Readonly<Record<string, string | undefined>>,
): HazelcastCredentials | null {
  const username = environment['DOLPHIN_HAZELCAST_USERNAME'];
  const file = environment['DOLPHIN_HAZELCAST_PASSWORD_FILE'];
  if (file !== undefined && environment['DOLPHIN_HAZELCAST_PASSWORD'] !== undefined) {
    throw new InputError('DOLPHIN_HAZELCAST_PASSWORD and DOLPHIN_HAZELCAST_PASSWORD_FILE: give one of them');
  }
  const password =
    file === undefined ? environment['DOLPHIN_HAZELCAST_PASSWORD'] : readSecretFile(file).replace(/\r?\n$/, '');
  if (username === undefined && password === undefined) return null;
  if (username === undefined) {
    throw new InputError('DOLPHIN_HAZELCAST_USERNAME must be set when a Hazelcast password is');
  }
  if (password === undefined) {
    throw new InputError(
      'DOLPHIN_HAZELCAST_PASSWORD or DOLPHIN_HAZELCAST_PASSWORD_FILE must be set when DOLPHIN_HAZELCAST_USERNAME is',
    );
  }
  return { username, password };
}

/**
 * Text of a file that only this user may read: a password or private key.
 * @throws InputError when it cannot be read, or group or others may read it.
 */
export function readSecretFile(path: string): string {
  try {
    const { mode } = statSync(path);
    if ((mode & READABLE_BY_OTHERS) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(3, '0');
      throw new InputError(`secret file ${path} must be readable by its owner only (chmod 600), its mode is ${shown}`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`secret file ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
}
