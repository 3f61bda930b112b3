import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRedis } from '../../../src/adapters/redis/open-redis.ts';
import { redisSettings } from '../../../src/adapters/redis/redis-settings.ts';
import { freePort, hasRedis, RedisServer } from '../../support/redis-server.ts';

function hasOpenssl(): boolean {
  if (spawnSync('openssl', ['version']).status === 0) return true;
  console.warn('SKIPPED: needs openssl in PATH, which is not there (apt-get install openssl)');
  return false;
}

describe.skipIf(!hasRedis() || !hasOpenssl())('a Redis server that asks for TLS and a certificate', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dolphin-tls-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  let server: RedisServer;
  let url = '';
  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject]);
    const port = await freePort();
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
    server = await RedisServer.start(['--tls-port', String(port), ...files, '--tls-auth-clients', 'yes']);
    url = `rediss://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await server?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is reached with the certificates of the environment', async () => {
    const env = { DOLPHIN_REDIS_CA_FILE: cert, DOLPHIN_REDIS_CERT_FILE: cert, DOLPHIN_REDIS_KEY_FILE: key };
    const redis = openRedis(redisSettings(url, env), { onConnected: () => undefined, onLost: () => undefined });
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  });

  it('is not believed under a name that its certificate does not have', async () => {
    const other = join(dir, 'other.pem');
    const otherKey = join(dir, 'other-key.pem');
    const subject = ['-subj', '/CN=elsewhere', '-addext', 'subjectAltName=DNS:elsewhere'];
    spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      otherKey,
      '-out',
      other,
      ...subject,
    ]);
    const port = await freePort();
    const files = ['--tls-cert-file', other, '--tls-key-file', otherKey, '--tls-ca-cert-file', other];
    const elsewhere = await RedisServer.start(['--tls-port', String(port), ...files, '--tls-auth-clients', 'no']);
    const lost = Promise.withResolvers<string>();
    const settings = redisSettings(`rediss://127.0.0.1:${port}`, { DOLPHIN_REDIS_CA_FILE: other });
    const redis = openRedis(settings, { onConnected: () => lost.resolve('connected'), onLost: lost.resolve });
    try {
      expect(await lost.promise).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
    } finally {
      redis.disconnect();
      await elsewhere.remove();
    }
  });

  it('is not believed without its authority: nothing is sent, and the reason is told', async () => {
    const lost = Promise.withResolvers<string>();
    const redis = openRedis(redisSettings(url, {}), {
      onConnected: () => lost.resolve('connected'),
      onLost: lost.resolve,
    });
    expect(await lost.promise).toMatch(/SELF_SIGNED_CERT/);
    redis.disconnect();
  });
});
