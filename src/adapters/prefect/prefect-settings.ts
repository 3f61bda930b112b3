import { InputError } from '../../model/input-error.ts';
import { readNamedFile, secretOf } from '../secrets/secret-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How the API of a Prefect server is reached. Holds a secret: never to be printed; {@link PrefectSettings.api} may be. */
export interface PrefectSettings {
  /** `http://host:port/api`, without a slash at its end and without any secret. */
  readonly api: string;
  /** Undefined: the server asks for none. */
  readonly key: string | undefined;
  /** Certificate authority in PEM; undefined: those of the system. */
  readonly ca: string | undefined;
}

/**
 * Settings of `http://HOST[:PORT]/api`, or `https://` for TLS. Secrets come of the environment or of files, never of the URL,
 * which every user of the machine can read in the list of processes:
 *
 * - `DOLPHIN_PREFECT_API_KEY` or, better, `DOLPHIN_PREFECT_API_KEY_FILE`;
 * - `DOLPHIN_PREFECT_CA_FILE` with `https://`.
 *
 * @throws InputError for another URL, for one with a secret in it (which the message does not repeat), and for a file that
 *   cannot be read or, with the key in it, that group or others may read.
 */
export function prefectSettings(url: string, environment: Environment): PrefectSettings {
  const { protocol, host, pathname } = parseUrl(url);
  const caFile = protocol === 'https:' ? environment['DOLPHIN_PREFECT_CA_FILE'] : undefined;
  return {
    api: `${protocol}//${host}${pathname.replace(/\/$/, '')}`,
    key: keyOf(environment),
    ca: caFile === undefined ? undefined : readNamedFile('DOLPHIN_PREFECT_CA_FILE', caFile),
  };
}

/**
 * The header that shows a key to the server. One with a colon is `user:password`, as a server takes it that was started with
 * `PREFECT_SERVER_API_AUTH_STRING`; no bearer token has one (RFC 6750 §2.1).
 */
export function authorizationOf(key: string): string {
  return key.includes(':') ? `Basic ${Buffer.from(key).toString('base64')}` : `Bearer ${key}`;
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && (parsed.username !== '' || parsed.password !== '')) {
    throw new InputError(
      '--prefect: the URL must hold no user and no password, they would be seen in the list of processes; ' +
        'give the key as DOLPHIN_PREFECT_API_KEY or DOLPHIN_PREFECT_API_KEY_FILE',
    );
  }
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  if (parsed === null || !isHttp || parsed.pathname === '/' || parsed.search !== '' || parsed.hash !== '') {
    throw new InputError(
      '--prefect must be the URL of an API, http(s)://HOST[:PORT]/PATH such as http://127.0.0.1:4200/api',
    );
  }
  return parsed;
}

function keyOf(environment: Environment): string | undefined {
  const key = secretOf(environment, 'DOLPHIN_PREFECT_API_KEY');
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new InputError(`DOLPHIN_PREFECT_API_KEY: a key is one line of printable ASCII without spaces`);
  }
  return key;
}
