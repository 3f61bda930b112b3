import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

const DEADLINE_MS = 20_000;

/** True when a real redis-server is there; a visible line when it is not. */
export function hasRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  console.warn('SKIPPED: needs redis-server, which is not there (apt-get install redis-server)');
  return false;
}

/** A redis-server of its own on a free port of the loopback, without files. */
export async function startRedis(): Promise<{ readonly url: string; stop(): void }> {
  const port = await freePort();
  const server: ChildProcess = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const client = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined); // it is not up yet
  const late = setTimeout(() => server.kill('SIGKILL'), DEADLINE_MS);
  await client.ping();
  clearTimeout(late);
  client.disconnect();
  return { url: `redis://127.0.0.1:${port}`, stop: () => void server.kill('SIGKILL') };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
