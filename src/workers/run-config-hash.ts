import { createHash } from 'node:crypto';
import type { RoutedInputs } from '../replay/journal/routed-inputs.ts';

/**
 * Hash of everything that a run is made from, as a journal's header has it: the engine's own, and with routed fills what
 * execution and its venue are made from as well, so that another seed or venue is another run.
 *
 * @param engineHash - `configHash` of the machine's identity.
 * @param routed - undefined with analytic fills: then it is the engine's hash.
 * @returns SHA-256, lower-case hex.
 */
export function runConfigHash(engineHash: string, routed: RoutedInputs | undefined): string {
  if (routed === undefined) return engineHash;
  return createHash('sha256')
    .update(JSON.stringify([engineHash, routed]))
    .digest('hex');
}
