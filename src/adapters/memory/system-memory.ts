import type { AcbUpdate, EigenScan, HeartbeatValue, SafetyValue } from '../../model/memory-values.ts';
import { BookFile } from './book-file.ts';
import { BookShards } from './book-shards.ts';
import { BookSource } from './book-source.ts';
import { CapitalTrack } from './capital-track.ts';
import { acbCodec, scanCodec } from './feature-codecs.ts';
import { LatestWriter } from './latest-writer.ts';
import { Leases } from './leases.ts';
import {
  ACB_KEY,
  type Deployment,
  FEATURES_MAP,
  HEARTBEAT_KEY,
  HEARTBEAT_MAP,
  SAFETY_KEY,
  SAFETY_MAP,
  SCAN_KEY,
} from './maps.ts';
import type { MemoryPort, MemoryStatus } from './memory-port.ts';
import { isGoneFromHere, newHolder } from './process-identity.ts';
import { Refusals } from './refusals.ts';
import { heartbeatCodec, safetyCodec } from './safety-codecs.ts';
import { type EntryAccess, TypedEntry } from './typed-entry.ts';

/** State of the memory as `status` shows it. */
export interface SystemMemoryStatus extends MemoryStatus {
  /** Values whose newest version is not known to be stored. */
  readonly pendingWrites: number;
  /** Malformed values refused so far, in all and by `MAP[key]`. */
  readonly refused: number;
  readonly refusedEntries: Readonly<Record<string, { readonly count: number; readonly lastReason: string }>>;
}

/** The maps of spec 1.0 §10 and §16 with their types, on any store. One thread owns it. */
export class SystemMemory {
  readonly deployment: Deployment;
  readonly safety: TypedEntry<SafetyValue>;
  readonly acbBoost: TypedEntry<AcbUpdate>;
  readonly latestScan: TypedEntry<EigenScan>;
  readonly heartbeat: TypedEntry<HeartbeatValue>;
  readonly books: BookShards;
  readonly paper: CapitalTrack;
  readonly nautilus: CapitalTrack;
  readonly #port: MemoryPort;
  readonly #writer: LatestWriter;
  readonly #refusals = new Refusals();

  /** @param port - owned from now on: {@link close} closes it. */
  constructor(port: MemoryPort, deployment: Deployment) {
    this.deployment = deployment;
    this.#port = port;
    this.#writer = new LatestWriter(port);
    const access: EntryAccess = { port, writer: this.#writer, refusals: this.#refusals };
    // A process is known to be gone only where all users of the store share a machine.
    const isGone = port.kind === 'hazelcast' ? () => false : isGoneFromHere;
    const leases = new Leases(port, newHolder(), isGone);
    this.safety = new TypedEntry(access, SAFETY_MAP, SAFETY_KEY, safetyCodec);
    this.acbBoost = new TypedEntry(access, FEATURES_MAP, ACB_KEY, acbCodec);
    this.latestScan = new TypedEntry(access, FEATURES_MAP, SCAN_KEY, scanCodec);
    this.heartbeat = new TypedEntry(access, HEARTBEAT_MAP, HEARTBEAT_KEY, heartbeatCodec);
    this.books = new BookShards(access);
    this.paper = new CapitalTrack(access, leases, deployment, 'paper');
    this.nautilus = new CapitalTrack(access, leases, deployment, 'nautilus');
  }

  /** Order books of the shards or, when none answers, of this file. */
  booksOrFile(path: string): BookSource {
    return new BookSource(this.books, new BookFile(path, this.#refusals));
  }

  /** True as soon as the store answers, false when it did not within `timeoutMs`. */
  ready(timeoutMs: number): Promise<boolean> {
    return this.#port.ready(timeoutMs);
  }

  status(): SystemMemoryStatus {
    return {
      ...this.#port.status(),
      pendingWrites: this.#writer.pending,
      refused: this.#refusals.total,
      refusedEntries: Object.fromEntries(this.#refusals.entries),
    };
  }

  /** Stops writing and closes the store. Claims are released by their owners before. */
  async close(): Promise<void> {
    this.#writer.close();
    await this.#port.close();
  }
}
