import { Redis } from 'ioredis';
import { InputError } from '../../model/input-error.ts';
import { hideSecretIn } from '../secrets/hide-secret.ts';
import { clientOptions } from './open-redis.ts';
import type { RedisSettings } from './redis-settings.ts';

/** A server that has not answered by then is away, or frozen. */
const ANSWER_MS = 5000;
/** Answers to a login that pass: the server is on its way up, or busy. */
const NOT_NOW = /^(?:LOADING|BUSY|TRYAGAIN|MASTERDOWN|CLUSTERDOWN)/;
/** Codes whose texts are long, and about something else. */
const SHORT = /^(WRONGPASS|NOAUTH)\b.*$/s;
/** A certificate that is not believed, and a server that speaks no TLS. */
const REFUSED_TLS = /CERT|UNABLE_TO_|HOSTNAME_MISMATCH|^ERR_SSL_|^EPROTO$/;

/**
 * Asks a server once, so that a refused login or a certificate that is not believed ends a command before it begins:
 * dialling for ever would not mend it. A server that is away or frozen is an outage, which mends itself, and passes.
 * @throws InputError with address and reason; it holds no secret.
 */
export async function requireLogin(settings: RedisSettings): Promise<void> {
  const redis = new Redis({ ...clientOptions(settings), lazyConnect: true, retryStrategy: () => null });
  let reason: string | null = null;
  redis.on('error', (error) => {
    reason ??= refusalOf(hideSecretIn(error, settings.password));
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ANSWER_MS);
  });
  try {
    await Promise.race([redis.ping().catch(() => undefined), tooLate]);
  } finally {
    clearTimeout(timer);
    redis.disconnect();
  }
  if (reason !== null) throw new InputError(`${settings.address}: ${reason}`);
}

/** Why trying again is of no use, or null where it may be. */
function refusalOf({ name, message, code }: NodeJS.ErrnoException): string | null {
  if (name === 'ReplyError') {
    if (NOT_NOW.test(message)) return null;
    const variables = 'DOLPHIN_REDIS_USERNAME and DOLPHIN_REDIS_PASSWORD or DOLPHIN_REDIS_PASSWORD_FILE';
    return `the login was refused (${message.replace(SHORT, '$1')}): check ${variables}`;
  }
  if (code === undefined || !REFUSED_TLS.test(code)) return null;
  return `no trusted TLS connection (${code}): check DOLPHIN_REDIS_CA_FILE and the server's certificate`;
}
