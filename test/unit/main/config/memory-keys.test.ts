import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadStrategy, loadThresholds } from '../../../../src/main/config/load-config.ts';
import { memoryPlaceOf } from '../../../../src/main/config/memory-place.ts';
import { InputError } from '../../../../src/model/input-error.ts';

const dir = mkdtempSync(join(tmpdir(), 'dolphin-memory-keys-'));
afterAll(() => rmSync(dir, { recursive: true }));

let files = 0;
function yaml(...lines: string[]): string {
  const path = join(dir, `${files++}.yml`);
  writeFileSync(path, `strategy: champion\n${lines.join('\n')}\n`);
  return path;
}

const EMBEDDED = yaml('memory: { kind: embedded, path: state/memory.db }', 'deployment: green');
const HAZELCAST = yaml(
  "memory: { kind: hazelcast, clusterName: reef, members: ['10.0.0.1', '10.0.0.2:5702'], tls: { ca: ca.pem } }",
);

describe('where results and capital are kept', () => {
  const embedded = { kind: 'embedded', path: 'state/memory.db' };
  const tls = { ca: 'ca.pem', cert: null, key: null };
  const members = ['10.0.0.1:5701', '10.0.0.2:5702'];
  const hazelcast = { kind: 'hazelcast', clusterName: 'reef', members, tls };

  test.each([
    ['nobody says', {}, { memory: null, deployment: 'blue' }],
    ['the config says', { config: EMBEDDED }, { memory: embedded, deployment: 'green' }],
    ['the config says half of it', { config: HAZELCAST }, { memory: hazelcast, deployment: 'blue' }],
    [
      'both say: the flags win',
      { config: EMBEDDED, memory: 'embedded:other.db', deployment: 'blue' as const },
      { memory: { kind: 'embedded', path: 'other.db' }, deployment: 'blue' },
    ],
    [
      'both say, each of the flags for itself',
      { config: EMBEDDED, memory: 'none' },
      { memory: { kind: 'none' }, deployment: 'green' },
    ],
    ['none is a choice', { config: yaml('memory: { kind: none }') }, { memory: { kind: 'none' }, deployment: 'blue' }],
  ])('%s', (_situation, flags, place) => {
    expect(memoryPlaceOf(flags)).toEqual(place);
  });
});

test('they change neither the strategy, nor its name, nor its hash, nor its alerts', () => {
  for (const file of [EMBEDDED, HAZELCAST]) {
    expect(loadStrategy(file, [])).toEqual(loadStrategy(null, []));
    expect(loadThresholds(file, [])).toEqual(loadThresholds(null, []));
  }
});

describe('refused by whichever command reads the file, naming the key, the value and the rule:', () => {
  test.each([
    ['text', 'memory: embedded:m.db', 'memory must be a map such as { kind: embedded, path: state/memory.db }, was "e'],
    ['nothing behind the key', 'memory:', 'was null'],
    ['a list', 'memory: [embedded]', 'was ["embedded"]'],
    ['no kind', 'memory: { path: m.db }', 'memory.kind must be one of embedded, hazelcast, none, was missing'],
    ['another kind', 'memory: { kind: redis }', 'memory.kind must be one of embedded, hazelcast, none, was "redis"'],
    ['no path', 'memory: { kind: embedded }', 'memory.path must be there: kind embedded needs it'],
    ['a path that is none', 'memory: { kind: embedded, path: 5 }', 'memory.path = 5: Invalid input: expected string'],
    ['an empty path', 'memory: { kind: embedded, path: "" }', 'memory.path = "": Too small'],
    ['no members', 'memory: { kind: hazelcast }', 'memory.members must be there: kind hazelcast needs it'],
    [
      'members in one text',
      'memory: { kind: hazelcast, members: "a,b" }',
      'memory.members = "a,b": Invalid input: expected array',
    ],
    ['an empty list', 'memory: { kind: hazelcast, members: [] }', 'memory.members = []: Too small'],
    [
      'a member without a host',
      "memory: { kind: hazelcast, members: [':5701'] }",
      'memory.members: a member must be HOST:PORT with a port in 1..65535, was ":5701"',
    ],
    [
      'tls by a word',
      'memory: { kind: hazelcast, members: [a], tls: yes-please }',
      'memory.tls = "yes-please": must be',
    ],
    [
      'a path for a cluster',
      'memory: { kind: hazelcast, members: [a], path: m.db }',
      'memory.path = "m.db": is for kind embedded, the kind is hazelcast',
    ],
    [
      'a cluster for a file',
      'memory: { kind: embedded, path: m.db, clusterName: dolphin }',
      'memory.clusterName = "dolphin": is for kind hazelcast, the kind is embedded',
    ],
    [
      'members of nothing',
      'memory: { kind: none, members: [a] }',
      'memory.members = ["a"]: is for kind hazelcast, the kind is none',
    ],
    [
      'an unknown key',
      'memory: { kind: embedded, file: m.db }',
      'unknown key "memory.file"; known keys: kind, path, clusterName, members, tls',
    ],
    ['another deployment', 'deployment: red', 'deployment must be blue or green, was "red"'],
    ['a deployment that is no text', 'deployment: [blue]', 'deployment must be blue or green, was ["blue"]'],
  ])('%s', (_situation, line, message) => {
    const file = yaml(line);
    for (const read of [() => loadStrategy(file, []), () => memoryPlaceOf({ config: file })]) {
      expect(read).toThrow(InputError);
      expect(read).toThrow(`${file}: `);
      expect(read).toThrow(message);
    }
  });

  test.each(['memory', 'deployment'])('--set %s: it is no part of a strategy', (key) => {
    expect(() => loadStrategy(null, [`${key}=green`])).toThrow(
      `--set: ${key} is no key of a strategy: say --${key}, or put it into a config file`,
    );
  });
});

describe('a secret in a config file is refused and not repeated:', () => {
  const SECRET = 'hunter2';
  test.each([
    ['a password', `memory: { kind: hazelcast, members: [a], password: ${SECRET} }`, 'DOLPHIN_HAZELCAST_PASSWORD_FILE'],
    ['a user', `memory: { kind: hazelcast, members: [a], userName: ${SECRET} }`, 'DOLPHIN_HAZELCAST_USERNAME'],
    [
      'credentials of their own',
      `memory: { kind: hazelcast, members: [a], login: { as: ${SECRET} } }`,
      'memory.login must not be in a config file',
    ],
    [
      'the password of a key',
      `memory: { kind: hazelcast, members: [a], tls: { keyPassword: ${SECRET} } }`,
      'memory.tls.keyPassword must not be in a config file',
    ],
    ['one before a host', `memory: { kind: hazelcast, members: ['u:${SECRET}@a'] }`, 'was "(hidden)"'],
    ['one in a URL', `memory: 'hazelcast://u:${SECRET}@a'`, 'was (hidden)'],
    ['one by an unknown name', `memory: { kind: hazelcast, members: [a], pwd: ${SECRET} }`, 'unknown key "memory.pwd"'],
    ['one outside of the map', `password: ${SECRET}`, 'unknown key "password"'],
  ])('%s', (_situation, line, message) => {
    const file = yaml(line);
    const read = () => loadStrategy(file, []);
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(SECRET);
  });
});
