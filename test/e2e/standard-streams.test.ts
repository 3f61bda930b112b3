import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
const NODE = join(REPOSITORY, 'node_modules/.bin/node');
const BIN = join(REPOSITORY, 'bin/dolphin.mjs');

/** Runs dolphin with standard output and error as a shell would connect them. */
function runWith(args: readonly string[], stdout: number | 'pipe', isStderrRead = true) {
  const child = spawn(NODE, [BIN, ...args], { stdio: ['ignore', stdout, 'pipe'] });
  let stderr = '';
  if (isStderrRead) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
  } else child.stderr?.destroy();
  // A reader that has seen enough.
  child.stdout?.once('data', () => child.stdout?.destroy());
  return new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stderr })),
  );
}

describe('standard output', () => {
  test.each([
    ['the report', ['--json', '-']],
    ['the summary', []],
  ] as const)('on a full disk is one clear error for %s, exit 1', async (_, flags) => {
    const { code, stderr } = await runWith(['replay', '--data', PLAIN, ...flags], openSync('/dev/full', 'w'));
    expect(code).toBe(1);
    expect(stderr).toBe('dolphin: cannot write standard output: ENOSPC: no space left on device, write\n');
  });

  test('that is closed by its reader in the middle is no error', async () => {
    expect(await runWith(['replay', '--data', PLAIN, '--json', '-'], 'pipe')).toEqual({ code: 0, stderr: '' });
  });
});

test('an error that nobody can read still has its exit code', async () => {
  const { code } = await runWith(['replay', '--data', '/nowhere'], 'pipe', false);
  expect(code).toBe(2);
});
