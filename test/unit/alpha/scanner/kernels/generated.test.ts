import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCANNER_KERNELS_SOURCE_SHA256 } from '../../../../../src/alpha/scanner/kernels/scanner-kernels.generated.ts';
import { REPOSITORY } from '../../../../support/run-dolphin.ts';

const KERNELS = join(REPOSITORY, 'src/alpha/scanner/kernels');
const hasWabt = canResolve('wabt');
if (!hasWabt) console.log('SKIPPED "kernels equal a fresh generation": no wabt (npm ci installs it)');

function canResolve(name: string): boolean {
  try {
    createRequire(join(REPOSITORY, 'package.json')).resolve(name);
    return true;
  } catch {
    return false;
  }
}

describe('src/alpha/scanner/kernels', () => {
  it('holds bytes that were made from the source beside them (else: npm run gen:kernels)', () => {
    const source = readFileSync(join(KERNELS, 'scanner-kernels.wat'));
    expect(SCANNER_KERNELS_SOURCE_SHA256).toBe(createHash('sha256').update(source).digest('hex'));
  });

  it('uses no relaxed SIMD: a fused multiply-add would make the bits depend on the machine', () => {
    const source = readFileSync(join(KERNELS, 'scanner-kernels.wat'), 'utf8').replace(/;;.*/g, '');
    expect(source).toContain('f64x2.mul');
    expect(source).not.toContain('relaxed');
  });

  it.skipIf(!hasWabt)('kernels equal a fresh generation', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'dolphin-kernels-'));
    try {
      const out = join(scratch, 'scanner-kernels.generated.ts');
      const run = spawnSync(process.execPath, ['scripts/generate-kernels.mjs', '--out', out], {
        cwd: REPOSITORY,
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(readFileSync(out, 'utf8')).toBe(readFileSync(join(KERNELS, 'scanner-kernels.generated.ts'), 'utf8'));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
