import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readZipEntry } from '../../../src/adapters/archive/zip-entry.ts';
import { zipOf } from '../../support/archive-server.ts';

const dir = mkdtempSync(join(tmpdir(), 'dolphin-zip-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function read(zip: Buffer): Promise<string> {
  const path = join(dir, 'a.zip');
  writeFileSync(path, zip);
  const chunks: Uint8Array[] = [];
  for await (const chunk of readZipEntry(path)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const TEXT = 'price,quantity\n'.repeat(50_000);

describe('the only entry of a zip', () => {
  test('deflated, stored, empty', async () => {
    expect(await read(zipOf('a.csv', TEXT))).toBe(TEXT);
    expect(await read(zipOf('a.csv', TEXT, { stored: true }))).toBe(TEXT);
    expect(await read(zipOf('a.csv', ''))).toBe('');
  });

  test('a comment at the end is passed over', async () => {
    const zip = zipOf('a.csv', TEXT);
    zip.writeUInt16LE(5, zip.length - 2);
    expect(await read(Buffer.concat([zip, Buffer.from('hello')]))).toBe(TEXT);
  });

  test('sizes come from the central directory: a local header with a data descriptor has none', async () => {
    const zip = zipOf('a.csv', TEXT);
    zip.fill(0, 14, 26); // CRC and both sizes of the local header
    expect(await read(zip)).toBe(TEXT);
  });

  test('a wrong CRC, a cut file, text and several entries are refused', async () => {
    await expect(read(zipOf('a.csv', TEXT, { crc: 1 }))).rejects.toThrow('with CRC 00000001');
    await expect(read(zipOf('a.csv', TEXT).subarray(0, -30))).rejects.toThrow('is no complete zip');
    await expect(read(Buffer.from('<html>not here</html>'))).rejects.toThrow('is no complete zip');
    const two = zipOf('a.csv', TEXT);
    two.writeUInt16LE(2, two.length - 12);
    await expect(read(two)).rejects.toThrow('must hold one file, held 2');
  });

  test('damage inside the packed bytes is found', async () => {
    const zip = zipOf('a.csv', TEXT);
    zip.fill(0xff, 60, 80);
    await expect(read(zip)).rejects.toThrow(/damaged|CRC/);
  });
});
