// Runs one real Prefect server on 127.0.0.1 for development and tests, until Ctrl-C:
//   node scripts/prefect-server.mjs [--port 4200] [--until-stdin-ends]
//   node scripts/prefect-server.mjs --install-only
// Prints one line `{"pid":...,"port":...}` when the server answers. It has a database of its own that goes with it; of the
// environment's PREFECT_* only PREFECT_SERVER_API_AUTH_STRING is passed on. Ends with 3 where it cannot be installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const VERSION = '3.8.8';
// Without the pins the newest of both come, with which this version does not start.
const REQUIREMENTS = [`prefect==${VERSION}`, 'fastapi==0.139.0', 'sqlalchemy<2.1'];
const CACHE = fileURLToPath(new URL('../.cache/prefect', import.meta.url));
const INSTALL_LIMIT_MS = 600_000;
const READY_LIMIT_MS = 120_000;
const POLL_MS = 200;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '4200' },
    'until-stdin-ends': { type: 'boolean', default: false },
    'install-only': { type: 'boolean', default: false },
  },
});

/** Runs a command of the installation. @throws Error with its last words. */
function requireRun(command, args) {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: INSTALL_LIMIT_MS });
  if (error !== undefined) throw new Error(`${command} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed: ${stderr.trim().slice(-400)}`);
}

/** Python of a virtual environment with Prefect in it, made where it is not there yet. */
function prefectPython() {
  const home = join(CACHE, VERSION);
  const python = join(home, 'bin', 'python');
  if (existsSync(python)) return python;
  mkdirSync(CACHE, { recursive: true });
  // The cache ignores itself, wherever the repository's own list of ignored files stands.
  writeFileSync(join(CACHE, '..', '.gitignore'), '*\n');
  const scratch = join(CACHE, `installing-${process.pid}`);
  try {
    requireRun('python3', ['-m', 'venv', scratch]);
    const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...REQUIREMENTS];
    requireRun(join(scratch, 'bin', 'python'), pip);
    // Its scripts name the folder that they were made in; `python -m prefect` does not care.
    if (!existsSync(python)) renameSync(scratch, home);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return python;
}

/** Nobody's settings but these: nothing of the user's own server or profile. */
function serverEnvironment(home, port) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PREFECT_') || name === 'PREFECT_SERVER_API_AUTH_STRING',
  );
  return {
    ...Object.fromEntries(inherited),
    PREFECT_HOME: home,
    // Its pages ask port 4200 otherwise, whatever port it has.
    PREFECT_SERVER_UI_API_URL: `http://127.0.0.1:${port}/api`,
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    DO_NOT_TRACK: '1',
  };
}

async function untilReady(port, isGone) {
  const deadlineMs = performance.now() + READY_LIMIT_MS;
  while (!isGone() && performance.now() < deadlineMs) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null);
    if (answer?.ok === true) return true;
    await wait(POLL_MS);
  }
  return false;
}

let python;
try {
  python = prefectPython();
} catch (error) {
  console.error(`prefect-server: ${error.message}`);
  process.exit(3);
}
if (options['install-only']) process.exit(0);

const home = mkdtempSync(join(tmpdir(), 'dolphin-prefect-'));
const server = spawn(python, ['-m', 'prefect', 'server', 'start', '--host', '127.0.0.1', '--port', options.port], {
  stdio: ['ignore', 'pipe', 'pipe'],
  env: serverEnvironment(home, options.port),
});
let log = '';
let isReady = false;
const onOutput = (text) => {
  log = (log + text).slice(-20_000);
};
server.stdout.setEncoding('utf8').on('data', onOutput);
server.stderr.setEncoding('utf8').on('data', onOutput);
server.on('exit', () => {
  rmSync(home, { recursive: true, force: true });
  if (!isReady) console.error(`prefect-server: the server did not start:\n${log.slice(-2000)}`);
  process.exit(isReady ? 0 : 1);
});

// A stopped server does not hear SIGTERM, and its database goes anyway.
const stop = () => server.kill('SIGKILL');
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
if (options['until-stdin-ends']) process.stdin.on('end', stop).resume();

isReady = await untilReady(options.port, () => server.exitCode !== null);
if (isReady) console.log(JSON.stringify({ pid: server.pid, port: Number(options.port) }));
else stop();
