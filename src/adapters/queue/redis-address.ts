import { InputError } from '../../model/input-error.ts';
import { readSecretFile } from '../hazelcast/credentials.ts';

/** How to reach a Redis server; what ioredis takes as options. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

const DEFAULT_PORT = 6379;
const FORM = 'redis://HOST[:PORT][/DB] or rediss://HOST[:PORT][/DB]';

/**
 * Parses `--queue`. User and password come from `DOLPHIN_REDIS_USERNAME`, and `DOLPHIN_REDIS_PASSWORD` or the file that
 * `DOLPHIN_REDIS_PASSWORD_FILE` names; `rediss` is TLS.
 * @throws InputError that says what was wrong; a URL with a password is refused without being repeated.
 */
export function parseRedisUrl(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RedisAddress {
  if (text.includes('@')) {
    throw new InputError(
      '--queue must not hold a user or password: they come from DOLPHIN_REDIS_USERNAME and DOLPHIN_REDIS_PASSWORD or ' +
        'DOLPHIN_REDIS_PASSWORD_FILE',
    );
  }
  const match = /^(rediss?):\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?(?:\/(\d{1,3}))?\/?$/.exec(text);
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (match === null || port < 1 || port > 65_535) throw new InputError(`--queue must be ${FORM}, was "${text}"`);
  const username = environment['DOLPHIN_REDIS_USERNAME'];
  const file = environment['DOLPHIN_REDIS_PASSWORD_FILE'];
  const password = file === undefined ? environment['DOLPHIN_REDIS_PASSWORD'] : readSecretFile(file).trimEnd();
  return {
    host: (match[2] as string).replace(/^\[|\]$/g, ''),
    port,
    db: Number(match[4] ?? 0),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(match[1] === 'rediss' ? { tls: {} } : {}),
  };
}
