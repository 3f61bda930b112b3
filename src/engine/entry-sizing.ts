import {
  type LeverageParams,
  leverageCeiling,
  regimeSizeMultiplier,
  signalLeverage,
} from '../alpha/layers/leverage.ts';
import { signedStrength, strengthBucket } from '../alpha/layers/signal-gate.ts';
import { SHORT } from '../model/direction.ts';
import { applyCutToPositionSize } from '../risk/adaptive-circuit-breaker.ts';
import type { RegimeOfDay } from './day-regime.ts';
import { type DayTally, GATE_SIZING } from './day-tally.ts';
import type { EntryTicket } from './desk.ts';
import type { EntryDecision } from './entry-decision.ts';
import type { MarketHistory } from './market-history.ts';
import { deriveLeverageParams, type RunParams } from './run-params.ts';

/** Layer 6 and gate 8: how large a chosen entry is (semantics §3 step 5, §4.6). Allocates once. */
export class EntrySizing {
  private readonly params: RunParams;
  private readonly leverageParams: LeverageParams;
  private readonly regime: RegimeOfDay;
  private readonly market: MarketHistory;
  private readonly tally: DayTally;
  private readonly ticket: EntryTicket = {
    direction: 0,
    assetIndex: -1,
    notional: Number.NaN,
    leverage: Number.NaN,
    makerRate: Number.NaN,
    bucket: 0,
  };

  constructor(params: RunParams, regime: RegimeOfDay, market: MarketHistory, tally: DayTally) {
    this.params = params;
    this.leverageParams = deriveLeverageParams(params);
    this.regime = regime;
    this.market = market;
    this.tally = tally;
  }

  /**
   * The ticket of a chosen entry; null when it is too small.
   * @param entry - has just decided. @param capital - realised, USDT.
   */
  size(entry: EntryDecision, capital: number): EntryTicket | null {
    const { params, regime, ticket, tally } = this;
    const { config } = params;
    const strength = signedStrength(entry.chosenDirection, entry.chosenVelDiv);
    ticket.direction = entry.chosenDirection;
    ticket.assetIndex = entry.chosenAsset;
    ticket.leverage = this.leverage(entry.chosenDirection, entry.chosenVelDiv, strength);
    ticket.notional = applyCutToPositionSize(capital * config.fraction * ticket.leverage, regime.cut);
    ticket.bucket = strengthBucket(strength);
    if (!tally.gate(GATE_SIZING, capital > 0 && ticket.notional >= config.min_notional)) return null;
    if (!entry.chosenHasBook) tally.obMissing++;
    ticket.makerRate = entry.chosenHasBook
      ? this.market.book.fillProbability[entry.chosenAsset]!
      : config.sp_maker_entry_rate;
    return ticket;
  }

  private leverage(direction: number, velDiv: number, strength: number): number {
    const { regime, market } = this;
    const { config } = this.params;
    const boost = direction === SHORT ? regime.boostShort : regime.boostLong;
    const multiplier = regimeSizeMultiplier(config.vel_div_threshold, velDiv, boost, regime.beta, regime.mc.scale);
    const ceiling = leverageCeiling(config.abs_max_leverage, regime.posture, regime.rm);
    const wanted = signalLeverage(this.leverageParams, strength) * multiplier * market.proxyBoost.factor;
    const floored = Math.max(wanted, config.min_leverage);
    if (floored > ceiling) this.tally.leverageCapped++;
    return Math.min(floored, ceiling);
  }
}
