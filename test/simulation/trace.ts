import type { ExecutionReport } from '../../src/model/execution-report.ts';
import {
  TAPE_ADVANCE,
  TAPE_CANCEL,
  TAPE_CHECK,
  TAPE_FIELDS,
  TAPE_INTENT,
  TAPE_IRREGULAR,
  TAPE_QUERY,
  TAPE_REPORT,
  TAPE_SUBMIT,
  TAPE_TOUCH,
  TAPE_VENUE_EVENT,
  type TapeKind,
} from '../../src/model/execution-tape.ts';
import type { FrameView } from '../../src/model/frame.ts';
import { isoFrom } from '../../src/model/time.ts';

const NAMES: Readonly<Record<number, string>> = {
  [TAPE_INTENT]: 'intent',
  [TAPE_ADVANCE]: 'advance',
  [TAPE_VENUE_EVENT]: 'venue',
  [TAPE_TOUCH]: 'touch',
  [TAPE_CHECK]: 'check',
  [TAPE_SUBMIT]: 'submit',
  [TAPE_CANCEL]: 'cancel',
  [TAPE_QUERY]: 'query',
  [TAPE_REPORT]: 'report',
  [TAPE_IRREGULAR]: 'irregular',
};

/** Names by code; index 0 is none. */
const REPORT_NAMES =
  'none ACCEPTED PARTIALLY_FILLED FILLED CANCELED EXPIRED REJECTED STEP_DONE DENIED INTENT_DONE FUNDING'.split(' ');
const VENUE_EVENT_NAMES =
  'none ACCEPTED FILL CANCELED EXPIRED REJECTED CANCEL_REJECTED SUBMIT_UNKNOWN CANCEL_UNKNOWN ORDER_STATUS ORDER_NOT_FOUND DISCONNECTED CONNECTED FUNDING'.split(
    ' ',
  );
const INTENT_NAMES = 'none ENTRY EXIT CANCEL_ENTRY HASTEN_EXIT'.split(' ');

/** The last things that happened, as lines of text: for the run that reproduces a violation. */
export class Trace {
  private readonly lines: string[] = [];
  private readonly most: number;

  /** @param most - lines that are kept. */
  constructor(most: number) {
    this.most = most;
  }

  /** Oldest first. */
  get last(): readonly string[] {
    return this.lines.slice(-this.most);
  }

  note(line: string): void {
    this.lines.push(line);
    if (this.lines.length > 4 * this.most) this.lines.splice(0, this.lines.length - this.most);
  }

  frame(frame: FrameView, assets: number): void {
    const { kind, flags, scanNumber, tsEventDay, tsEventNsOfDay } = frame;
    const prices = [...frame.payload.subarray(0, assets)].join(' ');
    const time = isoFrom(tsEventDay, tsEventNsOfDay);
    this.note(
      `frame ${frame.sequence} kind ${kind} flags ${flags} scan ${scanNumber} ${time} velDiv ${frame.signals[0]} prices ${prices}`,
    );
  }

  /** The engine takes a report. */
  taken(report: ExecutionReport): void {
    this.note(`  engine takes report ${REPORT_NAMES[report.kind]} of intent ${report.intentSequence}`);
  }

  tape(kind: TapeKind, values: Float64Array): void {
    const fields = TAPE_FIELDS[kind].map(
      (name, i) => `${name} ${name === 'kind' ? kindName(kind, values[i]) : values[i]}`,
    );
    this.note(`  ${NAMES[kind] ?? kind} ${fields.join(' ')}`);
  }
}

function kindName(kind: TapeKind, code: number | undefined): string {
  const names = kind === TAPE_REPORT ? REPORT_NAMES : kind === TAPE_INTENT ? INTENT_NAMES : VENUE_EVENT_NAMES;
  return names[code ?? 0] ?? String(code);
}
