import { beforeEach, describe, expect, test } from 'vitest';
import { DolphinActor } from '../../src/engine/actor.ts';
import type { AcbUpdate, LiveCells } from '../../src/engine/live-cells.ts';
import { PostureTable } from '../../src/engine/posture-source.ts';
import type { DayResult } from '../../src/model/day-result.ts';
import { ACB_BOOST, ACB_UPDATE_SEQ, CellWriter } from '../../src/shm/cell.ts';
import { DEFAULT_SLOTS } from '../../src/shm/layout.ts';
import { createRegion, type Region } from '../../src/shm/region.ts';
import { RegionCells } from '../../src/workers/region-cells.ts';
import { Desk, endFrame } from '../unit/engine/desk.ts';

const PRICES = [100, 50, 20];

let region: Region;
let writer: CellWriter;
let desk: Desk;
beforeEach(() => {
  region = createRegion({ assets: 3, hasAssetSignals: false, ...DEFAULT_SLOTS });
  writer = new CellWriter(region, 'acb');
  desk = new Desk();
});

/** What the thread of the writer does, at a moment that the test chooses. */
function push(boost: number): void {
  writer.values[ACB_UPDATE_SEQ] = (writer.values[ACB_UPDATE_SEQ] as number) + 1;
  writer.values[ACB_BOOST] = boost;
  writer.publish();
}

/** Three scans through the actor and the cells of a region, then the end of the day. */
function runThreeScans(cells: LiveCells, beforeScan: (scan: number) => void = () => undefined): DayResult {
  const days: DayResult[] = [];
  const onDayEnd = (day: DayResult) => days.push(day);
  const ports = { posture: new PostureTable([]), cells, onDayEnd, onInterrupted: () => undefined };
  const actor = new DolphinActor(desk.engine, ports, 'replay');
  for (const scan of [0, 1, 2]) {
    beforeScan(scan);
    const frame = desk.scan(PRICES);
    actor.onFrame(frame);
  }
  actor.onFrame(endFrame());
  return days[0] as DayResult;
}

/** Cells into which a value falls between the actor's look at their versions and its take. */
class PushedWhileTaking implements LiveCells {
  private readonly cells = new RegionCells(region);
  private takes = 0;
  acbVersion = () => this.cells.acbVersion();
  postureVersion = () => this.cells.postureVersion();
  mcVersion = () => this.cells.mcVersion();

  takePosture = () => false;

  takeAcb(update: AcbUpdate): boolean {
    if (this.takes++ === 1) push(1.5);
    return this.cells.takeAcb(update);
  }
}

describe('the state of a step is stale', () => {
  test('when a value lands after the step took its own; the step after takes that one', () => {
    const step = desk.engine.step.bind(desk.engine);
    let steps = 0;
    desk.engine.step = (frame, canEnter) => {
      if (steps++ === 1) push(1.5);
      step(frame, canEnter);
    };
    const day = runThreeScans(new RegionCells(region));
    expect(day).toMatchObject({ boost: 1.5, staleState: true, counters: { staleStateEvents: 1 } });
  });

  test('not when it was published before the step', () => {
    const pushBeforeSecond = (scan: number) => (scan === 1 ? push(1.5) : undefined);
    const day = runThreeScans(new RegionCells(region), pushBeforeSecond);
    expect(day).toMatchObject({ boost: 1.5, staleState: false, counters: { staleStateEvents: 0 } });
  });

  test('not when it comes at the last moment in which the step still takes it', () => {
    const day = runThreeScans(new PushedWhileTaking());
    expect(day).toMatchObject({ boost: 1.5, staleState: false, counters: { staleStateEvents: 0 } });
  });
});
