/** Side of a position: the sign by which a price rise changes its value. */
export const SHORT = -1;
export const LONG = 1;
export type Direction = typeof SHORT | typeof LONG;

/** What a strategy may trade: one side, or both by the sign of the signal. */
export type DirectionRule = 'short' | 'long' | 'both';
