import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lease. */
export interface LeaseHolder {
  /** Unique per claimant: two engines in one process are two owners. */
  readonly owner: string;
  /** Host name, and on Linux the process-id namespace, as a pid means something only inside it. */
  readonly host: string;
  readonly pid: number;
}

/** A new identity of this process. */
export function newHolder(): LeaseHolder {
  const host = ownHost();
  return { owner: `${host}:${process.pid}:${randomBytes(4).toString('hex')}`, host, pid: process.pid };
}

/** True when the holder was a process of this host and pid namespace and there is none with its pid. */
export function isGoneFromHere(holder: LeaseHolder): boolean {
  if (holder.host !== ownHost()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    // EPERM: it lives and is another user's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function ownHost(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return hostname();
  }
}
