import { AlphaEngine } from '../../src/engine/engine.ts';
import { deriveRunParams } from '../../src/engine/run-params.ts';
import { FRAME_SCAN, type FrameView, SIGNAL_VALUES } from '../../src/model/frame.ts';
import { DISCARD_INTENTS } from '../../src/model/intent.ts';
import { APEX } from '../../src/model/posture.ts';
import { createChampionConfig } from '../../src/model/strategy.ts';
import type { TradeDetail } from '../../src/model/trade.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';
import { FIRST_DAY } from '../support/day-parquet.ts';
import { syntheticUniverse } from '../support/synthetic-day.ts';

const BAR_INTERVAL_MS = 5000;

/** Signals and prices of one scan, in place in the day's shared buffer, as the ring's slots hand them out. */
interface RowViews {
  readonly signals: Float64Array;
  readonly payload: Float64Array;
}

/** The champion's engine over one decoded day, stepped by direct calls: what the ring's consumer does, without the ring. */
export class EngineRunner {
  readonly steps: number;
  private readonly day: DayBlock;
  private readonly rows: readonly RowViews[];
  private readonly frame: FrameView;

  /** Makes the views of every row once: a view per step would allocate. */
  constructor(day: DayBlock) {
    this.day = day;
    this.steps = day.rows;
    this.rows = Array.from({ length: day.rows }, (_, row) => ({
      signals: day.signals.subarray(row * SIGNAL_VALUES, (row + 1) * SIGNAL_VALUES),
      payload: day.prices.subarray(row * day.assets, (row + 1) * day.assets),
    }));
    this.frame = createScanFrame(this.rows[0]!);
  }

  /** A fresh engine that has begun the day. */
  createEngine(): AlphaEngine {
    const universe = syntheticUniverse(this.day.assets);
    const params = deriveRunParams(createChampionConfig(), universe, BAR_INTERVAL_MS);
    const engine = new AlphaEngine(params, DISCARD_INTENTS);
    engine.beginDay(FIRST_DAY, APEX, 1);
    return engine;
  }

  /** Steps every row of the day. Allocates nothing of its own. */
  stepAll(engine: AlphaEngine): void {
    for (let row = 0; row < this.steps; row++) this.step(engine, row);
  }

  /** Steps one row. */
  step(engine: AlphaEngine, row: number): void {
    const { frame, day } = this;
    const views = this.rows[row]!;
    frame.signals = views.signals;
    frame.payload = views.payload;
    frame.sequence = row;
    frame.tsEventNsOfDay = day.nsOfDay[row]!;
    frame.scanNumber = day.scanNumbers[row]!;
    engine.step(frame, true);
  }

  /** Ends the day; the trades in order. */
  finish(engine: AlphaEngine): readonly TradeDetail[] {
    engine.endDay();
    return engine.run().trades;
  }
}

function createScanFrame(views: RowViews): FrameView {
  return {
    kind: FRAME_SCAN,
    flags: 0,
    sequence: 0,
    assetIndex: -1,
    tsEventDay: FIRST_DAY,
    tsEventNsOfDay: 0.5, // a double from the start: the field never changes its representation
    tsRecvDay: FIRST_DAY,
    tsRecvNsOfDay: 0.5,
    tsTakeDay: FIRST_DAY,
    tsTakeNsOfDay: 0.5,
    receivedNs: 0.5,
    publishedNs: 0.5,
    scanNumber: 0.5,
    signals: views.signals,
    payload: views.payload,
    assetVelDivs: new Float64Array(0),
  };
}
