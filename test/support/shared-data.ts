import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHARED = process.env['DOLPHIN_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url));

/**
 * Path of a folder of real market data, which is not part of this repository; null, and a visible line, when it is
 * not there. Use with `describe.skipIf(path === null)`.
 */
export function sharedDataOrSkip(relativePath: string): string | null {
  const path = `${SHARED}/${relativePath}`;
  if (existsSync(path)) return path;
  console.warn(`SKIPPED: needs real data at ${path}, which is not there (DOLPHIN_SHARED names another place)`);
  return null;
}
