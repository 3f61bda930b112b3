import { Builder } from 'flatbuffers';
import { Machine } from './generated/dolphin/machine.ts';
import { Rules } from './generated/dolphin/rules.ts';
import { SegmentHeader as Table } from './generated/dolphin/segment-header.ts';
import { enumName, finishMessage, openMessage, requiredString } from './message.ts';

/** What a journal segment begins with; see schemas/journal.fbs. */
export interface SegmentHeader {
  readonly machine: keyof typeof Machine;
  readonly rules: keyof typeof Rules;
  readonly runId: string;
  /** Number of the segment in its run, from 0. */
  readonly segment: number;
  /** Sequence of the segment's first record. */
  readonly firstSequence: number;
  readonly startedDay: number;
  readonly startedNsOfDay: number;
  readonly configJson: string;
  readonly configHash: string;
  /** Symbols in the order of their asset index. */
  readonly universe: readonly string[];
  readonly nodeVersion: string;
  readonly v8Version: string;
  /** Digest of the segment before; empty in the first. */
  readonly previousDigest: Uint8Array;
}

const IDENTIFIER = 'DLJS';
const builder = new Builder(4096);

/** A header as bytes of its own. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const strings = (['runId', 'configJson', 'configHash', 'nodeVersion', 'v8Version'] as const).map((field) =>
    builder.createString(header[field]),
  );
  const [runId, configJson, configHash, nodeVersion, v8Version] = strings as [number, number, number, number, number];
  const symbols = header.universe.map((symbol) => builder.createString(symbol));
  const universe = Table.createUniverseVector(builder, symbols);
  const previousDigest = Table.createPreviousDigestVector(builder, header.previousDigest);
  const root = Table.createSegmentHeader(
    builder,
    Machine[header.machine],
    Rules[header.rules],
    runId,
    header.segment,
    header.firstSequence,
    header.startedDay,
    header.startedNsOfDay,
    configJson,
    configHash,
    universe,
    nodeVersion,
    v8Version,
    previousDigest,
  );
  return finishMessage(builder, root, IDENTIFIER);
}

/**
 * The header in `bytes`; nothing of it points into them.
 * @throws Error when they are no whole segment header of this version.
 */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader {
  const table = Table.getSizePrefixedRootAsSegmentHeader(openMessage(bytes, IDENTIFIER));
  return {
    machine: enumName(Machine, table.machine(), 'machine'),
    rules: enumName(Rules, table.rules(), 'rules'),
    runId: requiredString(table.runId(), 'run_id'),
    segment: table.segment(),
    firstSequence: table.firstSequence(),
    startedDay: table.startedDay(),
    startedNsOfDay: table.startedNsOfDay(),
    configJson: requiredString(table.configJson(), 'config_json'),
    configHash: requiredString(table.configHash(), 'config_hash'),
    universe: Array.from({ length: table.universeLength() }, (_, i) => requiredString(table.universe(i), 'universe')),
    nodeVersion: requiredString(table.nodeVersion(), 'node_version'),
    v8Version: requiredString(table.v8Version(), 'v8_version'),
    previousDigest: Uint8Array.from(table.previousDigestArray() ?? []),
  };
}
