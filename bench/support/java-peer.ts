import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { firstLine, ROOT } from './conditions.ts';
import { runPeer } from './peers.ts';

const DISRUPTOR = '4.0.0';
const SOURCES = join(ROOT, 'bench', 'peers', 'disruptor');
const BUILD = join(ROOT, 'bench', 'peers', 'build', 'disruptor');
const JAR = join(BUILD, `disruptor-${DISRUPTOR}.jar`);
const CLASSES = join(BUILD, 'classes');

/** LMAX Disruptor, ready to run. */
export interface JavaPeer {
  /** Of the Disruptor and of Java, as results name them. */
  readonly versions: string;
  /** Runs one of its programs to its end and parses the one JSON line that it prints. */
  run<T>(program: 'Throughput' | 'Pipeline', args: readonly string[]): T;
}

/**
 * Fetches the Disruptor from Maven Central and compiles our programs around it, where that is not done yet. Null, and one
 * line on standard error that says why, when Java, Maven or the network is missing.
 */
export function buildDisruptor(): JavaPeer | null {
  try {
    mkdirSync(CLASSES, { recursive: true });
    if (!existsSync(JAR)) fetchJar();
    if (isStale()) compile();
    const java = execFileSync('java', ['--version'], { encoding: 'utf8' }).split('\n')[0]!.trim();
    return {
      versions: `LMAX Disruptor ${DISRUPTOR}, ${java}`,
      run: (program, args) => runPeer('java', ['-cp', [CLASSES, JAR].join(delimiter), program, ...args]),
    };
  } catch (error) {
    console.error(`SKIPPED Disruptor: ${absence(error as Error)}`);
    return null;
  }
}

function fetchJar(): void {
  const artifact = `com.lmax:disruptor:${DISRUPTOR}`;
  execFileSync('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${BUILD}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function isStale(): boolean {
  const built = join(CLASSES, 'Pipeline.class');
  if (!existsSync(built)) return true;
  return sources().some((source) => statSync(source).mtimeMs > statSync(built).mtimeMs);
}

function compile(): void {
  execFileSync('javac', ['-cp', JAR, '-d', CLASSES, ...sources()], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function sources(): string[] {
  return readdirSync(SOURCES)
    .filter((name) => name.endsWith('.java'))
    .map((name) => join(SOURCES, name));
}

function absence(error: Error): string {
  for (const tool of ['java', 'javac', 'mvn']) {
    if (firstLine(tool, ['--version']) === null) return `${tool} is not installed`;
  }
  return error.message.split('\n')[0]!;
}
