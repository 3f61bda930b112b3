#!/usr/bin/env node
// Finds the pinned Node and the newest form of the program (dist when it is fresh, else the sources),
// so that `npx dolphin` works with whatever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// The oldest 22 that runs TypeScript sources as they are; docs/adr/0001-node-22-pinned-through-npm.md
const MAJOR = 22;
const LEAST_MINOR = 18;
/** Set in the pinned runtime to the process id of its starter. */
const STARTER = 'DOLPHIN_STARTER';
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

function isRightNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major === MAJOR && minor >= LEAST_MINOR;
}

/** A starter that was killed passes no signal on; its end of the channel closes, and that is a stop as well. */
function stopWithStarter() {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref(); // the channel alone keeps nobody running
}

/** Runs this file on the pinned runtime, passes signals on, and ends as it ends. */
function startPinned() {
  const node = pinnedNode();
  if (node === null) {
    console.error(
      `dolphin: needs Node ${MAJOR}.${LEAST_MINOR} or a later ${MAJOR}, this is ${process.version} and no pinned runtime is installed for ` +
        `${process.platform}-${process.arch}; run "npm ci" in ${root}, or start it with Node ${MAJOR}`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [STARTER]: String(process.pid) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`dolphin: the pinned runtime ${node} cannot be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}

const isStarted = process.env[STARTER] === String(process.ppid);
if (isStarted) stopWithStarter();
// A runtime that we started is never asked for another one, whatever its version.
if (isStarted || isRightNode()) await import(pathToFileURL(entryFile()).href);
else startPinned();
