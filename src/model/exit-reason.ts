/** Why a position was closed; the codes are part of the decision hash (semantics §5). */
export const TAKE_PROFIT = 1;
export const STOP = 2;
export const MAX_HOLD = 3;
export const DAY_END = 4;
export const EXIT_HIBERNATE = 5;
export const RISK = 6;
export const UNFILLED_END = 7;

const NAMES = ['', 'TAKE_PROFIT', 'STOP', 'MAX_HOLD', 'DAY_END', 'HIBERNATE', 'RISK', 'UNFILLED_END'] as const;
export type ExitReasonName = Exclude<(typeof NAMES)[number], ''>;
export const EXIT_REASON_NAMES = NAMES.slice(1) as ExitReasonName[];

/** Name of an exit reason code. */
export function exitReasonName(code: number): ExitReasonName {
  return NAMES[code] as ExitReasonName;
}

/** Code of an exit reason's name, or -1 for a name that is none. */
export function exitReasonCode(name: string): number {
  const code = (NAMES as readonly string[]).indexOf(name);
  return code > 0 ? code : -1;
}
