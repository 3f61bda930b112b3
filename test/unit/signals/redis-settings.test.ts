import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reconnectDelayMs } from '../../../src/adapters/redis/open-redis.ts';
import { redisSettings } from '../../../src/adapters/redis/redis-settings.ts';

const SECRET = 'open-sesame';
const dir = mkdtempSync(join(tmpdir(), 'dolphin-secret-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('settings of a Redis server', () => {
  it('come of the URL, secrets of the environment; the address that may be shown has none', () => {
    const settings = redisSettings('redis://example.test:7000/3', {
      DOLPHIN_REDIS_USERNAME: 'u',
      DOLPHIN_REDIS_PASSWORD: SECRET,
    });
    expect(settings).toMatchObject({ host: 'example.test', port: 7000, database: 3, username: 'u', password: SECRET });
    expect(settings.address).toBe('redis://example.test:7000/3');
    expect(redisSettings('redis://[::1]', {})).toMatchObject({ host: '::1', port: 6379, database: 0, tls: undefined });
  });

  it.each([
    ['no URL', 'localhost'],
    ['a password in it', 'redis://:x@h'],
    ['a database that is none', 'redis://h/one'],
  ])('refuse %s by the name of the flag that gave it', (_situation, url) => {
    expect(() => redisSettings(url, {}, '--queue')).toThrow(/^--queue\b/);
    expect(() => redisSettings(url, {})).toThrow(/^--redis\b/);
  });

  it('take a secret out of a file that nobody else may read, and refuse another without repeating it', () => {
    const path = join(dir, 'password');
    writeFileSync(path, `${SECRET}\n`, { mode: 0o600 });
    expect(redisSettings('redis://h', { DOLPHIN_REDIS_PASSWORD_FILE: path }).password).toBe(SECRET);
    chmodSync(path, 0o640);
    expect(() => redisSettings('redis://h', { DOLPHIN_REDIS_PASSWORD_FILE: path })).toThrow(
      /DOLPHIN_REDIS_PASSWORD_FILE: .* \(chmod 600\), its mode is 640/,
    );
  });

  it('turn TLS on with rediss, and hold the key to the same mode', () => {
    const [ca, key] = [join(dir, 'ca.pem'), join(dir, 'key.pem')];
    writeFileSync(ca, 'CA', { mode: 0o644 });
    writeFileSync(key, 'KEY', { mode: 0o644 });
    expect(redisSettings('rediss://h', { DOLPHIN_REDIS_CA_FILE: ca }).tls).toEqual({
      ca: 'CA',
      cert: undefined,
      key: undefined,
    });
    const env = { DOLPHIN_REDIS_CERT_FILE: ca, DOLPHIN_REDIS_KEY_FILE: key };
    expect(() => redisSettings('rediss://h', env)).toThrow(/DOLPHIN_REDIS_KEY_FILE: .*mode is 644/);
  });

  it.each([
    ['a password in the URL', `redis://:${SECRET}@h`],
    ['a user in the URL', 'redis://user@h'],
    ['another protocol', `http://h/?password=${SECRET}`],
    ['no host', 'redis://'],
    ['no URL', SECRET],
    ['a database that is no number', 'redis://h/zero'],
  ])('refuse %s, and no message repeats a secret', (_, url) => {
    let message = '';
    try {
      redisSettings(url, {});
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^--redis/);
    expect(message).not.toContain(SECRET);
  });

  it('wait longer with every attempt up to 5 s, half of it by chance, without an end', () => {
    expect([1, 2, 3].map((attempt) => reconnectDelayMs(attempt, 1))).toEqual([50, 100, 200]);
    expect(reconnectDelayMs(1, 0)).toBe(25);
    expect([10, 1000, 1e9].map((attempt) => reconnectDelayMs(attempt, 0))).toEqual([2500, 2500, 2500]);
    expect(reconnectDelayMs(1e9, 0.999)).toBeLessThanOrEqual(5000);
  });
});
