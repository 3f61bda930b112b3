import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/input-error.ts';
import { assertWritable, writeReport } from '../../../src/report/output-file.ts';

const MODULE = new URL('../../../src/report/output-file.ts', import.meta.url).href;
const root = fs.mkdtempSync(join(tmpdir(), 'dolphin-output-'));
afterAll(() => fs.rmSync(root, { recursive: true }));
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
});

describe('writeReport', () => {
  it('replaces what was there and leaves nothing else', () => {
    const path = join(folder, 'out.json');
    fs.writeFileSync(path, 'old');
    writeReport(path, 'new');
    expect(fs.readFileSync(path, 'utf8')).toBe('new');
    expect(fs.readdirSync(folder)).toEqual(['out.json']);
  });

  it('writes through a link', () => {
    fs.writeFileSync(join(folder, 'real.json'), 'old');
    fs.symlinkSync('real.json', join(folder, 'link.json'));
    writeReport(join(folder, 'link.json'), 'new');
    expect(fs.readFileSync(join(folder, 'real.json'), 'utf8')).toBe('new');
    expect(fs.lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true);
  });

  it('does not replace a folder', () => {
    expect(() => writeReport(folder, 'new')).toThrow(/it is a folder, a file name is needed/);
  });

  it('cut off in the middle, keeps the old file and leaves no part of the new one', () => {
    const path = join(folder, 'out.json');
    fs.writeFileSync(path, 'old');
    // A limit on the size of files stops the write after its first blocks, as a disk that fills up does.
    const program = `import { writeReport } from ${JSON.stringify(MODULE)};
      try { writeReport(${JSON.stringify(path)}, 'x'.repeat(1e6)); } catch (error) { console.log(error.message); }`;
    const shell = `ulimit -f 100 && exec "${process.execPath}" --input-type=module`;
    const run = spawnSync('bash', ['-c', shell], { input: program, encoding: 'utf8' });
    expect(run.stdout).toMatch(/cannot write .*out\.json: EFBIG/);
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
    expect(fs.readdirSync(folder)).toEqual(['out.json']);
  });

  it.skipIf(!fs.existsSync('/dev/full'))('says so when the device is full, as no bad input', () => {
    expect(() => writeReport('/dev/full', 'x')).toThrow(/no space left on the device \(ENOSPC\)/);
    expect(() => writeReport('/dev/full', 'x')).not.toThrow(InputError);
    expect(fs.statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});

describe('assertWritable', () => {
  it('says nothing about a path that can be written, and leaves it alone', () => {
    const path = join(folder, 'out.json');
    assertWritable(path);
    expect(fs.readdirSync(folder)).toEqual([]);
    fs.writeFileSync(path, 'old');
    assertWritable(path);
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
  });

  it.each([
    ['a missing folder', () => join(folder, 'none/out.json'), /folder .*none does not exist/],
    ['a folder', () => folder, /it is a folder/],
    ['a file as folder', () => join(fileIn(folder), 'out.json'), /a part of the path is not a folder/],
  ])('refuses %s', (_, path, message) => {
    expect(() => assertWritable(path())).toThrow(InputError);
    expect(() => assertWritable(path())).toThrow(message);
  });

  it.skipIf(!fs.existsSync('/proc/version'))('refuses a folder in which nothing can be made', () => {
    expect(() => assertWritable('/proc/out.json')).toThrow(InputError);
  });
});

function fileIn(parent: string): string {
  const path = join(parent, 'plain');
  fs.writeFileSync(path, '');
  return path;
}
