import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^dolphin-flow-(\d+)-/;

/** A folder under the system's temporary one; what killed processes left there goes first. */
export function openScratch(): { readonly dir: string; dispose(): void } {
  for (const name of readdirSync(tmpdir())) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && isGone(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  const dir = mkdtempSync(join(tmpdir(), `dolphin-flow-${process.pid}-`));
  return { dir, dispose: () => rmSync(dir, { recursive: true, force: true }) };
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
