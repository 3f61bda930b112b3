/**
 * What the engine steps on (semantics §10): scans only; scans, with exits managed on the 0.1 s bars between them; or every
 * 0.1 s bar.
 */
export const RESOLUTIONS = ['5s', 'hybrid', '0.1s'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** How often the scanner runs: on every scan, or on every 0.1 s bar with its windows unscaled. */
export const SCANNER_RATES = ['5s', '10hz'] as const;
export type ScannerRate = (typeof SCANNER_RATES)[number];

/** Length of a BAR frame's bar. */
export const BAR_MS = 100;
