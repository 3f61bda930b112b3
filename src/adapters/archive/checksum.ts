import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { InputError } from '../../model/input-error.ts';

/**
 * SHA-256 from the text of a `.CHECKSUM` file: 64 hex digits, two blanks, the name of the zip.
 *
 * @returns lower-case hex.
 * @throws InputError when the text has another form or names another file.
 */
export function parseChecksum(text: string, zipName: string): string {
  const match = /^([0-9a-fA-F]{64}) [ *](\S+)\s*$/.exec(text);
  if (match === null) {
    throw new InputError(
      `${zipName}.CHECKSUM: must be "<sha256>  ${zipName}", was ${JSON.stringify(text.slice(0, 100))}`,
    );
  }
  if (match[2] !== zipName) throw new InputError(`${zipName}.CHECKSUM: names another file, ${match[2]}`);
  return (match[1] as string).toLowerCase();
}

/** SHA-256 of a file, lower-case hex; reads it as a stream. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
