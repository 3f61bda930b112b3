import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

/**
 * Keeps the calling thread on one core, by Linux's taskset: left alone, the scheduler puts two threads that wake each
 * other now on one core and now on two, and a parked hop takes 1.5 or 35 us accordingly, in every language.
 * Does nothing where there is no /proc or no taskset.
 */
export function pinThread(core: number): void {
  try {
    const tid = readlinkSync('/proc/thread-self').split('/').at(-1)!;
    execFileSync('taskset', ['-p', '-c', String(core), tid], { stdio: 'ignore' });
  } catch {
    // Not Linux: the benchmark runs unpinned.
  }
}
