/** Orders of the operator, each to be obeyed once and in order (design §6). The codes stand in journals and messages. */
export const COMMAND_HALT = 1;
export const COMMAND_RESUME = 2;
export const COMMAND_FLATTEN = 3;
export const COMMAND_RESET = 4;
/** Obeyed by main, as SIGINT is; no machine gets it. */
export const COMMAND_STOP = 5;
