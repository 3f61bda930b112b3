import { createExecutionReport, type ExecutionReport } from '../../model/execution-report.ts';
import { REPORT_FIELDS } from '../../model/execution-tape.ts';
import type { RecordCodec } from './codec.ts';

/** A report on its way to the engine. */
export interface ReportRecord extends ExecutionReport {
  /** Number in its ring, from 0; the ring gives it. */
  sequence: number;
}

/** All fields as doubles: the sequence, then those of {@link REPORT_FIELDS}. */
export const REPORT_CODEC: RecordCodec<ReportRecord> = {
  blank: () => ({ sequence: 0, ...createExecutionReport() }),
  write(doubles, base, record, sequence) {
    doubles[base] = sequence;
    for (let i = 0; i < REPORT_FIELDS.length; i++) doubles[base + 1 + i] = record[REPORT_FIELDS[i]!];
  },
  read(doubles, base, record) {
    record.sequence = doubles[base]!;
    for (let i = 0; i < REPORT_FIELDS.length; i++) record[REPORT_FIELDS[i]!] = doubles[base + 1 + i]!;
  },
};
