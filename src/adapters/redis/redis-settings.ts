import { InputError } from '../../model/input-error.ts';
import { readNamedFile, readSecretFile, secretOf } from '../secrets/secret-file.ts';

const DEFAULT_PORT = 6379;

/** How a Redis server is reached. Holds secrets: never to be printed; {@link RedisSettings.address} may be. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Undefined: no TLS. */
  readonly tls: RedisTls | undefined;
  /** `redis://host:port/0`, without any secret: for messages. */
  readonly address: string;
}

/** Certificates in PEM; undefined: those of the system, and none of our own. */
export interface RedisTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/**
 * Settings of `redis://HOST[:PORT][/DATABASE]`, or `rediss://` for TLS. Secrets come of the environment or of files, never
 * of the URL, which every user of the machine can read in the list of processes:
 *
 * - `DOLPHIN_REDIS_USERNAME`, and `DOLPHIN_REDIS_PASSWORD` or `DOLPHIN_REDIS_PASSWORD_FILE`;
 * - `DOLPHIN_REDIS_CA_FILE`, `DOLPHIN_REDIS_CERT_FILE`, `DOLPHIN_REDIS_KEY_FILE` with `rediss://`.
 *
 * @param flag - that gave the URL, for messages.
 * @throws InputError for another URL, for one with a secret in it (which the message does not repeat), and for a file of a
 *   secret that cannot be read or that group or others may read.
 */
export function redisSettings(url: string, env: NodeJS.ProcessEnv, flag = '--redis'): RedisSettings {
  const parsed = parseUrl(url, flag);
  const isTls = parsed.protocol === 'rediss:';
  const port = parsed.port === '' ? DEFAULT_PORT : Number(parsed.port);
  const database = databaseOf(parsed, flag);
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    database,
    username: env['DOLPHIN_REDIS_USERNAME'],
    password: secretOf(env, 'DOLPHIN_REDIS_PASSWORD'),
    tls: isTls ? tlsOf(env) : undefined,
    address: `${parsed.protocol}//${parsed.hostname}:${port}/${database}`,
  };
}

function parseUrl(url: string, flag: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && (parsed.username !== '' || parsed.password !== '')) {
    throw new InputError(
      `${flag}: the URL must hold no user and no password, they would be seen in the list of processes; ` +
        'give them as DOLPHIN_REDIS_USERNAME and DOLPHIN_REDIS_PASSWORD or DOLPHIN_REDIS_PASSWORD_FILE',
    );
  }
  const isRedis = parsed?.protocol === 'redis:' || parsed?.protocol === 'rediss:';
  if (parsed === null || !isRedis || parsed.hostname === '' || parsed.search !== '') {
    throw new InputError(`${flag} must be redis://HOST[:PORT][/DATABASE], or rediss:// for TLS`);
  }
  return parsed;
}

function databaseOf({ pathname }: URL, flag: string): number {
  const text = pathname.replace(/^\//, '');
  if (!/^\d{0,3}$/.test(text)) throw new InputError(`${flag}: database ${JSON.stringify(text)} must be a number`);
  return Number(text);
}

function tlsOf(env: NodeJS.ProcessEnv): RedisTls {
  const { DOLPHIN_REDIS_CA_FILE: ca, DOLPHIN_REDIS_CERT_FILE: cert, DOLPHIN_REDIS_KEY_FILE: key } = env;
  if ((cert === undefined) !== (key === undefined)) {
    throw new InputError('DOLPHIN_REDIS_CERT_FILE and DOLPHIN_REDIS_KEY_FILE: give both or neither');
  }
  return {
    ca: ca === undefined ? undefined : readNamedFile('DOLPHIN_REDIS_CA_FILE', ca),
    cert: cert === undefined ? undefined : readNamedFile('DOLPHIN_REDIS_CERT_FILE', cert),
    key: key === undefined ? undefined : readSecretFile('DOLPHIN_REDIS_KEY_FILE', key),
  };
}
