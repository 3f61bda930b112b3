/** How often something goes wrong, and how long it takes then. */
export interface Fault {
  /** In [0, 1]; 0 = never. */
  readonly probability: number;
  /** Mean of the exponentially distributed time that it takes, ms. */
  readonly meanMs: number;
}

/** What may go wrong between us and the venue, beyond latency. All draws are seeded; every switch has its own stream. */
export interface FaultPlan {
  /** Per order: the acceptance is told late. Fills and ends may overtake it. */
  readonly ackDelay: Fault;
  /** Per order: the acceptance is told after the first fill, or at the latest after the time that is drawn. */
  readonly fillBeforeAck: Fault;
  /** Per cancel: it arrives late; per fill: it is told late. So fills cross the cancel, and its answer overtakes fills. */
  readonly cancelRace: Fault;
  /**
   * Per order and per cancel: the answer is lost, SUBMIT_UNKNOWN or CANCEL_UNKNOWN is told after `unknownAfterMs`. A third
   * each: the request never arrives; it arrives and the answer is lost; it arrives so much later than the time-out, and is
   * answered then.
   */
  readonly lostResponse: Fault;
  /** Our time-out of an answer, ms. */
  readonly unknownAfterMs: number;
  /** A query finds an order only this long after it was accepted, ms (REST lags the matching engine). */
  readonly queryLagMs: number;
  /** Per event: it is told twice, the second time late by the time that is drawn. */
  readonly duplicateReport: Fault;
  /** The order stream is cut, on average this often (ms, 0 = never) and this long. Orders live on, their events are lost. */
  readonly disconnect: { readonly meanIntervalMs: number; readonly meanDurationMs: number };
}

const NEVER: Fault = { probability: 0, meanMs: 0 };

/** Nothing goes wrong. */
export const NO_FAULTS: FaultPlan = {
  ackDelay: NEVER,
  fillBeforeAck: NEVER,
  cancelRace: NEVER,
  lostResponse: NEVER,
  unknownAfterMs: 1000,
  queryLagMs: 0,
  duplicateReport: NEVER,
  disconnect: { meanIntervalMs: 0, meanDurationMs: 0 },
};

/** Everything goes wrong now and then: for simulations and soaks. */
export const ALL_FAULTS: FaultPlan = {
  ackDelay: { probability: 0.1, meanMs: 500 },
  fillBeforeAck: { probability: 0.1, meanMs: 2000 },
  cancelRace: { probability: 0.2, meanMs: 1000 },
  lostResponse: { probability: 0.05, meanMs: 500 },
  unknownAfterMs: 1000,
  queryLagMs: 100,
  duplicateReport: { probability: 0.1, meanMs: 500 },
  disconnect: { meanIntervalMs: 600_000, meanDurationMs: 10_000 },
};
