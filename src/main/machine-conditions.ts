import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Folder of the program: the repository's root, or that of the installed package. */
export const PROGRAM_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Under what something was measured; stands in every result. */
export interface Conditions {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly governor: string;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly loadBefore: number;
  /** Share of CPU time that the hypervisor took since boot, percent; null where it cannot be read. */
  readonly stealPct: number | null;
  readonly node: string;
  readonly v8: string;
  readonly flags: string;
  readonly gcc: string;
  readonly commit: string;
}

/** Reads the conditions; call it before the first round, for the load is that of the machine without us. */
export function readConditions(): Conditions {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    governor: readText('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor') ?? 'not visible',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    loadBefore: Math.round((loadavg()[0] as number) * 100) / 100,
    stealPct: stealPct(),
    node: process.version,
    v8: process.versions.v8,
    flags: [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ').trim(),
    gcc: firstLine('gcc', ['--version']) ?? 'absent',
    commit: `${firstLine('git', ['rev-parse', '--short', 'HEAD']) ?? 'unknown'}${isTreeChanged() ? ' with changes' : ''}`,
  };
}

/** First line of a program's output, or null when it cannot be run; it runs in {@link PROGRAM_ROOT}. */
export function firstLine(command: string, args: readonly string[]): string | null {
  try {
    const output = execFileSync(command, args, {
      cwd: PROGRAM_ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return (output.split('\n')[0] as string).trim();
  } catch {
    return null;
  }
}

function isTreeChanged(): boolean {
  return (firstLine('git', ['status', '--porcelain']) ?? '') !== '';
}

function stealPct(): number | null {
  const ticks = readText('/proc/stat')?.split('\n')[0]?.trim().split(/\s+/).slice(1).map(Number);
  if (ticks === undefined || ticks.length < 8) return null;
  const all = ticks.slice(0, 8).reduce((sum, value) => sum + value, 0);
  return Math.round(((ticks[7] as number) / all) * 10_000) / 100;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
