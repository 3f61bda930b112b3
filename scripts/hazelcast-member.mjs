// Runs one real Hazelcast member on 127.0.0.1 for development and tests, until Ctrl-C:
//   node scripts/hazelcast-member.mjs [--version 5.7.0] [--port 5701] [--cluster dolphin] [--seeds 5701,5702]
//                                     [--cp-members 3] [--until-stdin-ends]
// CP takes version 5.4.0 or before, and that many members with each other as seeds; they keep nothing on disk.
// Prints one line `{"pid":...,"port":...}` when the member is ready. Nothing of it listens beyond loopback.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hazelcastJar, NEWEST } from './hazelcast-jar.mjs';

const READY_LIMIT_MS = 90_000;

const { values: options } = parseArgs({
  options: {
    version: { type: 'string', default: NEWEST },
    port: { type: 'string', default: '5701' },
    cluster: { type: 'string', default: 'dolphin' },
    seeds: { type: 'string', default: '' },
    'cp-members': { type: 'string', default: '0' },
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});

/** Loopback only, no discovery but the named seeds, one synchronous backup where there is a second member. */
function memberYaml({ cluster, port, seeds, 'cp-members': cpMembers }) {
  const members = (seeds === '' ? [port] : seeds.split(',')).map((seed) => `127.0.0.1:${seed}`);
  return `hazelcast:
  cluster-name: ${JSON.stringify(cluster)}
  properties:
    hazelcast.phone.home.enabled: false
    hazelcast.wait.seconds.before.join: 0
    hazelcast.shutdownhook.policy: TERMINATE
    hazelcast.logging.type: jdk
  network:
    port: { port: ${Number(port)}, auto-increment: false }
    interfaces: { enabled: true, interfaces: [127.0.0.1] }
    join:
      auto-detection: { enabled: false }
      multicast: { enabled: false }
      tcp-ip: { enabled: true, member-list: [${members.join(', ')}] }
  map:
    default: { backup-count: 1 }
  jet: { enabled: false }
  cp-subsystem: { cp-member-count: ${Number(cpMembers)} }
`;
}

let jar;
try {
  jar = hazelcastJar(options.version);
} catch (error) {
  console.error(`hazelcast-member: ${error.message}`);
  process.exit(3);
}
const folder = mkdtempSync(join(tmpdir(), 'dolphin-member-'));
const config = join(folder, 'member.yaml');
writeFileSync(config, memberYaml(options));
const java = spawn(
  'java',
  [
    ...['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true'],
    ...[`-Dhazelcast.config=${config}`, '-cp', jar, 'com.hazelcast.core.server.HazelcastMemberStarter'],
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);

let log = '';
let isReady = false;
const limit = setTimeout(() => java.kill('SIGKILL'), READY_LIMIT_MS);
function onOutput(text) {
  if (isReady) return;
  log = (log + text).slice(-20_000);
  if (!log.includes(' is STARTED')) return;
  isReady = true;
  clearTimeout(limit);
  console.log(JSON.stringify({ pid: java.pid, port: Number(options.port) }));
}
java.stdout.setEncoding('utf8').on('data', onOutput);
java.stderr.setEncoding('utf8').on('data', onOutput);
java.on('exit', (code, signal) => {
  rmSync(folder, { recursive: true, force: true });
  if (!isReady) console.error(`hazelcast-member: the member did not start:\n${log.slice(-2000)}`);
  process.exit(isReady && (signal !== null || code === 0 || code === 143) ? 0 : 1);
});

// A stopped member does not hear SIGTERM, so the orders of the caller end in SIGKILL.
const stop = () => java.kill('SIGKILL');
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
if (options['until-stdin-ends']) process.stdin.on('end', stop).resume();
