/** How one kind of record lies in a ring; `base` is an index of doubles. */
export interface RecordCodec<R extends { sequence: number }> {
  readonly blank: () => R;
  readonly write: (doubles: Float64Array, base: number, record: R, sequence: number) => void;
  readonly read: (doubles: Float64Array, base: number, record: R) => void;
}
