/** How decisions become fills (semantics §11): at the price of the bar, in the engine's own account, or by orders at a venue. */
export const FILL_MODES = ['analytic', 'routed'] as const;
export type FillMode = (typeof FILL_MODES)[number];

/** Models of the simulated venue: a price per bar, or books and trades. */
export const VENUE_MODELS = ['bars', 'book'] as const;
export type VenueModel = (typeof VENUE_MODELS)[number];
