import { createFrame, FRAME_BAR } from '../../../src/model/frame.ts';
import { NS_PER_DAY } from '../../../src/model/time.ts';
import { BarBuilder } from '../../../src/replay/bars/bar-builder.ts';
import type { BarConfig } from '../../../src/replay/bars/bar-config.ts';
import type { BarCounters } from '../../../src/replay/bars/bar-counters.ts';
import { createTradeEvent } from '../../../src/replay/bars/trade-event.ts';
import type { Bar, Tick } from './naive-bars.ts';

/** The run's first midnight. */
export const FIRST_DAY = 20_000;

/** A builder whose frames are kept; stamps in ns since the run's first midnight. */
export function keepingBuilder(config: BarConfig) {
  const bars: Bar[] = [];
  const scans: Bar[] = [];
  /** `bar 5` or `scan 5`, by stamp, in order of emission. */
  const order: string[] = [];
  const frame = createFrame(config.assets);
  const builder = new BarBuilder(config, {
    frame,
    publish({ trades, volumes }) {
      const isBar = frame.kind === FRAME_BAR;
      const stampNs = (frame.tsEventDay - FIRST_DAY) * NS_PER_DAY + frame.tsEventNsOfDay;
      order.push(`${isBar ? 'bar' : 'scan'} ${stampNs}`);
      const prices = [...frame.payload.subarray(0, config.assets)];
      (isBar ? bars : scans).push({ stampNs, prices, trades: [...trades], volumes: [...volumes] });
    },
  });
  const event = createTradeEvent();
  const add = ({ asset, ns, id, price, qty }: Tick) => {
    event.assetIndex = asset;
    event.tsEventDay = FIRST_DAY + Math.floor(ns / NS_PER_DAY);
    event.tsEventNsOfDay = ns - Math.floor(ns / NS_PER_DAY) * NS_PER_DAY;
    event.price = price;
    event.qty = qty;
    event.tradeId = id;
    builder.add(event);
  };
  return { builder, frame, bars, scans, order, add };
}

/** All frames of a list of arrivals, drained. */
export function builtBars(arrivals: readonly Tick[], config: BarConfig) {
  const { builder, bars, scans, order, add } = keepingBuilder(config);
  for (const tick of arrivals) add(tick);
  builder.drain();
  return { bars, scans, order, counters: builder.counters };
}

export function total(counters: BarCounters, name: 'accepted' | 'duplicates' | 'late' | 'invalid' | 'outOfOrder') {
  return counters[name].reduce((sum, count) => sum + count, 0);
}
