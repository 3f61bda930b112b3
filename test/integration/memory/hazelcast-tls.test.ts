import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TlsFiles } from '../../../src/adapters/memory/memory-config.ts';
import type { MemoryPort } from '../../../src/adapters/memory/memory-port.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { freePort, Member, membersMissing, NEWEST } from './hazelcast-member.ts';
import { until } from './until.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('SKIPPED: TLS of the Hazelcast store left out: openssl cannot be run');

const NO_CONNECTION_MS = 800;
const READY_MS = 15_000;
const NO_TLS_FILES: TlsFiles = { ca: null, cert: null, key: null };

// The open-source member has no TLS: an endpoint in front of it has, and asks for our certificate.
describe.skipIf(!hasOpenssl || membersMissing(NEWEST) !== null)('Hazelcast over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-tls-'));
  const file = (name: string) => join(folder, name);
  const sockets = new Set<TLSSocket>();
  let member: Member;
  let endpoint: Server;
  let cluster: string;
  let names: readonly string[] = [];

  beforeAll(async () => {
    makeCertificate('127.0.0.1', 'IP:127.0.0.1', 'server');
    makeCertificate('elsewhere', 'DNS:elsewhere', 'other');
    makeCertificate('client', 'DNS:client', 'client');
    const port = await freePort();
    cluster = `tls-${process.pid}-${port}`;
    member = await Member.start({ version: NEWEST, cluster, port });
    endpoint = await listen('server', port);
  });
  afterAll(async () => {
    await stop(endpoint);
    await member?.kill();
    rmSync(folder, { recursive: true });
  });

  function makeCertificate(name: string, alternative: string, as: string): void {
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternative}`],
      ...['-keyout', file(`${as}.key`), '-out', file(`${as}.pem`)],
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
  }

  function listen(as: string, memberPort: number): Promise<Server> {
    const options = {
      cert: readFileSync(file(`${as}.pem`)),
      key: readFileSync(file(`${as}.key`)),
      ca: readFileSync(file('client.pem')),
      requestCert: true,
      rejectUnauthorized: false,
    };
    const server = createServer(options, (socket) => {
      sockets.add(socket);
      names = [...names, String(socket.getPeerCertificate().subject?.CN)];
      const plain = connect(memberPort, '127.0.0.1');
      socket.pipe(plain).pipe(socket);
      for (const end of [socket, plain]) end.on('error', () => {});
      socket.on('close', () => plain.destroy());
    });
    server.on('tlsClientError', () => {});
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
  }

  async function stop(server: Server | undefined): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  }

  const open = (server: Server, tls: TlsFiles | null, environment = {}): MemoryPort => {
    const { port } = server.address() as { port: number };
    const config = { kind: 'hazelcast', clusterName: cluster, members: [`127.0.0.1:${port}`], tls } as const;
    return openMemory(config, environment);
  };

  test('a trusted endpoint is used, with our own certificate', async () => {
    const store = open(endpoint, { ca: file('server.pem'), cert: file('client.pem'), key: file('client.key') });
    expect(await store.ready(READY_MS)).toBe(true);
    expect(await store.put('M', 'k', '1')).toEqual({ kind: 'ok' });
    expect(names).toContain('client');
    await store.close();
  });

  test('credentials are sent; a login that is refused is told, and the secret is not', async () => {
    // The open-source member has no users, and refuses whoever comes with a name.
    const credentials = { DOLPHIN_HAZELCAST_USERNAME: 'me', DOLPHIN_HAZELCAST_PASSWORD: 'hunter2' };
    const store = open(endpoint, { ca: file('server.pem'), cert: null, key: null }, credentials);
    await until('the refusal', () =>
      store.status().notes.some((note) => /^Not connected: .*(authent|credential)/i.test(note)),
    );
    expect(JSON.stringify(store.status())).not.toContain('hunter2');
    expect(await store.ready(10 * READY_MS)).toBe(false); // longer than this test may take: it does not wait to the end
    await store.close();
  });

  test.each<[string, TlsFiles | null]>([
    ['an authority that did not sign it', { ...NO_TLS_FILES, ca: file('other.pem') }],
    ["the system's authorities", NO_TLS_FILES],
    ['no TLS at all', null],
  ])('with %s there is no connection', async (_case, tls) => {
    const store = open(endpoint, tls);
    expect(await store.ready(NO_CONNECTION_MS)).toBe(false);
    await store.close();
  });

  test('a trusted certificate of another name is no connection', async () => {
    const other = await listen('other', member.port);
    const store = open(other, { ...NO_TLS_FILES, ca: file('other.pem') });
    expect(await store.ready(NO_CONNECTION_MS)).toBe(false);
    await store.close();
    await stop(other);
  });

  test('a private key that others may read is refused', () => {
    chmodSync(file('client.key'), 0o644);
    expect(() => open(endpoint, { ca: file('server.pem'), cert: file('client.pem'), key: file('client.key') })).toThrow(
      `the memory's TLS key: ${file('client.key')} must be readable by its owner only`,
    );
  });
});
