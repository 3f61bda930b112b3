import type { ConnectionWatch } from '../adapters/redis/open-redis.ts';

/** Tells the operator on standard error of a connection that is lost and of one that is back. @param address - without secrets. */
export function connectionLines(address: string): ConnectionWatch {
  let isAway = false;
  return {
    onConnected: () => {
      if (isAway) process.stderr.write(`dolphin: ${address}: connected again\n`);
      isAway = false;
    },
    onLost: (reason) => {
      isAway = true;
      process.stderr.write(`dolphin: ${reason}; trying again until it is back\n`);
    },
  };
}
