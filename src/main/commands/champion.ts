import { championText } from '../../model/champion-text.ts';
import { CHAMPION_HASH } from '../config/champion-hash.ts';
import { loadStrategy } from '../config/load-config.ts';

export interface ChampionHashFlags {
  readonly config?: string;
}

/**
 * `dolphin champion hash`: the text under the hash, the hash expected and the one found.
 * @throws InvariantError on drift, of the file or of the program itself.
 */
export function championHashCommand(flags: ChampionHashFlags): number {
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
