import type { KnownMap } from '../../adapters/memory/catalogue.ts';
import type { Closable, MemoryPort } from '../../adapters/memory/memory-port.ts';
import { alignRows } from '../../report/text-table.ts';
import { EXIT_FAILURE, exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { ageText, type EntryView, jsonLine, plainLine, printable, viewOf } from '../memory-view/entry-line.ts';
import { keysOf, mapsNamed, openView, textOf } from '../memory-view/open-view.ts';

export interface MemoryViewFlags {
  readonly memory: string;
  readonly json?: boolean;
}

const STAY_MS = 60_000;
const HEADER = ['map', 'key', 'age', 'bytes', 'state'];
const ALIGNS = ['left', 'left', 'right', 'right', 'left'] as const;

/** `dolphin memory ls`: every entry with its age and whether its readers would take it. Answers the exit code. */
export async function memoryLsCommand(map: string | undefined, flags: MemoryViewFlags): Promise<number> {
  return withEntries(map, undefined, flags, (views) => {
    if (flags.json === true) for (const view of views) process.stdout.write(`${jsonLine(view, false)}\n`);
    else process.stdout.write(tableOf(views));
    return 0;
  });
}

/** `dolphin memory get`: values. Answers the exit code, 1 where an entry that was named is not there. */
export async function memoryGetCommand(
  map: string | undefined,
  key: string | undefined,
  flags: MemoryViewFlags,
): Promise<number> {
  return withEntries(map, key, flags, (views) => {
    for (const view of views) process.stdout.write(`${flags.json === true ? jsonLine(view, true) : plainLine(view)}\n`);
    if (views.length > 0 || key === undefined) return 0;
    process.stderr.write(`dolphin: ${map}[${printable(key)}] is not there\n`);
    return EXIT_FAILURE;
  });
}

/** `dolphin memory watch`: what is there and every newer value, until it is stopped. Answers the exit code. */
export async function memoryWatchCommand(
  map: string | undefined,
  key: string | undefined,
  flags: MemoryViewFlags,
): Promise<number> {
  const maps = mapsNamed(map);
  const port = await openView(flags.memory);
  const stopped = Promise.withResolvers<void>();
  const signals = onStopSignals(stopped.resolve);
  const onValue = (name: string, changed: string, text: string) => {
    const view = viewOf(name, changed, text, Date.now());
    process.stdout.write(`${flags.json === true ? jsonLine(view, true) : plainLine(view)}\n`);
  };
  const listenings = maps.flatMap((known) => listen(port, known, key, onValue));
  const waiting = setInterval(() => undefined, STAY_MS); // a listening store keeps no process alive
  try {
    await stopped.promise;
  } finally {
    clearInterval(waiting);
    for (const listening of listenings) listening.close();
    signals.release();
    await port.close();
  }
  return exitCodeOfSignal(signals.received ?? 'SIGINT');
}

/** An atomic reference is heard by its key alone, a map by all of its keys. */
function listen(
  port: MemoryPort,
  { name, unlistedKeys }: KnownMap,
  key: string | undefined,
  onValue: (map: string, key: string, text: string) => void,
): Closable[] {
  const keys = key !== undefined ? [key] : unlistedKeys.length > 0 ? unlistedKeys : [null];
  return keys.map((one) => port.listen(name, one, (changed, text) => onValue(name, changed, text)));
}

async function withEntries(
  map: string | undefined,
  key: string | undefined,
  { memory }: MemoryViewFlags,
  show: (views: readonly EntryView[]) => number,
): Promise<number> {
  const maps = mapsNamed(map);
  const port = await openView(memory);
  try {
    const views: EntryView[] = [];
    for (const known of maps) {
      for (const one of key === undefined ? await keysOf(port, known) : [key]) {
        const text = await textOf(port, known.name, one);
        if (text !== null) views.push(viewOf(known.name, one, text, Date.now()));
      }
    }
    return show(views);
  } finally {
    await port.close();
  }
}

function tableOf(views: readonly EntryView[]): string {
  if (views.length === 0) return 'no entries\n';
  const rows = views.map(({ map, key, text, verdict, ageMs }) => [
    map,
    printable(key),
    ageText(ageMs),
    String(Buffer.byteLength(text)),
    verdict.kind === 'malformed' ? `MALFORMED: ${printable(verdict.reason)}` : verdict.kind,
  ]);
  return `${alignRows([HEADER, ...rows], ALIGNS).join('\n')}\n`;
}
