/** A memory that had answered does so no more, or did not say what became of a write. */
export class MemoryLost extends Error {
  override readonly name = 'MemoryLost';
}
