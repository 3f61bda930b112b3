import { SNAPSHOT_HEADER_BYTES } from '../../../src/engine/snapshot.ts';
import { SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import type { IntegerArray, Span, Stateful, StateWalk } from '../../../src/model/state-walk.ts';

/** One described field: where its bytes lie in a snapshot. */
export interface StateField {
  /** Components and name, e.g. `engine.desk.capital`. */
  readonly path: string;
  readonly kind: 'integer' | 'double';
  readonly offset: number;
  readonly bytes: number;
}

/** The fields of a machine as it stands, in the order of its snapshot. Fields without an element are left out. */
export function fieldsOf(machine: Stateful): StateField[] {
  const walk = new RecordingWalk();
  machine.walkState(walk);
  return walk.fields.filter((field) => field.bytes > 0);
}

class RecordingWalk implements StateWalk {
  readonly isReading = false;
  readonly fields: StateField[] = [];
  private readonly writer = new SnapshotWriter();
  private readonly parts: string[] = [];

  part(name: string, component: Stateful): void {
    this.parts.push(name);
    component.walkState(this);
    this.parts.pop();
  }

  integer(name: string, value: number): number {
    return this.record(name, 'integer', () => this.writer.integer(name, value));
  }

  count(name: string, value: number, max: number): number {
    return this.record(name, 'integer', () => this.writer.count(name, value, max));
  }

  number(name: string, value: number): number {
    return this.record(name, 'double', () => this.writer.number(name, value));
  }

  flag(name: string, value: boolean): boolean {
    return this.record(name, 'integer', () => this.writer.flag(name, value));
  }

  code<Value>(name: string, value: Value, all: readonly Value[]): Value {
    return this.record(name, 'integer', () => this.writer.code(name, value, all));
  }

  integers(name: string, array: IntegerArray, span: Span): void {
    this.record(name, 'integer', () => this.writer.integers(name, array, span));
  }

  doubles(name: string, array: Float64Array, span: Span): void {
    this.record(name, 'double', () => this.writer.doubles(name, array, span));
  }

  private record<Value>(name: string, kind: StateField['kind'], write: () => Value): Value {
    const before = this.writer.length;
    const value = write();
    const path = [...this.parts, name].join('.');
    this.fields.push({ path, kind, offset: SNAPSHOT_HEADER_BYTES + before, bytes: this.writer.length - before });
    return value;
  }
}
