import { type ExecutionReport, REPORT_FILLED, REPORT_PARTIALLY_FILLED } from '../../src/model/execution-report.ts';

/** Defects that can be planted between execution and engine, to see that a simulation finds them. */
export const PLANTED_DEFECTS = ['lost-fill', 'doubled-fill', 'half-fee'] as const;
export type PlantedDefect = (typeof PLANTED_DEFECTS)[number];

/** The fill that is tampered with, counted from 1. */
const FILL = 3;

/** Hands reports on as they are, but for one fill. */
export class TamperedReports {
  private readonly defect: PlantedDefect | null;
  private fills = 0;

  constructor(defect: PlantedDefect | null) {
    this.defect = defect;
  }

  /** @param take - told what comes of the report: nothing, it once, or it twice. */
  pass(report: ExecutionReport, take: (report: ExecutionReport) => void): void {
    const isFill = report.kind === REPORT_FILLED || report.kind === REPORT_PARTIALLY_FILLED;
    if (!isFill || ++this.fills !== FILL || this.defect === null) take(report);
    else if (this.defect === 'doubled-fill') {
      take(report);
      take(report);
    } else if (this.defect === 'half-fee') take({ ...report, fee: report.fee / 2 });
  }
}
