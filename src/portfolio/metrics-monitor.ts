import { METRIC_NAMES } from '../model/metric-alert.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { SampleRing } from './metrics-monitor-samples.ts';
import {
  isBeyond,
  METRIC_MAKER_SHARE,
  METRIC_PROFIT_FACTOR,
  METRIC_ROI,
  METRIC_SLIPPAGE_BPS,
  METRIC_WIN_RATE,
  METRICS,
  type ThresholdConfig,
} from './metrics-monitor-thresholds.ts';

/** An alarm begins or ends: one reusable record, copied by whoever keeps it. */
export interface MetricAlert {
  /** From 0, over the whole run. */
  sequence: number;
  /** A METRIC_ code. */
  metric: number;
  /** True when the alarm begins, false when it ends. */
  isRaised: boolean;
  value: number;
  /** The limit that the value went beyond, or came back to. */
  limit: number;
  /** Trades or fills that the value is taken over. */
  samples: number;
}

/** Where alerts go. The record is reused: copy it before returning. */
export interface AlertSink {
  emit(alert: MetricAlert): void;
}

/**
 * Watches how trading goes against limits and says when it goes wrong and when it is right again. Between the limit of
 * an alarm and the one that ends it nothing is said, so a figure that wavers around a limit gives one alert.
 *
 * Figures are taken anew over their window after each trade and fill, in no hot path: rolling sums would drift.
 */
export class MetricsMonitor implements Stateful {
  /** Latest figures by METRIC_ code; NaN while there is none. */
  readonly values = new Float64Array(METRICS).fill(Number.NaN);
  alertCount = 0;

  private readonly config: ThresholdConfig;
  private readonly sink: AlertSink;
  private readonly trades: SampleRing;
  private readonly fills: SampleRing;
  private readonly isAlarmed = new Uint8Array(METRICS);
  private readonly alert: MetricAlert = { sequence: 0, metric: 0, isRaised: false, value: 0, limit: 0, samples: 0 };
  private initialCapital: number;
  private tradesSeen = 0;

  /**
   * @param config - as {@link createThresholdConfig} made it.
   * @param initialCapital - USDT, what the return is measured against.
   */
  constructor(config: ThresholdConfig, initialCapital: number, sink: AlertSink) {
    this.config = config;
    this.initialCapital = initialCapital;
    this.sink = sink;
    this.trades = new SampleRing(1, config.window);
    this.fills = new SampleRing(3, config.window);
  }

  /** True while the alarm of a metric stands. */
  isAlarmOn(metric: number): boolean {
    return this.isAlarmed[metric] === 1;
  }

  /**
   * Told after each close that is an outcome (UNFILLED_END is none).
   * @param pnl - net of fees and funding, USDT; zero is neither win nor loss.
   * @param capital - realised, after it, USDT.
   * @throws RangeError when one of them is not finite.
   */
  onTradeClosed(pnl: number, capital: number): void {
    if (!Number.isFinite(pnl) || !Number.isFinite(capital)) {
      throw new RangeError(`pnl and capital must be finite, were ${pnl} and ${capital}`);
    }
    this.trades.push(pnl);
    if (this.tradesSeen < MAX_COUNT) this.tradesSeen++;
    this.measureTrades();
    this.values[METRIC_ROI] = (capital - this.initialCapital) / this.initialCapital;
    this.judge(METRIC_WIN_RATE, this.trades.count);
    this.judge(METRIC_PROFIT_FACTOR, this.trades.count);
    this.judge(METRIC_ROI, this.tradesSeen);
  }

  /**
   * Told of what was filled: an order, or one end of a trade.
   * @param slippageBps - against the decision price; a worse price is positive.
   * @param notional - USDT, its weight.
   * @param makerNotional - what of it was made, USDT.
   * @throws RangeError when a number is not finite, the notional not positive, or more was made than filled.
   */
  onFilled(slippageBps: number, notional: number, makerNotional: number): void {
    if (!Number.isFinite(slippageBps) || !Number.isFinite(notional) || notional <= 0) {
      throw new RangeError(`slippageBps must be finite and notional positive, were ${slippageBps} and ${notional}`);
    }
    if (!(makerNotional >= 0 && makerNotional <= notional)) {
      throw new RangeError(`makerNotional must be from 0 to notional (${notional}), was ${makerNotional}`);
    }
    this.fills.push(slippageBps, notional, makerNotional);
    this.measureFills();
    this.judge(METRIC_SLIPPAGE_BPS, this.fills.count);
    this.judge(METRIC_MAKER_SHARE, this.fills.count);
  }

  walkState(walk: StateWalk): void {
    this.initialCapital = walk.number('initialCapital', this.initialCapital);
    this.tradesSeen = walk.count('tradesSeen', this.tradesSeen, MAX_COUNT);
    this.alertCount = walk.count('alertCount', this.alertCount, MAX_COUNT);
    walk.doubles('values', this.values, { base: 0, count: METRICS });
    walk.integers('isAlarmed', this.isAlarmed, { base: 0, count: METRICS });
    walk.part('trades', this.trades);
    walk.part('fills', this.fills);
  }

  private measureTrades(): void {
    const { count, columns } = this.trades;
    const pnls = columns[0]!;
    let won = 0;
    let gains = 0;
    let losses = 0;
    for (let i = 0; i < count; i++) {
      const pnl = pnls[i]!;
      if (pnl > 0) {
        won++;
        gains += pnl;
      } else losses -= pnl;
    }
    this.values[METRIC_WIN_RATE] = won / count;
    // Gains without a loss are beyond every limit on the good side; neither is no figure.
    this.values[METRIC_PROFIT_FACTOR] = gains / losses;
  }

  private measureFills(): void {
    const { count, columns } = this.fills;
    const [slippages, notionals, makerNotionals] = columns as readonly [Float64Array, Float64Array, Float64Array];
    let slippage = 0;
    let notional = 0;
    let maker = 0;
    for (let i = 0; i < count; i++) {
      slippage += slippages[i]! * notionals[i]!;
      notional += notionals[i]!;
      maker += makerNotionals[i]!;
    }
    this.values[METRIC_SLIPPAGE_BPS] = slippage / notional;
    this.values[METRIC_MAKER_SHARE] = maker / notional;
  }

  private judge(metric: number, samples: number): void {
    const threshold = this.config[METRIC_NAMES[metric]!];
    const value = this.values[metric]!;
    if (threshold === null || samples < this.config.minSamples || Number.isNaN(value)) return;
    const wasAlarmed = this.isAlarmOn(metric);
    const limit = wasAlarmed ? threshold.clearAt : threshold.alarmAt;
    const isAlarmed = isBeyond(metric, value, limit);
    if (isAlarmed === wasAlarmed) return;
    this.isAlarmed[metric] = isAlarmed ? 1 : 0;
    this.emit(metric, isAlarmed, value, limit, samples);
  }

  private emit(metric: number, isRaised: boolean, value: number, limit: number, samples: number): void {
    const { alert } = this;
    alert.sequence = this.alertCount++;
    alert.metric = metric;
    alert.isRaised = isRaised;
    alert.value = value;
    alert.limit = limit;
    alert.samples = samples;
    this.sink.emit(alert);
  }
}
