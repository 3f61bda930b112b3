/** One event as the tests write it: ns since the run's first midnight. */
export interface Tick {
  readonly asset: number;
  readonly ns: number;
  readonly id: number;
  readonly price: number;
  readonly qty: number;
}

/** One emitted frame. */
export interface Bar {
  readonly stampNs: number;
  readonly prices: readonly number[];
  readonly trades: readonly number[];
  readonly volumes: readonly number[];
}

export interface NaiveConfig {
  readonly assets: number;
  readonly intervalNs: number;
  readonly toleranceNs: number;
  readonly edge: 'closed' | 'open';
}

/**
 * Bars by their definition, every one anew from all that had come when it became complete. `arrivals` in order of
 * arrival, ids of an asset never used for two trades. No state, no ring, one filter per question.
 */
export function naiveBars(arrivals: readonly Tick[], config: NaiveConfig): Bar[] {
  const { assets, intervalNs, toleranceNs, edge } = config;
  const isUpTo = (ns: number, stampNs: number) => (edge === 'closed' ? ns <= stampNs : ns < stampNs);
  const stampOf = (ns: number) =>
    edge === 'closed' ? Math.ceil(ns / intervalNs) * intervalNs : (Math.floor(ns / intervalNs) + 1) * intervalNs;
  const isFirst = (tick: Tick, index: number) =>
    arrivals.findIndex((other) => other.asset === tick.asset && other.id === tick.id) === index;
  const fresh = arrivals.map((tick, index) => ({ tick, index })).filter(({ tick, index }) => isFirst(tick, index));
  if (fresh.length === 0) return [];

  const newestNs = Math.max(...arrivals.map(({ ns }) => ns));
  const completeAt = (stampNs: number) => arrivals.findIndex(({ ns }) => !isUpTo(ns - toleranceNs, stampNs)) >>> 0; // never: at the end
  const oldestAllowed = stampOf((arrivals[0] as Tick).ns - toleranceNs);
  const beforeFirst = fresh.filter(({ tick, index }) => {
    const stampNs = stampOf(tick.ns);
    return stampNs >= oldestAllowed && index < completeAt(stampNs);
  });
  const bars: Bar[] = [];
  const firstStamp = Math.min(...beforeFirst.map(({ tick }) => stampOf(tick.ns)));
  for (let stampNs = firstStamp; stampNs < stampOf(newestNs); stampNs += intervalNs) {
    const known = fresh.filter(({ tick, index }) => index < completeAt(stampNs) && isUpTo(tick.ns, stampNs));
    const inside = known.filter(({ tick }) => stampOf(tick.ns) === stampNs);
    const perAsset = Array.from({ length: assets }, (_, asset) => asset);
    bars.push({
      stampNs,
      prices: perAsset.map((asset) => newest(known.filter(({ tick }) => tick.asset === asset)).price),
      trades: perAsset.map((asset) => inside.filter(({ tick }) => tick.asset === asset).length),
      volumes: perAsset.map((asset) =>
        inside.filter(({ tick }) => tick.asset === asset).reduce((sum, { tick }) => sum + tick.qty, 0),
      ),
    });
  }
  return bars;
}

function newest(ticks: readonly { readonly tick: Tick }[]): { readonly price: number } {
  const sorted = ticks.map(({ tick }) => tick).sort((a, b) => a.ns - b.ns || a.id - b.id);
  return sorted.at(-1) ?? { price: Number.NaN };
}

/** Scans made of bars: price of the last bar, sums of all; only whole ones show. */
export function naiveScans(bars: readonly Bar[], scanNs: number): Bar[] {
  return bars
    .filter(({ stampNs }) => stampNs % scanNs === 0)
    .map(({ stampNs, prices }) => {
      const parts = bars.filter((bar) => bar.stampNs > stampNs - scanNs && bar.stampNs <= stampNs);
      const sum = (pick: (bar: Bar) => readonly number[]) =>
        prices.map((_, asset) => parts.reduce((total, part) => total + (pick(part)[asset] as number), 0));
      return { stampNs, prices, trades: sum(({ trades }) => trades), volumes: sum(({ volumes }) => volumes) };
    });
}
