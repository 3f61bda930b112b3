import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { firstLine, ROOT } from './conditions.ts';

const PEERS = join(ROOT, 'bench', 'peers');
const HEADERS = ['clocks.h', 'day-file.h', 'mt19937.h', 'options.h', 'ring.h'];

/** How the C peers are built. No -march=native and no -ffast-math: what a distribution would ship, and exact. */
export const C_FLAGS = ['-std=c11', '-O3', '-ffp-contract=off', '-Wall', '-Wextra', '-pthread'] as const;
export type CPeer = 'alpha-step' | 'pipeline' | 'scanner' | 'simple-loop' | 'spsc-ring';

/**
 * Builds a C peer where its sources are newer than its program; returns the program's path.
 * @param flags - further compiler flags; they name a second program.
 * @throws Error when gcc is missing or refuses the source.
 */
export function buildPeer(name: CPeer, flags: readonly string[] = []): string {
  const folder = join(PEERS, 'build');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, [name, ...flags.map((flag) => flag.replace(/^-+/, ''))].join('.'));
  const source = join(PEERS, `${name}.c`);
  const newest = Math.max(
    ...[source, ...HEADERS.map((header) => join(PEERS, header))].map((file) => statSync(file).mtimeMs),
  );
  if (!existsSync(program) || statSync(program).mtimeMs < newest) {
    execFileSync('gcc', [...C_FLAGS, ...flags, '-o', program, source, '-lm'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
  return program;
}

/** Runs a peer to its end and parses the one JSON line that it prints. */
export function runPeer<T>(program: string, args: readonly string[]): T {
  const output = execFileSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as T;
}

/**
 * The real Python behind `python3` (a version manager's shim costs 0.1 s per start, which is not Python's), when it has
 * pyarrow and numpy; else null.
 */
export function findPython(): { readonly path: string; readonly versions: string } | null {
  const path = firstLine('python3', ['-c', 'import sys; print(sys.executable)']);
  if (path === null) return null;
  const versions = firstLine(path, ['-c', PYTHON_VERSIONS]);
  return versions === null ? null : { path, versions };
}

const PYTHON_VERSIONS = `
import sys, numpy, pyarrow
try:
    import numba
    last = "numba " + numba.__version__
except ImportError:
    last = "no numba"
print("Python " + sys.version.split()[0], "pyarrow " + pyarrow.__version__, "numpy " + numpy.__version__, last, sep=", ")
`;
