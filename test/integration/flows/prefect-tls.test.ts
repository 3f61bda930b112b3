import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PrefectReporter } from '../../../src/adapters/prefect/prefect-reporter.ts';
import { prefectSettings } from '../../../src/adapters/prefect/prefect-settings.ts';
import { RecordingPrefect } from '../../support/recording-prefect.ts';
import { flowFolder } from './flow-fixtures.ts';

function hasOpenssl(): boolean {
  if (spawnSync('openssl', ['version']).status === 0) return true;
  console.warn('SKIPPED: needs openssl in PATH, which is not there (apt-get install openssl)');
  return false;
}

const RUN = {
  id: 1,
  flow: 'acb',
  deployment: 'blue',
  memory: 'none',
  date: '2026-01-05',
  trigger: 'manual',
  isDryRun: false,
  state: 'scheduled',
  createdMs: 0,
  startedMs: null,
  endedMs: null,
  reason: null,
  paramHash: null,
  host: 'here',
  pid: 1,
  result: null,
} as const;

describe.skipIf(!hasOpenssl())('a Prefect server behind TLS', () => {
  const dir = flowFolder();
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  let server: RecordingPrefect;
  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject]);
    server = await RecordingPrefect.start({ key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') });
  });
  afterAll(() => server.close());

  test('is told with the authority of the environment', async () => {
    const reporter = new PrefectReporter(prefectSettings(server.settings().api, { DOLPHIN_PREFECT_CA_FILE: cert }));
    reporter.onRun(RUN);
    expect(await reporter.close(10_000)).toEqual({ offered: 1, missed: 0, reason: null });
    expect(server.said()).toEqual(['/flows/', '/flow_runs/ SCHEDULED']);
  });

  test('gets neither report nor key where nobody vouches for it', async () => {
    const told = server.posted.length;
    const environment = { DOLPHIN_PREFECT_API_KEY: 'k' };
    const reporter = new PrefectReporter(prefectSettings(server.settings().api, environment));
    reporter.onRun(RUN);
    const { missed, reason } = await reporter.close(100);
    expect([missed, server.posted.length]).toEqual([1, told]);
    expect(reason).toMatch(/self-signed certificate/);
  });
});
