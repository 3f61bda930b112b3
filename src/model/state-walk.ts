/**
 * Where the elements of a field lie in an array: element i at `base + ((first + i) % slots) * stride`. Without `slots`
 * nothing wraps; `first` is 0 and `stride` 1 by default.
 */
export interface Span {
  readonly base: number;
  readonly count: number;
  readonly stride?: number;
  /** Rings: slot of the oldest element, so that where a ring happens to begin is no state. */
  readonly first?: number;
  readonly slots?: number;
}

/** Arrays whose elements fit 32 bits. */
export type IntegerArray = Int8Array | Uint8Array | Int32Array | Uint32Array;

/**
 * One walk over the memory of a machine, for writing and for reading alike: a field is described once, as
 * `this.x = walk.number('x', this.x)`, which hands the value back when the walk writes and the stored one when it reads.
 * So the two cannot drift apart. Names are for errors and tests; order and types are the layout.
 */
export interface StateWalk {
  /** True when the machine is filled; what can be derived is then to be derived. */
  readonly isReading: boolean;
  /** Walks a component under its name. */
  part(name: string, component: Stateful): void;
  /** A whole number within 32 signed bits. */
  integer(name: string, value: number): number;
  /**
   * A whole number in [0, max].
   * @param bytesEach - what each of the counted things takes, at least, in the rest of the walk; 0 when it counts others.
   */
  count(name: string, value: number, max: number, bytesEach?: number): number;
  /** Any double; every NaN is the same one. */
  number(name: string, value: number): number;
  flag(name: string, value: boolean): boolean;
  /** One of `all`, by its place there. */
  code<Value>(name: string, value: Value, all: readonly Value[]): Value;
  /** Elements of an array, in place. */
  integers(name: string, array: IntegerArray, span: Span): void;
  /** Elements of an array, in place. */
  doubles(name: string, array: Float64Array, span: Span): void;
}

/**
 * Something with a memory that must survive a restart. It walks everything that a later decision or report can see, and
 * nothing else: no scratch, nothing derived, no slot of a ring that holds nothing.
 */
export interface Stateful {
  walkState(walk: StateWalk): void;
}

/** Bars, snapshots and rows are counted in 32 bits. */
export const MAX_COUNT = 2 ** 31 - 1;
