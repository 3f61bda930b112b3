import type { OrderTable } from '../../exec/order-table.ts';
import { type ExecutionReport, REPORT_FUNDING } from '../../model/execution-report.ts';
import { isTerminal, ORDER_SUBMITTED } from '../../model/order.ts';
import { isValidPrice } from '../../model/price.ts';
import type { Stateful, StateWalk } from '../../model/state-walk.ts';
import { PositionManager } from '../../portfolio/position-manager.ts';
import type { RiskAccount } from '../../risk/pre-trade-gate.ts';

/**
 * The account as execution knows it, for the pre-trade check: positions and money from the reports that execution itself
 * makes, working orders from its table, marks from the frames. The engine keeps its own; the two must agree at the end.
 */
export class RoutedAccount implements RiskAccount, Stateful {
  readonly positions: PositionManager;
  private readonly marks: Float64Array;
  private readonly orders: () => OrderTable;

  /**
   * @param initialCapital - USDT.
   * @param orders - the table of the execution machine that asks this account.
   */
  constructor(assets: number, initialCapital: number, orders: () => OrderTable) {
    this.positions = new PositionManager(assets, 'netting', initialCapital);
    this.marks = new Float64Array(assets).fill(Number.NaN);
    this.orders = orders;
  }

  /** Takes what a report says of fills and funding; everything else changes no account. */
  onReport(report: ExecutionReport): void {
    const { assetIndex, side, lastQty: qty, lastPx: price, fee } = report;
    if (report.kind === REPORT_FUNDING) this.positions.onFundingReceived(-fee);
    else if (qty > 0) this.positions.onFill({ assetIndex, side, leg: side, qty, price, fee });
  }

  /** Marks every asset that has a valid price, quote currency. @param prices - one per asset, may be longer; not kept. */
  onPrices(prices: Float64Array): void {
    for (let asset = 0; asset < this.marks.length; asset++) {
      const px = prices[asset]!;
      if (!isValidPrice(px)) continue;
      this.marks[asset] = px;
      this.positions.mark(asset, px);
    }
  }

  qty(asset: number): number {
    return this.positions.qty(asset);
  }

  reducingQty(asset: number): number {
    return this.sumOfWorking(true, asset, (leavesQty) => leavesQty);
  }

  grossNotional(): number {
    const valued = (leavesQty: number, px: number): number => leavesQty * px;
    return this.positions.grossNotional() + this.sumOfWorking(false, -1, valued);
  }

  equity(): number {
    return this.positions.equity();
  }

  walkState(walk: StateWalk): void {
    walk.part('positions', this.positions);
    walk.doubles('marks', this.marks, { base: 0, count: this.marks.length });
  }

  /** Sums over orders that were sent and are not at their end. @param asset - -1 for all of them. */
  private sumOfWorking(
    isReduceOnly: boolean,
    asset: number,
    worthOf: (leavesQty: number, px: number) => number,
  ): number {
    const table = this.orders();
    let sum = 0;
    for (let seq = table.firstSeq; seq < table.nextSeq; seq++) {
      const order = table.find(seq);
      if (order === null || order.state < ORDER_SUBMITTED || isTerminal(order.state)) continue;
      if (order.isReduceOnly !== isReduceOnly || (asset >= 0 && order.assetIndex !== asset)) continue;
      // A market order has no limit: it is valued at the mark.
      const px = Number.isNaN(order.limitPx) ? this.marks[order.assetIndex]! : order.limitPx;
      sum += worthOf(order.qty - order.filledQty, px);
    }
    return sum;
  }
}
