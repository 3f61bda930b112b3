import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../support/run-dolphin.ts';

/** Rooms of src/ and what each may import; docs/architecture.md shows the same table. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  model: [],
  alpha: ['model'],
  risk: ['model'],
  portfolio: ['model'],
  exec: ['model'],
  engine: ['model', 'alpha', 'risk', 'portfolio'],
  shm: ['model'],
  wire: ['model', 'shm'],
  adapters: ['model', 'shm', 'wire'],
  replay: ['model', 'shm', 'wire'],
  telemetry: ['model', 'shm', 'wire'],
  report: ['model', 'portfolio'],
  flows: ['model', 'alpha', 'risk', 'shm', 'adapters'],
};
const ROOMS = [...Object.keys(ALLOWED), 'workers', 'main'];
const PURE_ROOMS = ['model', 'alpha', 'risk', 'portfolio', 'exec', 'engine', 'shm'];

/**
 * Lines at which the linter, with this project's rules, objects to a source that lies at `path`: in a folder of its own,
 * so that nothing is ever planted in the real tree.
 */
function violations(path: string, source: string): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-planted-'));
  try {
    cpSync(`${REPOSITORY}biome.json`, join(folder, 'biome.json'));
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
    const { stdout } = spawnSync(`${REPOSITORY}node_modules/.bin/biome`, ['lint', '--reporter=github', path], {
      cwd: folder,
      encoding: 'utf8',
    });
    const pattern = /title=lint\/style\/(?:noRestrictedImports|noRestrictedGlobals),.*?line=(\d+)/g;
    return [...stdout.matchAll(pattern)].map((match) => Number(match[1])).sort((x, y) => x - y);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One import per line, and one use each, so that nothing but the direction can be wrong. */
function importing(modules: readonly string[]): string {
  const imports = modules.map((module, i) => `import * as m${i} from '${module}';`);
  return `${imports.join('\n')}\nexport const used = [${modules.map((_, i) => `m${i}`).join(', ')}];\n`;
}

describe('the direction of imports is enforced by the linter', () => {
  test.each(Object.entries(ALLOWED))('src/%s imports only what it may', (room, allowed) => {
    const others = ROOMS.filter((other) => other !== room);
    const source = importing(others.map((other) => `../${other}/planted.ts`));
    const banned = others.flatMap((other, line) => (allowed.includes(other) ? [] : [line + 1]));
    expect(violations(`src/${room}/planted.ts`, source)).toEqual(banned);
  });

  test('from a deeper folder of a room as well', () => {
    expect(violations('src/alpha/kernels/planted.ts', importing(['../../engine/planted.ts']))).toEqual([1]);
  });

  test('nobody imports main, and main does not load the entries of workers', () => {
    expect(violations('src/workers/planted.ts', importing(['../main/planted.ts']))).toEqual([1]);
    expect(
      violations('src/main/planted.ts', importing(['../workers/engine.worker.ts', '../engine/engine.ts'])),
    ).toEqual([1]);
  });
});

describe('pure rooms have no Node API and no clock', () => {
  test.each(PURE_ROOMS)('src/%s', (room) => {
    const source = `${importing(['node:fs', 'node:crypto'])}export const now = Date.now() + performance.now();\n`;
    expect(violations(`src/${room}/planted.ts`, source)).toEqual([1, 2, 4, 4]);
  });
});
