import { connectionLines } from '../../adapters/redis/connection-lines.ts';
import { openRedis } from '../../adapters/redis/open-redis.ts';
import { FilePositionStore, NO_POSITIONS } from '../../adapters/redis/position-store.ts';
import { redisSettings } from '../../adapters/redis/redis-settings.ts';
import { requireLogin } from '../../adapters/redis/require-login.ts';
import { SignalBridge } from '../../adapters/redis/signal-bridge.ts';
import { signalIdText } from '../../adapters/redis/signal-id.ts';
import type { SignalMessage } from '../../adapters/redis/signal-message.ts';
import { isoFrom } from '../../model/time.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { sayOnStderr } from '../say-on-stderr.ts';

export interface SignalTailFlags {
  readonly redis: string;
  readonly stream: string;
  readonly start?: boolean;
  readonly position?: string;
  readonly freshness: number;
  readonly untilEnd?: boolean;
}

/** `dolphin signal tail`: one JSON line a message, the account on standard error. Answers the exit code. */
export async function signalTailCommand(flags: SignalTailFlags): Promise<number> {
  const { stream, position, freshness: freshnessLimitMs } = flags;
  const settings = redisSettings(flags.redis, process.env);
  await requireLogin(settings);
  const silent = { onConnected: () => undefined, onLost: () => undefined }; // one of the two tells
  const connections = {
    reader: openRedis(settings, connectionLines(settings.address, sayOnStderr)),
    commands: openRedis(settings, silent),
  };
  const bridge = new SignalBridge(
    connections,
    {
      stream,
      positions: position === undefined ? NO_POSITIONS : new FilePositionStore(position),
      from: flags.start === true ? 'start' : 'now',
      freshnessLimitMs,
      nowMs: Date.now,
      endsAtEnd: flags.untilEnd === true,
    },
    { take: (message, isStale) => void process.stdout.write(`${lineOf(message, isStale)}\n`) },
  );
  const signals = onStopSignals(() => bridge.stop());
  try {
    await bridge.run();
  } finally {
    signals.release();
    connections.reader.disconnect();
    connections.commands.disconnect();
  }
  const { taken, duplicates, late, stale, parked, gaps } = bridge.counts;
  process.stderr.write(
    `dolphin: ${stream}: ${taken} taken (${stale} stale), ${duplicates} duplicates and ${late} late ones dropped, ` +
      `${parked} parked, ${gaps} gaps\n`,
  );
  return signals.received === null ? 0 : exitCodeOfSignal(signals.received);
}

/** What of a message fits a line: prices and books are left out. */
function lineOf(message: SignalMessage, isStale: boolean): string {
  const { kind, id } = message;
  const { day, nsOfDay } = kind === 'scan' ? message.scan : kind === 'book' ? message.book : message;
  const head = { id: signalIdText(id), ts: isoFrom(day, nsOfDay), kind, stale: isStale };
  if (kind === 'book') return JSON.stringify({ ...head, symbol: message.book.symbol });
  if (kind === 'end') return JSON.stringify(head);
  const { scan, signals, factors } = message;
  return JSON.stringify({ ...head, scan_number: scan.scanNumber, vel_div: scan.signals[0], signals, factors });
}
