import type { IoFailure, JournalStore, SegmentFile } from '../../../src/replay/journal/journal-store.ts';

/** A journal's folder in memory, for the rules of the records without a disk. Counts its writes and syncs. */
export class MemoryStore implements JournalStore {
  readonly path = 'memory';
  readonly files = new Map<string, Uint8Array>();
  writes = 0;
  syncs = 0;
  /** Set to make the next writes fail. */
  failure: IoFailure | null = null;

  list() {
    return [...this.files].map(([name, bytes]) => ({ name, bytes: bytes.length }));
  }

  read(name: string, limitBytes?: number) {
    return this.file(name).slice(0, limitBytes);
  }

  create(name: string, bytes: Uint8Array): SegmentFile | IoFailure {
    if (this.failure !== null) return this.failure;
    if (this.files.has(name)) throw new Error(`${name} exists`);
    this.files.set(name, bytes.slice());
    return {
      append: (more) => {
        if (this.failure !== null) return this.failure;
        this.writes += 1;
        const grown = new Uint8Array(this.file(name).length + more.length);
        grown.set(this.file(name));
        grown.set(more, this.file(name).length);
        this.files.set(name, grown);
        return null;
      },
      sync: () => {
        this.syncs += 1;
        return this.failure;
      },
      close: () => undefined,
    };
  }

  replace(name: string, bytes: Uint8Array) {
    this.files.set(name, bytes.slice());
    return null;
  }

  truncate(name: string, bytes: number) {
    this.files.set(name, this.file(name).slice(0, bytes));
    return null;
  }

  remove(name: string) {
    this.files.delete(name);
    return null;
  }

  compress(): never {
    throw new Error('nothing is compressed in memory');
  }

  /** Another store with the same files, to be damaged on its own. */
  clone(): MemoryStore {
    const copy = new MemoryStore();
    for (const [name, bytes] of this.files) copy.files.set(name, bytes.slice());
    return copy;
  }

  file(name: string): Uint8Array {
    const bytes = this.files.get(name);
    if (bytes === undefined) throw new Error(`${name} is not there`);
    return bytes;
  }
}
