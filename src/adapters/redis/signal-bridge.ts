import type { Redis } from 'ioredis';
import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import type { PlausibleSpan } from '../json-scans/event-time.ts';
import { ScanRefusal } from '../json-scans/scan-json.ts';
import type { PositionStore } from './position-store.ts';
import { RecentIds } from './recent-ids.ts';
import { compareSignalIds, parseSignalId, type SignalId, signalIdText } from './signal-id.ts';
import { decodeSignal, type SignalMessage } from './signal-message.ts';
import { SIGNAL_FIELD } from './signal-publisher.ts';

const BATCH_ENTRIES = 256;
const BLOCK_MS = 1000;
/** A read that is not answered for this much longer than it asked to wait is on a dead connection. */
const SILENCE_MS = 4000;
const REMEMBERED_IDS = 8192;
const MAX_PARKED = 10_000;
const START_OF_STREAM = '0-0';

/** What takes the signals, in order. */
export interface SignalSink {
  /**
   * @param isStale - older (or further ahead) than the freshness limit: nothing may be entered on it.
   * @throws ScanRefusal for a signal that it cannot use: it is parked, and the next one comes.
   */
  take(message: SignalMessage, isStale: boolean): void;
}

export interface BridgeOptions {
  readonly stream: string;
  readonly positions: PositionStore;
  /** Where to begin without a stored position: with the first entry, or with those that are yet to come. */
  readonly from: 'start' | 'now';
  /** Greatest age of a fresh signal, ms; null where age means nothing, as in a replay. */
  readonly freshnessLimitMs: number | null;
  /** UNIX ms, for age alone. */
  readonly nowMs: () => number;
  /** Ends at the publisher's end message instead of waiting for more. */
  readonly endsAtEnd: boolean;
  /** Times that are believed; default PLAUSIBLE_SPAN. */
  readonly span?: PlausibleSpan | undefined;
}

/** What became of the entries. */
export interface BridgeCounts {
  taken: number;
  /** Dropped: their id was taken before. */
  duplicates: number;
  /** Dropped: not later than what was taken, and not known. */
  late: number;
  /** Taken, but not to be entered on. */
  stale: number;
  /** Not understood: in the stream `<stream>:parked` with a reason. */
  parked: number;
  /** Times that the stream had lost entries behind the position: trimmed, or the server came back without them. */
  gaps: number;
}

/** The two connections of a bridge: a blocked one can do nothing else. */
export interface BridgeConnections {
  /** Blocks in reads; nobody else's. */
  readonly reader: Redis;
  readonly commands: Redis;
}

/**
 * SignalBridge: a Redis stream into the engine's side, each signal once and in order.
 *
 * It reads at its own position, kept by a {@link PositionStore} once the sink has taken the entries before it: what was
 * taken and not yet kept comes again after a crash, at least once, and is dropped by its id where the sink is told of ids.
 * A lost connection is dialled for ever; reading goes on where it was. An entry that cannot be understood is parked and does
 * not stop the ones behind it.
 */
export class SignalBridge {
  readonly counts: BridgeCounts = { taken: 0, duplicates: 0, late: 0, stale: 0, parked: 0, gaps: 0 };
  readonly #connections: BridgeConnections;
  readonly #options: BridgeOptions;
  readonly #sink: SignalSink;
  readonly #recent = new RecentIds(REMEMBERED_IDS);
  #entryId = START_OF_STREAM;
  #last: SignalId | null = null;
  #isStopped = false;
  /** Settles with the stop: a read of a client that was closed between two attempts is never answered. */
  readonly #stopped = Promise.withResolvers<void>();
  #hasEnded = false;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(connections: BridgeConnections, options: BridgeOptions, sink: SignalSink) {
    this.#connections = connections;
    this.#options = options;
    this.#sink = sink;
  }

  /**
   * Reads until {@link stop}, or the end message where it is asked for. The connections stay the caller's.
   * @returns true at the end message, false when stopped. @throws what the sink throws but ScanRefusal; InputError for a
   *   damaged position.
   */
  async run(): Promise<boolean> {
    await Promise.race([this.#readAll(), this.#stopped.promise]);
    return this.#hasEnded;
  }

  /** Ends the run, also in the middle of an outage. */
  stop(): void {
    this.#isStopped = true;
    this.#stopped.resolve();
    clearInterval(this.#watchdog);
    this.#connections.reader.disconnect();
    this.#connections.commands.disconnect();
  }

  readonly #onReady = () => {
    this.#countGap().catch(() => undefined); // the connection is gone again: asked anew when it is back
  };

  async #readAll(): Promise<void> {
    const { reader } = this.#connections;
    try {
      await this.#begin();
      reader.on('ready', this.#onReady);
      while (!this.#isStopped && !this.#hasEnded) await this.#readOnce();
    } catch (error) {
      if (!this.#isStopped) throw error; // stop() cuts the connections: a read that fails then is no failure
    } finally {
      reader.off('ready', this.#onReady);
    }
  }

  async #begin(): Promise<void> {
    const { stream, positions, from } = this.#options;
    const stored = positions.load(stream);
    if (stored !== null) {
      this.#entryId = stored.entryId;
      this.#last = stored.signalId === null ? null : parseSignalId(stored.signalId);
      await this.#countGap();
    } else if (from === 'now') {
      const [newest] = await this.#connections.commands.xrevrange(stream, '+', '-', 'COUNT', 1);
      this.#entryId = newest?.[0] ?? START_OF_STREAM;
      this.#keepPosition();
    }
  }

  async #readOnce(): Promise<void> {
    const entries = await this.#read();
    for (const [entryId, fields] of entries) {
      if (this.#isStopped) break;
      await this.#take(entryId, fields);
      this.#entryId = entryId;
      if (this.#hasEnded) break;
    }
    if (entries.length > 0) this.#keepPosition();
  }

  async #read(): Promise<readonly [string, string[]][]> {
    const { reader } = this.#connections;
    // A frozen server or a cut cable says nothing: the connection is dropped, dialled anew, and the read sent again.
    this.#watchdog = setInterval(() => reader.disconnect(true), BLOCK_MS + SILENCE_MS);
    try {
      const { stream } = this.#options;
      const answer = await reader.xread('COUNT', BATCH_ENTRIES, 'BLOCK', BLOCK_MS, 'STREAMS', stream, this.#entryId);
      return answer?.[0]?.[1] ?? [];
    } finally {
      clearInterval(this.#watchdog);
    }
  }

  async #take(entryId: string, fields: readonly string[]): Promise<void> {
    try {
      const message = decodeSignal(textOf(fields), this.#options.span);
      if (!this.#isNew(message.id)) return;
      const isStale = this.#isStale(message);
      this.#sink.take(message, isStale);
      this.#last = message.id;
      this.#recent.add(signalIdText(message.id));
      this.counts.taken++;
      if (isStale) this.counts.stale++;
      if (message.kind === 'end') this.#hasEnded = this.#options.endsAtEnd;
    } catch (error) {
      if (!(error instanceof ScanRefusal)) throw error;
      await this.#park(entryId, fields, error.message);
    }
  }

  #isNew(id: SignalId): boolean {
    if (this.#last === null || compareSignalIds(id, this.#last) > 0) return true;
    const isKnown = compareSignalIds(id, this.#last) === 0 || this.#recent.has(signalIdText(id));
    if (isKnown) this.counts.duplicates++;
    else this.counts.late++;
    return false;
  }

  #isStale(message: SignalMessage): boolean {
    const { freshnessLimitMs, nowMs } = this.#options;
    if (freshnessLimitMs === null) return false;
    const { day, nsOfDay } = message.kind === 'scan' ? message.scan : message.kind === 'book' ? message.book : message;
    const ageMs = nowMs() - (day * MS_PER_DAY + nsOfDay / NS_PER_MS);
    return !(Math.abs(ageMs) <= freshnessLimitMs);
  }

  /** Under the entry's own id, so that one that comes again after a crash is not parked twice. */
  async #park(entryId: string, fields: readonly string[], reason: string): Promise<void> {
    const { commands } = this.#connections;
    const parked = parkedStream(this.#options.stream);
    try {
      await commands.call('XADD', parked, 'MAXLEN', '~', MAX_PARKED, entryId, 'reason', reason, ...fields);
      this.counts.parked++;
    } catch (error) {
      if (!(error instanceof Error) || !/equal or smaller/.test(error.message)) throw error;
    }
  }

  #keepPosition(): void {
    const { stream, positions } = this.#options;
    positions.save({ stream, entryId: this.#entryId, signalId: this.#last === null ? null : signalIdText(this.#last) });
  }

  /**
   * The entry at the position is gone: some between it and those behind it may be gone, too. Where nothing is behind it, the
   * stream was lost and is made anew, maybe under lower ids (a foreign entry may have had a high one): it is read from its
   * start, and what was taken is known by its own id.
   */
  async #countGap(): Promise<void> {
    const entryId = this.#entryId; // reading goes on meanwhile
    if (entryId === START_OF_STREAM) return;
    const { commands } = this.#connections;
    const { stream } = this.#options;
    const [at] = await commands.xrange(stream, entryId, '+', 'COUNT', 1);
    if (at?.[0] === entryId) return;
    this.counts.gaps++;
    if (at === undefined && this.#entryId === entryId) this.#entryId = START_OF_STREAM;
  }
}

/** Where the entries of a stream go that nobody understands. */
export function parkedStream(stream: string): string {
  return `${stream}:parked`;
}

function textOf(fields: readonly string[]): string {
  const at = fields.findIndex((field, i) => i % 2 === 0 && field === SIGNAL_FIELD);
  const text = at < 0 ? undefined : fields[at + 1];
  if (text === undefined) throw new ScanRefusal(`the entry has no field ${SIGNAL_FIELD}`);
  return text;
}
