import {
  FLAG_ASSET_VEL_DIV,
  FLAG_LAST_OF_DAY,
  FRAME_BAR,
  FRAME_SCAN,
  type FrameView,
  SIGNAL_VEL_DIV,
} from '../../src/model/frame.ts';
import { NS_PER_DAY, NS_PER_MS } from '../../src/model/time.ts';
import type { Draw } from './draw.ts';
import { FIRST_DAY, type MarketPlan, SCANS_PER_DAY, type Scenario } from './scenario.ts';

const BAR_NS = 100 * NS_PER_MS;
/** Bars that follow a scan when any do. */
const BARS = 3;
/** Scans that an asset is silent for. */
const OUTAGE_SCANS = 30;
/** Where a day begins or resumes: at once, some time after midnight, or so late that midnight comes soon. */
const DAY_STARTS_S = [0, 3, 40_000, 86_400 - 60, 86_400 - 600] as const;

/**
 * A market as a source would feed it, frame by frame, drawn as it goes: prices that walk, signals, and all that may be
 * wrong with scans. Allocates nothing per frame.
 */
export class RandomMarket {
  /** Last price of each asset, quote currency; what the venue's books are made around. */
  readonly prices: Float64Array;
  /** False for a last frame that was there before, or that is older than one that was. */
  isFresh = true;
  private readonly plan: MarketPlan;
  private readonly draw: Draw;
  /** Whole numbers: a price is a quotient of two of them, and so the nearest double. */
  private readonly ticksPerUnit: readonly number[];
  private readonly intervalNs: number;
  private readonly outages: Int32Array;
  private day = FIRST_DAY;
  private nsOfDay: number;
  private nextDay = FIRST_DAY;
  private nextNsOfDay: number;
  private scansLeft: number;
  private scanNumber = 0;
  private repeatsDue = 0;
  private oldFramesDue = 0;
  private barsDue = 0;

  constructor(scenario: Scenario) {
    const { market, marketDraw, instruments, startPx, scans, barIntervalMs } = scenario;
    this.plan = market;
    this.draw = marketDraw;
    this.prices = Float64Array.from(startPx);
    this.ticksPerUnit = instruments.map(({ tickPx }) => Math.round(1 / tickPx));
    this.outages = new Int32Array(startPx.length);
    this.scansLeft = scans;
    this.intervalNs = barIntervalMs * NS_PER_MS;
    this.nsOfDay = 0;
    this.nextNsOfDay = scans >= SCANS_PER_DAY ? 0 : marketDraw.pick(DAY_STARTS_S) * 1e9;
  }

  /** Fills the next frame; false when there is none. The frame must be the one of the call before: a repeat is that again. */
  next(frame: FrameView): boolean {
    this.isFresh = this.repeatsDue === 0 && this.oldFramesDue === 0;
    if (this.repeatsDue > 0) this.repeatsDue--;
    else if (this.oldFramesDue > 0) this.fillOld(frame);
    else if (this.barsDue > 0) this.fillBar(frame);
    else if (this.scansLeft > 0) this.fillScan(frame);
    else return false;
    this.flagLastOfDay(frame);
    return true;
  }

  private fillScan(frame: FrameView): void {
    const { draw, plan } = this;
    this.scansLeft--;
    this.day = this.nextDay;
    this.nsOfDay = this.nextNsOfDay;
    this.scanNumber++;
    this.drawNextTime();
    this.walkPrices();
    frame.kind = FRAME_SCAN;
    frame.flags = 0;
    frame.scanNumber = this.scanNumber;
    this.stamp(frame, this.day, this.nsOfDay);
    this.quote(frame);
    this.signal(frame);
    this.repeatsDue = draw.chance(plan.repeatRate) ? draw.whole(1, 2) : 0;
    this.oldFramesDue = draw.chance(plan.oldFrameRate) ? 1 : 0;
    this.barsDue = draw.chance(plan.barsRate) ? BARS : 0;
  }

  /** A scan that was there before, or one of yesterday, comes late. */
  private fillOld(frame: FrameView): void {
    this.oldFramesDue--;
    frame.kind = FRAME_SCAN;
    frame.scanNumber = this.scanNumber - this.draw.whole(1, 3);
    const isYesterdays = this.draw.chance(0.3);
    this.stamp(frame, this.day - (isYesterdays ? 1 : 0), Math.max(0, this.nsOfDay - this.intervalNs));
  }

  private fillBar(frame: FrameView): void {
    this.barsDue--;
    this.walkPrices();
    frame.kind = FRAME_BAR;
    frame.flags = 0;
    frame.scanNumber = Number.NaN;
    const nsOfDay = this.nsOfDay + (BARS - this.barsDue) * BAR_NS;
    this.stamp(frame, this.day, Math.min(nsOfDay, NS_PER_DAY - 1));
    this.quote(frame);
    frame.signals.fill(Number.NaN);
  }

  /** A source knows its last frame of a day; one that is fed live does not. */
  private flagLastOfDay(frame: FrameView): void {
    frame.flags &= ~FLAG_LAST_OF_DAY;
    const isLast = this.repeatsDue === 0 && this.oldFramesDue === 0 && this.barsDue === 0;
    const isDayOver = (this.nextDay !== this.day || this.scansLeft === 0) && frame.tsEventDay === this.day;
    if (isLast && isDayOver && this.draw.chance(this.plan.lastOfDayRate)) frame.flags |= FLAG_LAST_OF_DAY;
  }

  private drawNextTime(): void {
    const { draw, plan } = this;
    if (draw.chance(plan.nextDayRate)) {
      this.nextDay = this.day + 1;
      this.nextNsOfDay = draw.pick(DAY_STARTS_S) * 1e9;
      return;
    }
    const steps = draw.chance(plan.gapRate) ? draw.whole(2, 60) : 1;
    this.nextNsOfDay = this.nsOfDay + steps * this.intervalNs;
    if (this.nextNsOfDay < NS_PER_DAY) return;
    this.nextNsOfDay -= NS_PER_DAY;
    this.nextDay = this.day + 1;
  }

  private walkPrices(): void {
    const { prices, draw, plan } = this;
    const common = draw.normal();
    for (let asset = 0; asset < prices.length; asset++) {
      const step = plan.volatilityFrac * (0.6 * common + 0.8 * draw.normal());
      const px = Math.max((prices[asset] as number) * (1 + step), 100 / (this.ticksPerUnit[asset] as number));
      prices[asset] = px;
    }
  }

  private quote(frame: FrameView): void {
    const { prices, outages, draw, plan } = this;
    for (let asset = 0; asset < prices.length; asset++) {
      if ((outages[asset] as number) > 0) outages[asset] = (outages[asset] as number) - 1;
      else if (draw.chance(plan.outageRate)) outages[asset] = draw.whole(1, OUTAGE_SCANS);
      const isMissing = (outages[asset] as number) > 0 || draw.chance(plan.missingPriceRate);
      frame.payload[asset] = isMissing ? draw.pick(NO_PRICES) : this.shown(asset);
    }
  }

  private shown(asset: number): number {
    const px = this.prices[asset] as number;
    const perUnit = this.ticksPerUnit[asset] as number;
    return this.plan.isOnTicks ? Math.round(px * perUnit) / perUnit : px;
  }

  private signal(frame: FrameView): void {
    const { draw, plan } = this;
    frame.signals.fill(0);
    frame.signals[SIGNAL_VEL_DIV] = draw.chance(plan.missingSignalRate) ? Number.NaN : this.drawVelDiv();
    if (!draw.chance(plan.assetSignalRate)) return;
    frame.flags |= FLAG_ASSET_VEL_DIV;
    for (let asset = 0; asset < this.prices.length; asset++) frame.assetVelDivs[asset] = this.drawVelDiv();
  }

  private drawVelDiv(): number {
    const { draw } = this;
    return draw.chance(this.plan.signalRate) ? draw.pick([-1, 1]) * draw.between(0.02, 0.09) : 0.001;
  }

  private stamp(frame: FrameView, day: number, nsOfDay: number): void {
    frame.tsEventDay = frame.tsRecvDay = frame.tsTakeDay = day;
    frame.tsEventNsOfDay = frame.tsRecvNsOfDay = frame.tsTakeNsOfDay = nsOfDay;
  }
}

const NO_PRICES = [Number.NaN, Number.NaN, 0, -1, Number.POSITIVE_INFINITY] as const;
