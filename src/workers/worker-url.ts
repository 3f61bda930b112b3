import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `.ts` when the sources run as they are, `.js` when built: the one place that knows. */
const EXTENSION = extname(fileURLToPath(import.meta.url));

/** Entry file of a worker thread (`engine.worker`) or of a pool task (`decode-day.pool`). */
export function workerUrl(name: string): URL {
  return new URL(`./${name}${EXTENSION}`, import.meta.url);
}
