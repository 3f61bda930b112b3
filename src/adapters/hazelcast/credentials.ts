import { InputError } from '../../model/input-error.ts';
import { secretOf } from '../secrets/secret-file.ts';

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
  const password = secretOf(environment, 'DOLPHIN_HAZELCAST_PASSWORD');
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
