import { expect, test } from 'vitest';
import { type MemoryConfig, memorySchema, parseMemoryUrl } from '../../../src/adapters/memory/memory-config.ts';

const hazelcast = (members: string[], clusterName = 'dolphin'): MemoryConfig => ({
  kind: 'hazelcast',
  clusterName,
  members,
  tls: null,
});

test.each<[string, MemoryConfig]>([
  ['none', { kind: 'none' }],
  ['embedded:state/memory.db', { kind: 'embedded', path: 'state/memory.db' }],
  ['embedded:/var/lib/dolphin/memory.db', { kind: 'embedded', path: '/var/lib/dolphin/memory.db' }],
  ['hazelcast://127.0.0.1:5701', hazelcast(['127.0.0.1:5701'])],
  ['hazelcast://hz-1', hazelcast(['hz-1:5701'])],
  ['hazelcast://a:1,b:2?cluster=prod', hazelcast(['a:1', 'b:2'], 'prod')],
  ['hazelcast://[::1]:5701/', hazelcast(['[::1]:5701'])],
  [
    'hazelcast://a:1?tls=true&ca=/etc/ca.pem',
    { ...hazelcast(['a:1']), tls: { ca: '/etc/ca.pem', cert: null, key: null } } as MemoryConfig,
  ],
])('%s', (url, config) => {
  expect(parseMemoryUrl(url)).toEqual(config);
});

test.each([
  ['', '--memory must be embedded:PATH, hazelcast://HOST:PORT[,HOST:PORT...]?cluster=dolphin or none, was ""'],
  [
    'redis://x',
    '--memory must be embedded:PATH, hazelcast://HOST:PORT[,HOST:PORT...]?cluster=dolphin or none, was "redis://x"',
  ],
  ['embedded:', '--memory embedded: needs the path of a file, such as embedded:state/memory.db'],
  ['hazelcast://', '--memory hazelcast: a member must be HOST:PORT with a port in 1..65535, was ""'],
  ['hazelcast://a:1,,b', '--memory hazelcast: a member must be HOST:PORT with a port in 1..65535, was ""'],
  ['hazelcast://a:0', '--memory hazelcast: a member must be HOST:PORT with a port in 1..65535, was "a:0"'],
  ['hazelcast://a:70000', '--memory hazelcast: a member must be HOST:PORT with a port in 1..65535, was "a:70000"'],
  ['hazelcast://me:hunter2', '--memory hazelcast: a member must be HOST:PORT with a port in 1..65535, was "(hidden)"'],
  ['hazelcast://a b', '--memory hazelcast: a member must be HOST:PORT with a port in 1..65535, was "a b"'],
  ['hazelcast://a?cluster=', '--memory hazelcast: cluster must not be empty'],
  ['hazelcast://a?clutser=x', '--memory hazelcast: unknown option "clutser", known are cluster, tls, ca, cert, key'],
  ['hazelcast://a?tls=1', '--memory hazelcast: tls must be true or false, was "1"'],
  ['hazelcast://a?ca=x', '--memory hazelcast: ca needs tls=true'],
])('%s is refused', (url, message) => {
  expect(() => parseMemoryUrl(url)).toThrow(message);
});

test.each(['hazelcast://me:hunter2@a:5701', 'redis://me:hunter2@a'])('a password in %s is not repeated', (url) => {
  let message = '';
  try {
    parseMemoryUrl(url);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(/^--memory must /);
  expect(message).not.toContain('hunter2');
});

test('the memory key of a config file', () => {
  expect(memorySchema.parse({ kind: 'hazelcast', members: ['a'] })).toEqual(hazelcast(['a:5701']));
  expect(memorySchema.parse({ kind: 'embedded', path: 'm.db' })).toEqual({ kind: 'embedded', path: 'm.db' });
  expect(memorySchema.safeParse({ kind: 'embedded' }).success).toBe(false);
  expect(memorySchema.safeParse({ kind: 'embedded', path: 'm.db', password: 'x' }).success).toBe(false);
  expect(memorySchema.safeParse({ kind: 'hazelcast', members: [] }).success).toBe(false);
});
