import { statSync } from 'node:fs';
import { redisSettings } from '../../adapters/redis/redis-settings.ts';
import { requireLogin } from '../../adapters/redis/require-login.ts';
import { DEFAULT_STREAM } from '../../adapters/redis/signal-publisher.ts';
import type { Rules } from '../../engine/actor.ts';
import { InputError } from '../../model/input-error.ts';
import { conductRun, requireWritableReport } from '../conduct-run.ts';
import { type MemoryPlace, memoryPlaceOf, memoryUrl } from '../config/memory-place.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { firstScanOfMemory, firstScanOfStream } from '../first-scan-heard.ts';
import type { FrameOrigin } from '../frame-origin.ts';
import { type FirstScan, firstScanOfJournal, liveSource } from '../live-source.ts';
import { checkRunFlags, type RunFlags, strategyOf } from '../run-flags.ts';
import { sayOnStderr } from '../say-on-stderr.ts';
import type { SignalSource } from '../signal-sources.ts';

const DEFAULT_FRESHNESS_MS = 10_000;
/** Who waits longer for a first scan is told what for. */
const SAY_WAITING_MS = 5000;

export interface SignalRunFlags extends RunFlags {
  readonly source: SignalSource;
  readonly redis?: string;
  readonly stream?: string;
  readonly tables?: string;
  readonly barInterval?: number;
  readonly rules: Rules;
  readonly freshness?: number;
}

/** A source of signals before anything was heard of it. */
interface Listening {
  readonly origin: FrameOrigin;
  /** In words that name it again. */
  readonly name: string;
  /** The command that feeds it. */
  readonly feeder: string;
  /** Its first scan; null once `stopped` settles. */
  readonly hear: (stopped: Promise<null>) => Promise<FirstScan | null>;
}

/** `dolphin signal run`: the engine on signals as they are told. Answers the exit code. */
export async function signalRunCommand(flags: SignalRunFlags): Promise<number> {
  checkFlags(flags);
  requireWritableReport(flags);
  const strategy = strategyOf(flags);
  const { origin, name, feeder, hear } = flags.source === 'redis' ? streamOf(flags) : memoryOf(flags);
  const before = flags.resume === true ? firstScanOfJournal(flags.record as string) : null;
  // A run that goes on waits for no first scan; a login that is refused ends it at its start all the same.
  if (before !== null && origin.kind === 'stream') await requireLogin(redisSettings(origin.url, process.env));
  const first = before ?? (await heardOrStopped(hear, `${name}: ${waitingWords(feeder)}`));
  if (typeof first === 'number') return first;
  const source = liveSource(
    {
      strategy,
      configName: flags.config ?? '--set',
      rules: flags.rules,
      tables: flags.tables ?? null,
      barIntervalMs: flags.barInterval ?? null,
      origin,
      name,
    },
    first,
  );
  return await conductRun({ command: 'signal-run', flags, source, speed: 0, scannerMode: 'ahead' });
}

/** The first scan, or the exit code when a signal came before it. */
async function heardOrStopped(hear: Listening['hear'], waitingLine: string): Promise<FirstScan | number> {
  const stopped = Promise.withResolvers<null>();
  let hasSaid = false;
  // It keeps the process alive as well: a store's own timers do not.
  const waiting = setInterval(() => {
    if (!hasSaid) sayOnStderr(waitingLine);
    hasSaid = true;
  }, SAY_WAITING_MS);
  const signals = onStopSignals(() => stopped.resolve(null));
  try {
    return (await hear(stopped.promise)) ?? exitCodeOfSignal(signals.received ?? 'SIGINT');
  } finally {
    clearInterval(waiting);
    signals.release();
  }
}

/** A run that has no universe yet is no run that `status` and `stop` could know. */
function waitingWords(feeder: string): string {
  return `waiting for its first scan (${feeder}, or a scanner that writes there); Ctrl-C ends it`;
}

function streamOf({ redis, stream = DEFAULT_STREAM, freshness = DEFAULT_FRESHNESS_MS }: SignalRunFlags): Listening {
  const url = redis as string; // it is there: checkFlags
  return {
    origin: { kind: 'stream', url, stream, freshnessLimitMs: freshness, funding: [] },
    name: `stream ${stream} at ${redisSettings(url, process.env).address}`,
    feeder: 'dolphin signal publish',
    hear: (stopped) => firstScanOfStream(url, stream, stopped),
  };
}

function memoryOf(flags: SignalRunFlags): Listening {
  const { memory, deployment } = memoryPlaceOf(flags);
  requireMemory(memory);
  return {
    origin: { kind: 'memory' },
    name: `memory ${memoryUrl(memory)}`,
    feeder: 'dolphin memory publish-scan',
    hear: (stopped) => firstScanOfMemory(memory, deployment, stopped),
  };
}

function requireMemory(memory: MemoryPlace['memory']): asserts memory is NonNullable<MemoryPlace['memory']> {
  if (memory === null || memory.kind === 'none') {
    throw new InputError(
      '--source memory needs the store that tells the scans: --memory embedded:PATH or hazelcast://...',
    );
  }
}

function checkFlags(flags: SignalRunFlags): void {
  checkRunFlags(flags);
  const { source, redis, stream, freshness, venue, tables } = flags;
  if (tables !== undefined && statSync(tables, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new InputError(`--tables must be a folder that exists, was ${tables}`);
  }
  if (source === 'redis' && redis === undefined) throw new InputError('--source redis needs the server: --redis URL');
  const ofRedis = Object.entries({ '--redis': redis, '--stream': stream, '--freshness': freshness });
  const misplaced = ofRedis.find(([, value]) => value !== undefined)?.[0];
  if (source === 'memory' && misplaced !== undefined) {
    throw new InputError(
      `${misplaced} is for --source redis: a memory has one latest scan, which the engine judges by its age`,
    );
  }
  if (venue === 'book') {
    throw new InputError(
      '--venue book needs the trades and books of whole days, which lie beside day files: signals have none; --venue bars asks for none',
    );
  }
}
