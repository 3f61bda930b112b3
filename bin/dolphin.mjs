#!/usr/bin/env node
// Finds the pinned Node and the newest form of the program (dist when it is fresh, else the sources),
// so that `npx dolphin` works with whatever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PINNED_ABI = '127'; // Node 22; docs/adr/0001-node-22-pinned-through-npm.md
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function newestSourceMs(dir) {
  let newest = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestSourceMs(path) : statSync(path).mtimeMs);
  }
  return newest;
}

function entryFile() {
  const stamp = join(root, 'dist', '.built');
  const source = join(root, 'src', 'main', 'index.ts');
  const isBuilt = existsSync(stamp);
  if (!existsSync(source)) return join(root, 'dist', 'main', 'index.js');
  if (isBuilt && statSync(stamp).mtimeMs > newestSourceMs(join(root, 'src'))) {
    return join(root, 'dist', 'main', 'index.js');
  }
  return source;
}

function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', 'node');
  } catch {
    return null;
  }
}

if (process.versions.modules === PINNED_ABI) {
  await import(pathToFileURL(entryFile()).href);
} else {
  const node = pinnedNode();
  if (node === null) {
    console.error(
      `dolphin: needs Node 22, this is ${process.version} and no pinned runtime is installed for ` +
        `${process.platform}-${process.arch}; run "npm ci" in ${root}, or start it with Node 22`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) =>
    process.exit(signal === null ? (code ?? 1) : 128 + (signal === 'SIGINT' ? 2 : 15)),
  );
}
