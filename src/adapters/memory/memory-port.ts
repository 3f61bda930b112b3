/**
 * The memory port: what the system needs of a store of named maps, and nothing else. Keys are strings, values are JSON
 * texts (canonical key order, {@link canonicalJson}). What a network may do at any moment is an outcome, not an
 * exception; a rejected promise is a defect of the store. Every operation ends within its deadline.
 */

/** The store could not be asked, or did not answer a question: nothing was changed by this call. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly reason: string;
}

/** The request left and no answer came: the write may have happened, may happen still, or not at all. Read again. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
}

/** `text` null: there is no such entry. */
export type ReadOutcome = { readonly kind: 'ok'; readonly text: string | null } | Unreachable;
export type KeysOutcome = { readonly kind: 'ok'; readonly keys: readonly string[] } | Unreachable;
export type WriteOutcome = { readonly kind: 'ok' } | Unreachable | Unknown;
/** `conflict`: the entry was not what was expected; it is untouched. */
export type CompareOutcome = WriteOutcome | { readonly kind: 'conflict' };

/** How values of a map or key are kept: `map` is best effort, `cp` goes through consensus (docs/adr/0016). */
export type Guarantee = 'map' | 'cp' | 'undecided';

export type MemoryKind = 'embedded' | 'hazelcast' | 'none';

/** State of a store, for `status`; a copy. */
export interface MemoryStatus {
  readonly kind: MemoryKind;
  /** File, members or `this process`; never a credential. */
  readonly where: string;
  readonly connected: boolean;
  /** Times that a connection was made or made again. */
  readonly connections: number;
  /** What stands behind `DOLPHIN_SAFETY` and leases. */
  readonly safety: Guarantee;
  /** Operations sent and not yet ended, those past their deadline included. */
  readonly inFlight: number;
  /** Operations so far that ended in `unreachable` or `unknown`. */
  readonly failures: number;
  /** The last failure's reason, or null. */
  readonly lastFailure: string | null;
  /** Why no connection comes about that trying again does not mend: a certificate, a login, a cluster's name; null: none. */
  readonly refusal: string | null;
  /** What an operator should know, in whole sentences. */
  readonly notes: readonly string[];
}

/** A subscription or the like; closing twice is harmless. */
export interface Closable {
  close(): void;
}

/**
 * One store of named maps. All methods may be called from one thread; none blocks longer than the store's deadline.
 *
 * Writes of one key by one port take effect in the order of their calls: the next one is not sent before the one before
 * has ended for certain.
 */
export interface MemoryPort {
  readonly kind: MemoryKind;
  get(map: string, key: string): Promise<ReadOutcome>;
  /** Writes without a look at what is there: for tests and tools. Values that may be late go by {@link LatestWriter}. */
  put(map: string, key: string, text: string): Promise<WriteOutcome>;
  /** Writes `text` if the entry is exactly `expected` (null: absent), compared as text. */
  compareAndSet(map: string, key: string, expected: string | null, text: string): Promise<CompareOutcome>;
  /** Keys of a map, in no order. */
  keys(map: string): Promise<KeysOutcome>;
  /**
   * Hands over the value that is there and then every newer one, of one key or (null) of all keys of a map. Values
   * never go backwards; ones that are replaced quickly may be left out; after an outage the newest is handed over.
   */
  listen(map: string, key: string | null, onValue: (key: string, text: string) => void): Closable;
  /** Calls back at each connection made, and at once when there is one already. */
  onConnected(listener: () => void): Closable;
  /** True as soon as the store answers; false when it did not within `timeoutMs`, or sooner where it refuses ({@link MemoryStatus.refusal}). */
  ready(timeoutMs: number): Promise<boolean>;
  status(): MemoryStatus;
  /** Ends listeners and connection. Operations after it are `unreachable`. */
  close(): Promise<void>;
}
