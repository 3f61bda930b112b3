// Preloaded by the test processes, for their worker threads: takes the types out of a source once, not in every thread.
// Node loads and runs its TypeScript compiler in each thread anew, which takes longer than most replays of the tests; the
// cache is by content, and the text is the one that Node makes. JavaScript, so that loading this needs no compiler.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId } from 'node:worker_threads';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/dolphin-stripped', import.meta.url));

/** The source without its types, each of which is blanks: lines and columns stay. */
function stripped(path) {
  const source = readFileSync(path, 'utf8');
  const key = createHash('sha256').update(process.version).update(source).digest('hex');
  const cached = join(CACHE, `${key}.js`);
  try {
    return readFileSync(cached, 'utf8');
  } catch {
    const text = stripTypeScriptTypes(source);
    const partial = join(CACHE, `${key}.${process.pid}-${threadId}`); // renamed whole: other threads read meanwhile
    writeFileSync(partial, text);
    renameSync(partial, cached);
    return text;
  }
}

// The main thread's modules are vitest's to transform.
if (!isMainThread) {
  mkdirSync(CACHE, { recursive: true });
  registerHooks({
    load: (url, context, nextLoad) =>
      url.startsWith('file:') && url.endsWith('.ts')
        ? { format: 'module', source: stripped(fileURLToPath(url)), shortCircuit: true }
        : nextLoad(url, context),
  });
}
