import { championText } from '../../model/champion-text.ts';
import { InvariantError } from '../../model/input-error.ts';
import { createChampionConfig } from '../../model/strategy.ts';
import { loadStrategy, paramHash } from '../config/load-config.ts';

/** The champion's hash, written down so that a changed program is found out as well as a changed file. Semantics §2. */
const CHAMPION_HASH = 'aaae3452e6ea0fbabc30c5ddab97b791f0b46906983518ede4e838080dd09d7d';

export interface ChampionHashFlags {
  readonly config?: string;
}

/**
 * `dolphin champion hash`: the text under the hash, the hash expected and the one found.
 * @throws InvariantError on drift, of the file or of the program itself.
 */
export function championHashCommand(flags: ChampionHashFlags): number {
  const own = paramHash(createChampionConfig());
  if (own !== CHAMPION_HASH) {
    throw new InvariantError(`this program's champion has drifted: hash expected ${CHAMPION_HASH}, found ${own}`);
  }
  const { name, baseName, config, paramHash: found } = loadStrategy(flags.config ?? null, []);
  const isChampion = baseName === 'champion';
  const lines = [
    `strategy  ${name}`,
    `text      ${championText(config)}`,
    isChampion ? `expected  ${CHAMPION_HASH}` : `champion  ${CHAMPION_HASH}`,
    `found     ${found}`,
    isChampion
      ? 'The champion is as it was frozen.'
      : 'This strategy does not call itself champion: it has a hash of its own.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
