/** Where `dolphin signal run` gets its signals from. */
export const SIGNAL_SOURCES = ['redis', 'memory'] as const;
export type SignalSource = (typeof SIGNAL_SOURCES)[number];
