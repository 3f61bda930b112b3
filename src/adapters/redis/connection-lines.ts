import type { ConnectionWatch } from './open-redis.ts';

/**
 * Tells the operator of a connection that is lost and of one that is back.
 * @param address - without secrets. @param say - takes a line.
 */
export function connectionLines(address: string, say: (line: string) => void): ConnectionWatch {
  let isAway = false;
  return {
    onConnected: () => {
      if (isAway) say(`${address}: connected again`);
      isAway = false;
    },
    onLost: (reason) => {
      isAway = true;
      say(`${reason}; trying again until it is back`);
    },
  };
}
