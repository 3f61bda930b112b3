// Finds or fetches the member's jar from Maven Central: `node scripts/hazelcast-jar.mjs [VERSION]` prints its path.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const NEWEST = '5.7.0';
const FETCH_LIMIT_MS = 300_000;
const CACHE = fileURLToPath(new URL('../.cache/hazelcast', import.meta.url));

/**
 * Path of `hazelcast-VERSION.jar` in the cache, fetched by Maven where it is not there yet.
 * @throws Error that says what is missing: java, mvn or the artifact.
 */
export function hazelcastJar(version) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`version must be like ${NEWEST}, was "${version}"`);
  if (spawnSync('java', ['-version']).status !== 0) throw new Error('java cannot be run');
  const jar = join(CACHE, `hazelcast-${version}.jar`);
  if (existsSync(jar)) return jar;
  mkdirSync(CACHE, { recursive: true });
  // The cache ignores itself, wherever the repository's own list of ignored files stands.
  writeFileSync(join(CACHE, '..', '.gitignore'), '*\n');
  const scratch = join(CACHE, `fetching-${process.pid}`);
  try {
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
    const args = ['-q', '-B', goal, `-Dartifact=com.hazelcast:hazelcast:${version}`, `-DoutputDirectory=${scratch}`];
    const mvn = spawnSync('mvn', args, { encoding: 'utf8', timeout: FETCH_LIMIT_MS });
    if (mvn.error !== undefined) throw new Error(`mvn cannot be run: ${mvn.error.message}`);
    const fetched = join(scratch, `hazelcast-${version}.jar`);
    if (!existsSync(fetched)) throw new Error(`mvn did not fetch hazelcast ${version}: ${mvn.stdout.slice(0, 400)}`);
    renameSync(fetched, jar);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return jar;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(hazelcastJar(process.argv[2] ?? NEWEST));
  } catch (error) {
    console.error(`hazelcast-jar: ${error.message}`);
    process.exit(1);
  }
}
