import {
  CELL_BUFFER_VALUES,
  CELL_BUFFERS,
  CELL_FIELDS,
  CELL_MIDDLE,
  CELL_READER_BUFFER,
  CELL_WRITER_BUFFER,
  CELL_WRITER_VERSION,
  type CellName,
  cellOffset,
  doubleIndex,
  LINE_BYTES,
  wordIndex,
} from './layout.ts';
import type { Region } from './region.ts';

/*
 * State that may be overwritten, for one writer and one reader, wait-free on both sides:
 *
 *   writer owns a buffer ──┐               ┌── reader owns a buffer
 *                          ▼               ▼
 *                      exchange ► middle ◄ exchange
 *
 * Of three buffers the writer owns one, the reader one, and the third lies in the middle. Each side gives its own
 * for the middle one by a single Atomics.exchange; the fresh bit says that the middle one is news to the reader. A
 * writer that dies leaves its last whole value, in the middle or with the reader.
 */

const FRESH = 4;
const BUFFER_MASK = 3;

/** Positions in the values of each cell; see CELL_FIELDS. */
export const ACB_UPDATE_SEQ = 0;
export const ACB_BOOST = 1;
export const ACB_BETA = 2;
export const ACB_REFUSED_SEQ = 3;
export const POSTURE_CODE = 0;
export const POSTURE_RM = 1;
export const POSTURE_TS_DAY = 2;
export const POSTURE_TS_NS_OF_DAY = 3;
export const MC_STATUS = 0;
export const MC_SCALE = 1;

/** A cell's one writer. A successor in another thread goes on where it stopped between two publish() calls. */
export class CellWriter {
  /** Set these, then publish(); private to the writer, keeps its values between calls. */
  readonly values: Float64Array;
  /** Version of the last publish(), from 1; 0 before. */
  version: number;

  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #offset: number;
  #buffer: number;

  constructor(region: Region, cell: CellName) {
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#offset = cellOffset(region.layout, cell);
    this.values = new Float64Array(CELL_FIELDS[cell].length);
    // The word holds the buffer plus 1, so that zeroed memory means: nobody yet.
    const stored = Atomics.load(this.#words, wordIndex(this.#offset + CELL_WRITER_BUFFER));
    this.#buffer = stored === 0 ? FIRST_WRITER_BUFFER : stored - 1;
    this.version = this.#doubles[doubleIndex(this.#offset + CELL_WRITER_VERSION)]!;
  }

  /** Makes `values` the cell's newest value. */
  publish(): void {
    this.version += 1;
    const base = bufferBase(this.#offset, this.#buffer);
    this.#doubles[base] = this.version;
    this.#doubles.set(this.values, base + doubleIndex(CELL_BUFFER_VALUES));
    // Orders the value's plain writes before the index that makes it readable.
    const middle = Atomics.exchange(this.#words, wordIndex(this.#offset + CELL_MIDDLE), this.#buffer | FRESH);
    this.#buffer = middle & BUFFER_MASK;
    this.#doubles[doubleIndex(this.#offset + CELL_WRITER_VERSION)] = this.version;
    Atomics.store(this.#words, wordIndex(this.#offset + CELL_WRITER_BUFFER), this.#buffer + 1);
  }
}

/** A cell's one reader. */
export class CellReader {
  /** The value taken last, a copy; zeros before the first. */
  readonly values: Float64Array;
  /** Version of the value taken last; 0 while none was ever published. Never goes back. */
  version: number;

  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #offset: number;
  #buffer: number;

  /** Takes what its predecessor held, if there was one. */
  constructor(region: Region, cell: CellName) {
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#offset = cellOffset(region.layout, cell);
    this.values = new Float64Array(CELL_FIELDS[cell].length);
    const stored = Atomics.load(this.#words, wordIndex(this.#offset + CELL_READER_BUFFER));
    this.#buffer = stored === 0 ? FIRST_READER_BUFFER : stored - 1;
    this.version = 0;
    this.#copyOut();
  }

  /** Takes the newest value; true when it differs in version from the one held. */
  refresh(): boolean {
    if (!this.hasNewer()) return false;
    // Orders the exchange before the reads of the value that it hands over.
    const middle = Atomics.exchange(this.#words, wordIndex(this.#offset + CELL_MIDDLE), this.#buffer);
    this.#buffer = middle & BUFFER_MASK;
    Atomics.store(this.#words, wordIndex(this.#offset + CELL_READER_BUFFER), this.#buffer + 1);
    this.#copyOut();
    return true;
  }

  /** True when a value was published that refresh() has not taken yet. */
  hasNewer(): boolean {
    return (Atomics.load(this.#words, wordIndex(this.#offset + CELL_MIDDLE)) & FRESH) !== 0;
  }

  #copyOut(): void {
    const base = bufferBase(this.#offset, this.#buffer);
    const values = this.values;
    this.version = this.#doubles[base]! | 0; // a whole number: handed on, a double would cost memory
    for (let i = 0; i < values.length; i++) values[i] = this.#doubles[base + doubleIndex(CELL_BUFFER_VALUES) + i]!;
  }
}

/** Zeroed memory puts buffer 0 in the middle. */
const FIRST_WRITER_BUFFER = 1;
const FIRST_READER_BUFFER = 2;

function bufferBase(cell: number, buffer: number): number {
  return doubleIndex(cell + CELL_BUFFERS + buffer * LINE_BYTES);
}
