import { ASK_DEPTH_1, ASK_NOTIONAL_1, BID_DEPTH_1, BID_NOTIONAL_1, BOOK_VALUES } from '../model/frame.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { NS_PER_SECOND, nsBetween } from '../model/time.ts';
import { RollingOrder } from './kernels/rolling-order.ts';

const PLACEMENT_WINDOW = 120;
const PERSISTENCE_SNAPSHOTS = 10;
const WITHDRAWAL_SNAPSHOTS = 10;
const MACRO_ALPHA = 2 / (720 + 1);
const CASCADE_VELOCITY = -0.02;
const MAX_AGE_NS = 60 * NS_PER_SECOND;
/** A typical book fills as the champion's maker entry rate: logit(0.62). */
const FILL_LOGIT = Math.log(0.62 / 0.38);
const RING = 16; // > 10, power of two

/** Answers of {@link OrderBookFeatures.apply}. */
export const BOOK_TAKEN = 1;
export const BOOK_REFUSED = 0;

/**
 * Order-book intelligence, per snapshot: raw depth, placement, signal, macro and (per bar) cross-asset features of
 * semantics §7. All memory is allocated once; `apply` and `refreshMarket` allocate nothing.
 *
 * Feature arrays have one value per asset: that of its latest accepted snapshot today, NaN before the first.
 */
export class OrderBookFeatures implements Stateful {
  readonly assets: number;
  readonly raw: Float64Array;
  readonly spreadProxyBps: Float64Array;
  readonly depthQuality: Float64Array;
  readonly fillProbability: Float64Array;
  readonly depthAsymmetry: Float64Array;
  readonly imbalancePersistence: Float64Array;
  readonly withdrawalVelocity: Float64Array;
  readonly macroImbalance: Float64Array;
  readonly macroSpreadBps: Float64Array;

  /** Cross-asset features of the bar last given to {@link refreshMarket}. */
  marketSign = 0;
  agreementPct = 0;
  cascadeCount = 0;
  /** 1 stress, -1 calm, else 0. */
  regimeSignal = 0;

  private readonly excluded: Uint8Array;
  private readonly snapshotCounts: Int32Array;
  private readonly snapshotDays: Int32Array;
  private readonly snapshotNsOfDay: Float64Array;
  private readonly depthTotals: RollingOrder;
  private readonly spreads: RollingOrder;
  private readonly totals: Float64Array;
  private readonly asymmetrySigns: Int8Array;
  private readonly usableAsymmetries: Float64Array;
  /** Every feature with one value per asset, by name. */
  private readonly features: Readonly<Record<string, Float64Array>>;

  /** @param excluded - length assets, 1 = snapshots of this asset are ignored. */
  constructor(assets: number, excluded: Uint8Array) {
    this.assets = assets;
    this.excluded = excluded;
    this.raw = new Float64Array(assets * BOOK_VALUES);
    this.spreadProxyBps = new Float64Array(assets);
    this.depthQuality = new Float64Array(assets);
    this.fillProbability = new Float64Array(assets);
    this.depthAsymmetry = new Float64Array(assets);
    this.imbalancePersistence = new Float64Array(assets);
    this.withdrawalVelocity = new Float64Array(assets);
    this.macroImbalance = new Float64Array(assets);
    this.macroSpreadBps = new Float64Array(assets);
    this.snapshotCounts = new Int32Array(assets);
    this.snapshotDays = new Int32Array(assets);
    this.snapshotNsOfDay = new Float64Array(assets);
    this.depthTotals = new RollingOrder(assets, PLACEMENT_WINDOW);
    this.spreads = new RollingOrder(assets, PLACEMENT_WINDOW);
    this.totals = new Float64Array(assets * RING);
    this.asymmetrySigns = new Int8Array(assets * RING);
    this.usableAsymmetries = new Float64Array(assets);
    this.features = {
      spreadProxyBps: this.spreadProxyBps,
      depthQuality: this.depthQuality,
      fillProbability: this.fillProbability,
      depthAsymmetry: this.depthAsymmetry,
      imbalancePersistence: this.imbalancePersistence,
      withdrawalVelocity: this.withdrawalVelocity,
      macroImbalance: this.macroImbalance,
      macroSpreadBps: this.macroSpreadBps,
    };
    this.reset();
  }

  /** Forgets the day. */
  reset(): void {
    this.snapshotCounts.fill(0);
    this.depthTotals.reset();
    this.spreads.reset();
    this.raw.fill(Number.NaN);
    for (const feature of Object.values(this.features)) feature.fill(Number.NaN);
  }

  /**
   * Takes one snapshot of asset `a`.
   * @param values - at least BOOK_VALUES values in the order of BOOK_FIELDS.
   * @returns BOOK_REFUSED when depth or notional at 1 % is not a positive number or the spread proxy is not > 0: the
   * snapshot before stays. BOOK_TAKEN otherwise, for excluded assets too, whose snapshots are ignored.
   */
  apply(a: number, day: number, nsOfDay: number, values: Float64Array): number {
    if (this.excluded[a] === 1) return BOOK_TAKEN;
    const bidNotional = values[BID_NOTIONAL_1]!;
    const askNotional = values[ASK_NOTIONAL_1]!;
    const bidDepth = values[BID_DEPTH_1]!;
    const askDepth = values[ASK_DEPTH_1]!;
    if (!(isPositive(bidNotional) && isPositive(askNotional) && isPositive(bidDepth) && isPositive(askDepth))) {
      return BOOK_REFUSED;
    }
    const askVwap = askNotional / askDepth;
    const bidVwap = bidNotional / bidDepth;
    const mid = (askVwap + bidVwap) / 2;
    const spreadBps = ((askVwap - bidVwap) / mid) * 1e4;
    if (!(spreadBps > 0)) return BOOK_REFUSED;

    for (let i = 0; i < BOOK_VALUES; i++) this.raw[a * BOOK_VALUES + i] = values[i]!;
    this.snapshotDays[a] = day;
    this.snapshotNsOfDay[a] = nsOfDay;
    const total = bidNotional + askNotional;
    this.updatePlacement(a, total, spreadBps);
    this.updateSignal(a, total, (bidNotional - askNotional) / total);
    this.updateMacro(a, spreadBps);
    this.snapshotCounts[a] = this.snapshotCounts[a]! + 1;
    return BOOK_TAKEN;
  }

  /** True when asset `a` has a snapshot that is not newer than this time and at most 60 s old. */
  isUsable(a: number, day: number, nsOfDay: number): boolean {
    if (this.snapshotCounts[a] === 0) return false;
    const ageNs = nsBetween(this.snapshotDays[a]!, this.snapshotNsOfDay[a]!, day, nsOfDay);
    return ageNs >= 0 && ageNs <= MAX_AGE_NS;
  }

  /** Recomputes the cross-asset features for a bar, over the assets with a usable snapshot. O(assets log assets). */
  refreshMarket(day: number, nsOfDay: number): void {
    const usable = this.usableAsymmetries;
    let count = 0;
    let cascade = 0;
    for (let a = 0; a < this.assets; a++) {
      if (!this.isUsable(a, day, nsOfDay)) continue;
      insertSorted(usable, count++, this.depthAsymmetry[a]!);
      if (this.withdrawalVelocity[a]! <= CASCADE_VELOCITY) cascade++;
    }
    this.cascadeCount = cascade;
    this.marketSign = 0;
    this.agreementPct = 0;
    this.regimeSignal = 0;
    if (count === 0) return;
    const middle = count >> 1;
    const median = count & 1 ? usable[middle]! : (usable[middle - 1]! + usable[middle]!) / 2;
    this.marketSign = Math.sign(median);
    let agreeing = 0;
    for (let i = 0; i < count; i++) if (Math.sign(usable[i]!) === this.marketSign) agreeing++;
    this.agreementPct = agreeing / count;
    if (cascade >= Math.max(3, Math.ceil(0.1 * count))) this.regimeSignal = 1;
    else if (cascade === 0 && this.agreementPct < 0.6) this.regimeSignal = -1;
  }

  /** Asymmetry of asset `a` against its own long-run mean. */
  relativeAsymmetry(a: number): number {
    return this.depthAsymmetry[a]! - this.macroImbalance[a]!;
  }

  /** The cross-asset features are left out: {@link refreshMarket} makes them anew before they are asked. */
  walkState(walk: StateWalk): void {
    if (walk.isReading) this.reset();
    for (let a = 0; a < this.assets; a++) if (this.excluded[a] !== 1) this.walkAsset(walk, a);
  }

  private walkAsset(walk: StateWalk, a: number): void {
    const n = walk.count(`snapshotCounts[${a}]`, this.snapshotCounts[a]!, MAX_COUNT);
    this.snapshotCounts[a] = n;
    if (n === 0) return;
    this.snapshotDays[a] = walk.integer(`snapshotDays[${a}]`, this.snapshotDays[a]!);
    this.snapshotNsOfDay[a] = walk.number(`snapshotNsOfDay[${a}]`, this.snapshotNsOfDay[a]!);
    walk.doubles(`raw[${a}]`, this.raw, { base: a * BOOK_VALUES, count: BOOK_VALUES });
    for (const [name, feature] of Object.entries(this.features)) {
      feature[a] = walk.number(`${name}[${a}]`, feature[a]!);
    }
    this.depthTotals.walkSeries(walk, `depthTotals[${a}]`, a);
    this.spreads.walkSeries(walk, `spreads[${a}]`, a);
    // Of the rings only what the next snapshot looks back on.
    const totals = Math.min(n, WITHDRAWAL_SNAPSHOTS);
    const signs = Math.min(n, PERSISTENCE_SNAPSHOTS - 1);
    const ring = { base: a * RING, slots: RING };
    walk.doubles(`totals[${a}]`, this.totals, { ...ring, first: (n - totals) % RING, count: totals });
    walk.integers(`asymmetrySigns[${a}]`, this.asymmetrySigns, { ...ring, first: (n - signs) % RING, count: signs });
  }

  private updatePlacement(a: number, total: number, spreadBps: number): void {
    this.depthTotals.push(a, total);
    this.spreads.push(a, spreadBps);
    const quality = total / this.depthTotals.median(a);
    this.depthQuality[a] = quality;
    this.spreadProxyBps[a] = spreadBps;
    const logit = FILL_LOGIT + Math.log(quality) - 0.5 * Math.log(spreadBps / this.spreads.median(a));
    this.fillProbability[a] = 1 / (1 + Math.exp(-logit));
  }

  private updateSignal(a: number, total: number, asymmetry: number): void {
    const n = this.snapshotCounts[a]!; // snapshots before this one
    const base = a * RING;
    const sign = Math.sign(asymmetry);
    this.depthAsymmetry[a] = asymmetry;
    this.asymmetrySigns[base + (n & (RING - 1))] = sign;
    this.totals[base + (n & (RING - 1))] = total;
    this.imbalancePersistence[a] = n + 1 < PERSISTENCE_SNAPSHOTS || sign === 0 ? 0 : this.persistence(base, n, sign);
    this.withdrawalVelocity[a] =
      n < WITHDRAWAL_SNAPSHOTS
        ? 0
        : (total / this.totals[base + ((n - WITHDRAWAL_SNAPSHOTS) & (RING - 1))]! - 1) / WITHDRAWAL_SNAPSHOTS;
  }

  private persistence(base: number, newest: number, sign: number): number {
    let same = 0;
    for (let i = 0; i < PERSISTENCE_SNAPSHOTS; i++) {
      if (this.asymmetrySigns[base + ((newest - i) & (RING - 1))] === sign) same++;
    }
    return same / PERSISTENCE_SNAPSHOTS;
  }

  private updateMacro(a: number, spreadBps: number): void {
    const asymmetry = this.depthAsymmetry[a]!;
    if (this.snapshotCounts[a] === 0) {
      this.macroImbalance[a] = asymmetry;
      this.macroSpreadBps[a] = spreadBps;
      return;
    }
    this.macroImbalance[a] = this.macroImbalance[a]! + MACRO_ALPHA * (asymmetry - this.macroImbalance[a]!);
    this.macroSpreadBps[a] = this.macroSpreadBps[a]! + MACRO_ALPHA * (spreadBps - this.macroSpreadBps[a]!);
  }
}

function isPositive(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}

/** Inserts `value` into `sorted[0, count)`, ascending, in place. */
function insertSorted(sorted: Float64Array, count: number, value: number): void {
  let i = count;
  while (i > 0 && sorted[i - 1]! > value) {
    sorted[i] = sorted[i - 1]!;
    i--;
  }
  sorted[i] = value;
}
