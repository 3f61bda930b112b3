/** The synthetic day that `npm start` shows, and what `data make` makes when nothing else is asked for. */
export const DEFAULT_SYNTHETIC = { seed: 1, from: '2026-01-05', assets: 48, intervalMs: 5000 } as const;
