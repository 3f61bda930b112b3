import { createHash } from 'node:crypto';
import { championText } from '../../model/champion-text.ts';
import { InvariantError } from '../../model/input-error.ts';
import { createChampionConfig, type StrategyConfig } from '../../model/strategy.ts';

/** The champion's hash, written down so that a changed program is found out as well as a changed file (semantics §2). */
export const CHAMPION_HASH = 'aaae3452e6ea0fbabc30c5ddab97b791f0b46906983518ede4e838080dd09d7d';

/** SHA-256, lower-case hex, of the 15 champion parameters of a config. */
export function paramHash(params: StrategyConfig): string {
  return createHash('sha256').update(championText(params), 'utf8').digest('hex');
}

/** @throws InvariantError when this program's own champion is not the frozen one. */
export function requireFrozenChampion(): void {
  const own = paramHash(createChampionConfig());
  if (own === CHAMPION_HASH) return;
  throw new InvariantError(`this program's champion has drifted: hash expected ${CHAMPION_HASH}, found ${own}`);
}
