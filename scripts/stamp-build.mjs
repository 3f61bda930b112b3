// Marks dist/ as built now, so that bin/dolphin.mjs can tell a fresh build from a stale one.
import { writeFileSync } from 'node:fs';

writeFileSync(new URL('../dist/.built', import.meta.url), `${new Date().toISOString()}\n`);
