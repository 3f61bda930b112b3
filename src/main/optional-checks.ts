import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Finding, ok } from './machine-checks.ts';

const PROBE_DEADLINE_MS = 20_000;
/** Of the newest Hazelcast member. */
const JAVA_NEEDED = 17;

/** What only single uses need. */
export function optionalParts(): Finding[] {
  return [redis(), java(), maven(), compiler(), numba(), browser()];
}

function redis(): Finding {
  const part = 'redis-server';
  const version = outputOf('redis-server', ['--version']);
  if (version !== null) return ok(part, version.replace(/ sha=.*/, ''));
  const remedy =
    'apt-get install redis-server; for the tests of signals and queues (a run wants any Redis it can reach)';
  return { part, state: 'missing', found: 'none on PATH', remedy };
}

function java(): Finding {
  const part = 'Java';
  const version = outputOf('java', ['--version']);
  const remedy = `apt-get install default-jre-headless (${JAVA_NEEDED} or newer); for the tests of the memory on Hazelcast members`;
  if (version === null) return { part, state: 'missing', found: 'none on PATH', remedy };
  const major = Number(/\d+/.exec(version)?.[0]);
  if (major >= JAVA_NEEDED) return ok(part, version);
  return { part, state: 'limited', found: version, remedy };
}

function maven(): Finding {
  const part = 'Maven';
  const version = outputOf('mvn', ['--batch-mode', '--version']);
  if (version !== null) return ok(part, version);
  return { part, state: 'missing', found: 'no mvn', remedy: 'apt-get install maven; fetches the Hazelcast members' };
}

function compiler(): Finding {
  const part = 'C compiler';
  const version = outputOf('gcc', ['--version']);
  if (version !== null) return ok(part, version);
  return { part, state: 'missing', found: 'no gcc', remedy: 'apt-get install gcc; for the C peers of "npm run bench"' };
}

function numba(): Finding {
  const part = 'Python with numba';
  const versions =
    'from importlib.metadata import version as v; print("numba", v("numba") + ", pyarrow", v("pyarrow"))';
  const found = outputOf('python3', ['-c', versions]);
  if (found !== null) return ok(part, found);
  const remedy = 'python3 -m pip install numba pyarrow; for the Python peers of "npm run bench"';
  return { part, state: 'missing', found: 'no python3 with numba and pyarrow', remedy };
}

function browser(): Finding {
  const part = 'Chromium';
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const path = folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file));
  if (path !== undefined) return ok(part, path);
  return {
    part,
    state: 'missing',
    found: 'none on PATH',
    remedy: 'apt-get install chromium; for tests of the HTML report',
  };
}

/** First line that a program prints; null when it is not there or fails. */
function outputOf(program: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: PROBE_DEADLINE_MS });
  return status === 0 ? stripVTControlCharacters(stdout.split('\n')[0] ?? '').trim() : null;
}
