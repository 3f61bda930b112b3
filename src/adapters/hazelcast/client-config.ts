import type { ConnectionOptions } from 'node:tls';
import { type ClientConfig, type ILogger, type LifecycleState, ReconnectMode } from 'hazelcast-client';
import type { MemoryConfig, TlsFiles } from '../memory/memory-config.ts';
import { hideSecret } from '../secrets/hide-secret.ts';
import { readNamedFile, readSecretFile } from '../secrets/secret-file.ts';
import type { HazelcastCredentials } from './credentials.ts';

export type HazelcastSettings = Omit<Extract<MemoryConfig, { kind: 'hazelcast' }>, 'kind'> & {
  readonly credentials: HazelcastCredentials | null;
};

/**
 * Configuration of the client: it never blocks at start, never gives up and never replays writes.
 *
 * - ASYNC and an infinite connect time: during an outage operations fail at once; with ON they hang and are replayed out
 *   of order, with OFF or a finite time the client ends for good.
 * - Heartbeats of 0.5 s and 2 s: a frozen member keeps its TCP connection, and only they find out.
 * - A dead backup's acknowledgement is waited for 0.3 s, not 5 s.
 *
 * @param onProblem - the client's own warnings and errors, such as a login that was refused: it tries again for ever and
 * says so nowhere else.
 */
export function clientConfig(
  settings: HazelcastSettings,
  onState: (state: LifecycleState) => void,
  onProblem: (message: string) => void,
): ClientConfig {
  const { clusterName, members, tls, credentials } = settings;
  return {
    clusterName,
    network: {
      clusterMembers: [...members],
      connectionTimeout: 1000,
      redoOperation: false,
      ...(tls === null ? {} : { ssl: { enabled: true, sslOptions: tlsOptions(tls) } }),
    },
    connectionStrategy: {
      asyncStart: true,
      reconnectMode: ReconnectMode.ASYNC,
      connectionRetry: {
        clusterConnectTimeoutMillis: -1,
        initialBackoffMillis: 100,
        maxBackoffMillis: 1000,
        multiplier: 1.5,
        jitter: 0.1,
      },
    },
    lifecycleListeners: [onState],
    customLogger: problemLogger((message) => onProblem(hideSecret(message, credentials?.password))),
    properties: {
      'hazelcast.client.heartbeat.interval': 500,
      'hazelcast.client.heartbeat.timeout': 2000,
      'hazelcast.client.invocation.timeout.millis': 1000,
      'hazelcast.client.operation.backup.timeout.millis': 300,
    },
    ...(credentials === null ? {} : { security: { usernamePassword: { ...credentials } } }),
  };
}

/** In the place of the client's logger, whose lines would go to standard output. */
function problemLogger(onProblem: (message: string) => void): ILogger {
  const ignore = () => {};
  const problem = (source: string, message: string) => {
    // "Retry in 100 ms" comes behind each reason, and would hide it.
    if (source !== 'WaitStrategy') onProblem(message.split('\n', 1)[0] as string);
  };
  return { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: problem, error: problem };
}

/** Certificates are checked, names included: the client's own default checks no name. */
function tlsOptions({ ca, cert, key }: TlsFiles): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    ...(ca === null ? {} : { ca: readNamedFile("the memory's TLS ca", ca) }),
    ...(cert === null ? {} : { cert: readNamedFile("the memory's TLS cert", cert) }),
    ...(key === null ? {} : { key: readSecretFile("the memory's TLS key", key) }),
  };
}
