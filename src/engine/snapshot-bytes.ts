import type { IntegerArray, Span, Stateful, StateWalk } from '../model/state-walk.ts';

const INITIAL_BYTES = 1 << 16;
const MIN_INTEGER = -(2 ** 31);
const MAX_INTEGER = 2 ** 31 - 1;
export const INTEGER_BYTES = 4;
export const DOUBLE_BYTES = 8;
/** High word of the one NaN, 0x7ff8000000000000. */
const NAN_HIGH = 0x7ff80000;

/** A snapshot that is not what this machine can take: another version, strategy or universe, or not whole. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** The path of the field that is walked, for messages. */
class Path {
  private readonly parts: string[] = [];

  walk(name: string, component: Stateful, walk: StateWalk): void {
    this.parts.push(name);
    component.walkState(walk);
    this.parts.pop();
  }

  of(name: string): string {
    return [...this.parts, name].join('.');
  }
}

/** Writes a walk as bytes, little-endian, packed. The buffer grows by doubling. */
export class SnapshotWriter implements StateWalk {
  readonly isReading = false;
  private readonly path = new Path();
  private view = new DataView(new ArrayBuffer(INITIAL_BYTES));
  private used = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.used;
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.used).slice();
  }

  part(name: string, component: Stateful): void {
    this.path.walk(name, component, this);
  }

  /** @throws RangeError when the value is no whole number of 32 bits: its field is described wrongly. */
  integer(name: string, value: number): number {
    if (!Number.isInteger(value) || value < MIN_INTEGER || value > MAX_INTEGER) {
      throw new RangeError(`state field ${this.path.of(name)} must be a whole number of 32 bits, was ${value}`);
    }
    this.reserve(INTEGER_BYTES);
    this.putInteger(value);
    return value;
  }

  count(name: string, value: number, max: number): number {
    if (value < 0 || value > max) {
      throw new RangeError(`state field ${this.path.of(name)} must be from 0 to ${max}, was ${value}`);
    }
    return this.integer(name, value);
  }

  number(_name: string, value: number): number {
    this.reserve(DOUBLE_BYTES);
    this.putDouble(value);
    return value;
  }

  flag(name: string, value: boolean): boolean {
    this.integer(name, value ? 1 : 0);
    return value;
  }

  code<Value>(name: string, value: Value, all: readonly Value[]): Value {
    this.count(name, all.indexOf(value), all.length - 1);
    return value;
  }

  integers(_name: string, array: IntegerArray, span: Span): void {
    this.reserve(span.count * INTEGER_BYTES);
    for (let i = 0; i < span.count; i++) this.putInteger(array[indexOf(span, i)]!);
  }

  doubles(_name: string, array: Float64Array, span: Span): void {
    this.reserve(span.count * DOUBLE_BYTES);
    for (let i = 0; i < span.count; i++) this.putDouble(array[indexOf(span, i)]!);
  }

  private putInteger(value: number): void {
    this.view.setInt32(this.used, value, true);
    this.used += INTEGER_BYTES;
  }

  private putDouble(value: number): void {
    if (Number.isNaN(value)) {
      this.view.setUint32(this.used, 0, true);
      this.view.setUint32(this.used + 4, NAN_HIGH, true);
    } else this.view.setFloat64(this.used, value, true);
    this.used += DOUBLE_BYTES;
  }

  private reserve(bytes: number): void {
    const needed = this.used + bytes;
    if (needed <= this.view.byteLength) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.view.byteLength));
    larger.set(new Uint8Array(this.view.buffer, 0, this.used));
    this.view = new DataView(larger.buffer);
  }
}

/** Reads a walk that {@link SnapshotWriter} wrote. Every method throws SnapshotError on a value that cannot be there. */
export class SnapshotReader implements StateWalk {
  readonly isReading = true;
  private readonly path = new Path();
  private readonly view: DataView;
  private used = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.view.byteLength - this.used;
  }

  part(name: string, component: Stateful): void {
    this.path.walk(name, component, this);
  }

  integer(name: string, _value?: number): number {
    this.need(name, INTEGER_BYTES);
    return this.takeInteger();
  }

  count(name: string, _value: number, max: number, bytesEach = 0): number {
    const count = this.integer(name);
    if (count < 0 || count > max) this.refuse(name, `must be from 0 to ${max}, was ${count}`);
    this.need(name, count * bytesEach);
    return count;
  }

  number(name: string, _value: number): number {
    this.need(name, DOUBLE_BYTES);
    return this.takeDouble();
  }

  flag(name: string, _value: boolean): boolean {
    return this.count(name, 0, 1) === 1;
  }

  code<Value>(name: string, _value: Value, all: readonly Value[]): Value {
    return all[this.count(name, 0, all.length - 1)]!;
  }

  integers(name: string, array: IntegerArray, span: Span): void {
    this.need(name, span.count * INTEGER_BYTES);
    for (let i = 0; i < span.count; i++) {
      const value = this.takeInteger();
      const at = indexOf(span, i);
      array[at] = value;
      if ((array[at]! | 0) !== value) this.refuse(name, `must fit its column, was ${value}`);
    }
  }

  doubles(name: string, array: Float64Array, span: Span): void {
    this.need(name, span.count * DOUBLE_BYTES);
    for (let i = 0; i < span.count; i++) array[indexOf(span, i)] = this.takeDouble();
  }

  private takeInteger(): number {
    const value = this.view.getInt32(this.used, true);
    this.used += INTEGER_BYTES;
    return value;
  }

  private takeDouble(): number {
    const value = this.view.getFloat64(this.used, true);
    this.used += DOUBLE_BYTES;
    return value;
  }

  private need(name: string, bytes: number): void {
    if (bytes > this.remaining) this.refuse(name, `needs ${bytes} bytes, ${this.remaining} are left`);
  }

  private refuse(name: string, rule: string): never {
    throw new SnapshotError(`snapshot is damaged: ${this.path.of(name)} ${rule}`);
  }
}

function indexOf({ base, first = 0, slots, stride = 1 }: Span, i: number): number {
  const slot = slots === undefined ? i : (first + i) % slots;
  return base + slot * stride;
}
