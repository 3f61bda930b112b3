import { createFrame, FLAG_ASSET_VEL_DIV, FLAG_BAR_SIGNALS, type FrameView, SIGNAL_VALUES } from '../model/frame.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { nsBetween } from '../model/time.ts';

/** A signal older than this many scan intervals is held no longer: the scans have stopped. */
const LAPSE_INTERVALS = 2.5;
/** The flags of a scan that are part of its signal. */
const SIGNAL_FLAGS = FLAG_ASSET_VEL_DIV;

/**
 * The signal of the last scan, held for the 0.1 s bars until the next (`resolution: 0.1s`, semantics §10). It serves one
 * trade: the close of a position spends it, so that no position is opened again on a signal that one was closed under. A
 * bar with signals of its own (`scanner_rate: 10hz`) needs none held. Allocates once.
 */
export class HeldSignal implements Stateful {
  /** The bar as the engine steps it: its prices and its time, with the signal that holds on it. */
  private readonly frame: FrameView;
  private readonly assets: number;
  private readonly lapseNs: number;
  private signalDay = 0;
  private signalNsOfDay = Number.NaN;
  private isHeld = false;
  private isUnseen = false;

  /** @param scanIntervalNs - from one scan to the next. */
  constructor(assets: number, scanIntervalNs: number) {
    this.assets = assets;
    this.lapseNs = LAPSE_INTERVALS * scanIntervalNs;
    this.frame = createFrame(assets);
    this.reset();
  }

  /** No scan of the day has come. */
  reset(): void {
    this.frame.flags = 0;
    this.frame.signals.fill(Number.NaN);
    this.frame.assetVelDivs.fill(Number.NaN);
    this.signalDay = 0;
    this.signalNsOfDay = Number.NaN;
    this.isHeld = false;
    this.isUnseen = false;
  }

  /**
   * Takes the signal of a scan.
   * @param isUsable - false for one that no position may be opened on: its values are kept, for they are counted.
   */
  hold(scan: FrameView, isUsable: boolean): void {
    this.copySignal(scan);
    this.signalDay = scan.tsEventDay;
    this.signalNsOfDay = scan.tsEventNsOfDay;
    this.isHeld = isUsable;
    this.isUnseen = true;
  }

  /** No position is opened on the signal held; the next scan brings another. */
  spend(): void {
    this.isHeld = false;
  }

  /** The bar with the signal that holds on it: a view that is valid until the next call. */
  under(bar: FrameView): FrameView {
    const { frame } = this;
    if ((bar.flags & FLAG_BAR_SIGNALS) !== 0) this.hold(bar, true);
    frame.kind = bar.kind;
    frame.sequence = bar.sequence;
    frame.tsEventDay = bar.tsEventDay;
    frame.tsEventNsOfDay = bar.tsEventNsOfDay;
    frame.scanNumber = bar.scanNumber;
    frame.payload = bar.payload;
    return frame;
  }

  /** True when a position may be opened on this bar's signal: held, and no older than 2.5 scan intervals. */
  holdsOn(bar: FrameView): boolean {
    if (!this.isHeld) return false;
    return nsBetween(this.signalDay, this.signalNsOfDay, bar.tsEventDay, bar.tsEventNsOfDay) <= this.lapseNs;
  }

  /** True on the first bar of each signal: what is counted once per signal is counted there. */
  takeUnseen(): boolean {
    const { isUnseen } = this;
    this.isUnseen = false;
    return isUnseen;
  }

  walkState(walk: StateWalk): void {
    const { frame } = this;
    if (walk.isReading) this.reset();
    this.signalNsOfDay = walk.number('signalNsOfDay', this.signalNsOfDay);
    if (Number.isNaN(this.signalNsOfDay)) return;
    this.signalDay = walk.integer('signalDay', this.signalDay);
    this.isHeld = walk.flag('isHeld', this.isHeld);
    this.isUnseen = walk.flag('isUnseen', this.isUnseen);
    walk.doubles('signals', frame.signals, { base: 0, count: SIGNAL_VALUES });
    const hasAssetSignals = walk.flag('hasAssetSignals', (frame.flags & FLAG_ASSET_VEL_DIV) !== 0);
    frame.flags = hasAssetSignals ? FLAG_ASSET_VEL_DIV : 0;
    if (hasAssetSignals) walk.doubles('assetVelDivs', frame.assetVelDivs, { base: 0, count: this.assets });
  }

  private copySignal(from: FrameView): void {
    const { frame } = this;
    frame.flags = from.flags & SIGNAL_FLAGS;
    for (let i = 0; i < SIGNAL_VALUES; i++) frame.signals[i] = from.signals[i]!;
    if ((frame.flags & FLAG_ASSET_VEL_DIV) === 0) return;
    for (let a = 0; a < this.assets; a++) frame.assetVelDivs[a] = from.assetVelDivs[a]!;
  }
}
