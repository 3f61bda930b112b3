import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { RISK, TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { INTENT_CANCEL_ENTRY, INTENT_EXIT, INTENT_HASTEN_EXIT } from '../../../src/model/intent.ts';
import { ORDER_LIMIT_POST_ONLY } from '../../../src/model/order.ts';
import { isTradable, Scene, type World } from './world.ts';

/** What may still happen on a path besides what the venue and the machine owe each other. */
interface Budget {
  timers: number;
  copies: number;
  losses: number;
  crossings: number;
  /** A control intent of the engine: an entry canceled, or an exit hastened. */
  controls: number;
}

interface Node {
  machine: Uint8Array;
  world: string;
  budget: Budget;
}

/** Everything that can happen next, each as one change of the scene and of the budget. */
function* choices(world: World, budget: Budget, control: number): Generator<(scene: Scene, left: Budget) => void> {
  for (let i = 0; i < world.orders.length; i++) {
    const order = world.orders[i]!;
    if (order.status === 'underWay') {
      yield (scene) => scene.arrive(scene.order(i), false);
      if (budget.crossings > 0 && order.type === ORDER_LIMIT_POST_ONLY) {
        yield (scene, left) => {
          left.crossings--;
          scene.arrive(scene.order(i), true);
        };
      }
      if (budget.losses > 0) {
        yield (scene, left) => {
          left.losses--;
          scene.order(i).status = 'lost';
        };
      }
    }
    // A limit is filled in two trades, a market order in one.
    if (isTradable(order)) {
      const isFirst = order.type === ORDER_LIMIT_POST_ONLY && order.filledLots === 0;
      const lots = isFirst ? 4 : order.lots - order.filledLots;
      yield (scene) => scene.trade(scene.order(i), lots);
    }
  }
  for (let i = 0; i < world.requests.length; i++) yield (scene) => scene.answer(i);
  for (let i = 0; i < world.messages.length; i++) {
    yield (scene) => scene.deliver(i);
    if (budget.copies > 0) {
      yield (scene, left) => {
        left.copies--;
        scene.deliverCopy(i);
      };
    }
    if (budget.losses > 0) {
      yield (scene, left) => {
        left.losses--;
        scene.drop(i);
      };
    }
  }
  if (budget.timers > 0) {
    yield (scene, left) => {
      left.timers--;
      scene.advanceToTimer();
    };
  }
  if (budget.controls > 0) {
    yield (scene, left) => {
      left.controls--;
      scene.decide(control, RISK);
    };
  }
}

function save(scene: Scene, budget: Budget): Node {
  const writer = new SnapshotWriter();
  scene.machine.walkState(writer);
  return { machine: writer.bytes(), world: JSON.stringify(scene.world), budget };
}

function load(scene: Scene, node: Node): void {
  scene.machine.walkState(new SnapshotReader(node.machine));
  scene.world = JSON.parse(node.world) as World;
}

const keyOf = ({ machine, world, budget }: Node): string =>
  createHash('sha1').update(machine).update(world).update(JSON.stringify(budget)).digest('base64');

/** Visits every state that can be reached and calms each of them down. @returns states, and how many ended of themselves. */
function explore(begin: (scene: Scene) => void, budget: Budget, control: number): { states: number; ends: number } {
  const scene = new Scene();
  begin(scene);
  const open = [save(scene, budget)];
  const seen = new Set([keyOf(open[0]!)]);
  let ends = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const happen of choices(JSON.parse(node.world) as World, node.budget, control)) {
      load(scene, node);
      const left = { ...node.budget };
      happen(scene, left);
      const next = save(scene, left);
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
    load(scene, node);
    if (scene.isAtEnd) ends++;
    scene.calmDown();
  }
  return { states: seen.size, ends };
}

const CASES = [
  {
    name: 'an entry: ack, two fills, cancel ack, rejection, time-outs, a duplicate',
    begin: (scene: Scene) => scene.enter(),
    budget: { timers: 1, copies: 1, losses: 0, crossings: 1, controls: 0 },
    control: INTENT_CANCEL_ENTRY,
  },
  {
    name: 'an entry of which a message or the order itself is lost',
    begin: (scene: Scene) => scene.enter(),
    budget: { timers: 2, copies: 0, losses: 1, crossings: 0, controls: 0 },
    control: INTENT_CANCEL_ENTRY,
  },
  {
    name: 'an entry that the engine cancels',
    begin: (scene: Scene) => scene.enter(),
    budget: { timers: 1, copies: 0, losses: 0, crossings: 1, controls: 1 },
    control: INTENT_CANCEL_ENTRY,
  },
  {
    name: 'a take profit that a stronger reason hastens',
    begin: (scene: Scene) => scene.decide(INTENT_EXIT, TAKE_PROFIT),
    budget: { timers: 1, copies: 0, losses: 0, crossings: 1, controls: 1 },
    control: INTENT_HASTEN_EXIT,
  },
];

describe('all orders of events', () => {
  for (const { name, begin, budget, control } of CASES) {
    it(`${name}: never more than Q, and every state leads to an end`, { timeout: 300_000 }, () => {
      const { states, ends } = explore(begin, budget, control);
      console.log(`model check, ${name}: ${states} states, ${ends} of them ends`);
      expect(ends).toBeGreaterThan(10);
    });
  }
});
