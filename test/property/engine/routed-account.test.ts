import fc from 'fast-check';
import { expect, test } from 'vitest';
import { restoreSnapshot, writeSnapshot } from '../../../src/engine/snapshot.ts';
import { COMMAND_FLATTEN, COMMAND_RESUME } from '../../../src/model/command.ts';
import {
  INTENT_CANCEL_ENTRY,
  INTENT_ENTRY,
  INTENT_EXIT,
  INTENT_HASTEN_EXIT,
  type Intent,
} from '../../../src/model/intent.ts';
import { snapshotIdentity } from '../../../src/workers/state-hash.ts';
import { DAY } from '../../unit/engine/desk.ts';
import { ETH, RoutedRun } from '../../unit/engine/routed-run.ts';

/** One step of the lockstep: what execution does before the frame, and the frame. */
interface Step {
  readonly acts: readonly Act[];
  /** Factor of the price; null: no valid price. */
  readonly move: number | null;
  readonly velDiv: number;
  readonly isDayOver: boolean;
  readonly isFlagged: boolean;
  readonly isBookFirst: boolean;
  /** The operator orders a close, and lets entries go on. */
  readonly isFlattened: boolean;
}

interface Act {
  readonly kind: 'fill' | 'done' | 'late' | 'funding';
  /** Of what an intent has left. */
  readonly share: number;
  /** Factor of the decision price. */
  readonly slip: number;
  readonly fee: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('fill', 'fill', 'done', 'done', 'late', 'funding'),
  share: fc.constantFrom(0.25, 0.5, 1, 1),
  slip: fc.double({ min: 0.99, max: 1.01, noNaN: true }),
  fee: fc.double({ min: -1, max: 3, noNaN: true }),
});
const oneIn = (n: number) => fc.nat(n - 1).map((value) => value === 0);
const step: fc.Arbitrary<Step> = fc.record({
  acts: fc.array(act, { maxLength: 4 }),
  move: fc.oneof({ weight: 9, arbitrary: fc.double({ min: 0.97, max: 1.03, noNaN: true }) }, fc.constant(null)),
  velDiv: fc.constantFrom(-0.04, 0.04),
  isDayOver: oneIn(15),
  isFlagged: oneIn(2),
  isBookFirst: oneIn(2),
  isFlattened: oneIn(10),
});
const settings = fc.record({
  direction: fc.constant('both' as const),
  max_hold_bars: fc.integer({ min: 1, max: 6 }),
  daily_loss_limit_pct: fc.constantFrom(0.001, 0.01, 0.1),
  close_at_day_end: fc.boolean(),
});

type Settings = typeof settings extends fc.Arbitrary<infer Value> ? Value : never;

/** An execution that does as it is told by a script, and keeps books of its own. */
class ScriptedExecution {
  readonly run: RoutedRun;
  /** Base units held, signed, and cash of the fills, fees and funding. */
  net = 0;
  cash = 0;
  private day = DAY;
  private second = 25;
  private price = 49;
  private heard = 0;
  private number = 5;
  private readonly live: { readonly intent: Intent; left: number }[] = [];
  /** Of the life of the present position. */
  private ended: { readonly intent: Intent; left: number }[] = [];

  constructor(run: RoutedRun) {
    this.run = run;
    run.decideShort();
    this.hear();
  }

  get markPrice(): number {
    return this.price;
  }

  take({ acts, move, velDiv, isDayOver, isFlagged, isBookFirst, isFlattened }: Step): void {
    if (isDayOver && !isFlagged) this.turnDay();
    if (isDayOver && isBookFirst) this.run.book(this.day, this.second);
    this.hear();
    this.second += 5;
    for (const one of acts) this.act(one);
    if (isFlattened) for (const kind of [COMMAND_FLATTEN, COMMAND_RESUME]) this.run.command(kind);
    if (move !== null) this.price *= move;
    const fields = { day: this.day, second: this.second, number: ++this.number, velDiv };
    const price = move === null ? Number.NaN : this.price;
    if (isDayOver && isFlagged) {
      this.run.lastOfDay(price, fields);
      this.turnDay();
    } else this.run.eth(price, fields);
    this.hear();
    this.expectPosition();
  }

  /** Everything that works is canceled, then the data ends. */
  end(): void {
    while (this.live.length > 0) this.done();
    this.run.end();
  }

  private turnDay(): void {
    this.day++;
    this.second = 0;
    this.number = 0;
  }

  private act({ kind, share, slip, fee }: Act): void {
    if (kind === 'fill' && this.live.length > 0) this.fill(this.live.at(-1)!, share, slip, fee);
    else if (kind === 'done' && this.live.length > 0) this.done();
    else if (kind === 'late' && this.ended.length > 0 && this.run.position.isOpen)
      this.fill(this.ended[0]!, share, slip, fee);
    else if (kind === 'funding' && this.net !== 0) {
      this.run.funding(ETH, fee);
      this.cash -= fee;
    }
  }

  private fill(work: { readonly intent: Intent; left: number }, share: number, slip: number, fee: number): void {
    const { intent } = work;
    const isEntry = intent.kind === INTENT_ENTRY;
    // The venue bounds an exit by the position.
    const qty = isEntry ? share * work.left : Math.min(share * work.left, Math.abs(this.net));
    if (qty === 0) return;
    const signedQty = (isEntry ? 1 : -1) * intent.direction * qty;
    const price = intent.price * slip;
    work.left -= qty;
    this.net += signedQty;
    if (Math.abs(this.net) < 1e-9 * intent.qty) this.net = 0;
    this.cash -= signedQty * price + fee;
    this.run.fill(intent.sequence, price, qty, this.second - 1, { day: this.day, fee });
    if (!this.run.position.isOpen) this.ended = [];
    this.hear();
  }

  private done(): void {
    const work = this.live.pop()!;
    if (work.left > 0) this.ended.push(work);
    this.run.done(work.intent.sequence, this.second, this.day);
    if (!this.run.position.isOpen) this.ended = [];
    this.hear();
  }

  /** Takes the intents that were decided since, and judges them. */
  private hear(): void {
    const { intents } = this.run;
    for (; this.heard < intents.length; this.heard++) {
      const intent = intents[this.heard]!;
      const working = this.live.at(-1)?.intent;
      expect(intent.sequence).toBe(this.heard);
      expect(intent.price).toBeGreaterThan(0);
      if (intent.kind === INTENT_ENTRY) expect([this.live.length, this.net, this.ended.length]).toEqual([0, 0, 0]);
      else if (intent.kind === INTENT_EXIT)
        expect([this.live.length, near(intent.qty, Math.abs(this.net))]).toEqual([0, true]);
      else if (intent.kind === INTENT_CANCEL_ENTRY) expect(working?.kind).toBe(INTENT_ENTRY);
      else expect([intent.kind, working?.kind]).toEqual([INTENT_HASTEN_EXIT, INTENT_EXIT]);
      if (intent.kind === INTENT_ENTRY || intent.kind === INTENT_EXIT) this.live.push({ intent, left: intent.qty });
    }
  }

  private expectPosition(): void {
    const { position } = this.run;
    expect(near(position.qty * (position.isOpen ? position.direction : 0), this.net), 'position = sum of fills').toBe(
      true,
    );
    if (!position.isOpen) expect(this.live).toEqual([]);
  }
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-7 * Math.max(1, Math.abs(a), Math.abs(b));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const scripts = fc.array(step, { minLength: 1, maxLength: 90, size: 'max' });

function played(config: Settings, steps: readonly Step[]) {
  const run = new RoutedRun(strategyOf(config));
  const execution = new ScriptedExecution(run);
  for (const one of steps) execution.take(one);
  execution.end();
  return { run, execution };
}

const strategyOf = (config: Settings) => ({ ...config, carry_positions: !config.close_at_day_end });

test('whatever comes in whatever order: one entry at a time, positions are their fills, and no money is lost', () => {
  const met = { trades: 0, late: 0, unfilledEnds: 0, cancels: 0, hastens: 0, unfilled: 0 };
  fc.assert(
    fc.property(settings, scripts, (config, steps) => {
      const { run, execution } = played(config, steps);
      const { trades, days, capital, routed } = run.engine.run();
      expect(near(capital, 25_000 + sum(trades.map(({ pnl }) => pnl)))).toBe(true);
      expect(near(capital, 25_000 + execution.cash + execution.net * execution.markPrice), 'cash').toBe(true);
      expect(days.at(-1)!.capital).toBe(capital);
      let before = 25_000;
      for (const day of days) {
        const own = trades.filter(({ date }) => date === day.date);
        expect(day.trades).toBe(own.length);
        expect(near(day.pnl, sum(own.map(({ pnl }) => pnl)))).toBe(true);
        expect(near(day.capital, before + day.pnl)).toBe(true);
        before = day.capital;
      }
      expect(routed!.strayFills).toBe(0);
      met.trades += trades.length;
      met.late += trades.filter(({ date, exitTs }) => !exitTs.startsWith(date)).length;
      met.unfilledEnds += trades.filter(({ reason }) => reason === 'UNFILLED_END').length;
      met.cancels += run.intents.filter(({ kind }) => kind === INTENT_CANCEL_ENTRY).length;
      met.hastens += run.intents.filter(({ kind }) => kind === INTENT_HASTEN_EXIT).length;
      met.unfilled += routed!.entriesUnfilled;
    }),
    { numRuns: 500 },
  );
  console.log(`routed account: ${JSON.stringify(met)}`);
  for (const [what, times] of Object.entries(met)) expect(times, what).toBeGreaterThan(0);
});

test('a machine that goes on from a snapshot, taken between any two inputs, ends as the whole one', () => {
  let held = 0;
  fc.assert(
    fc.property(settings, scripts, fc.nat(), (config, steps, seed) => {
      const { run: whole } = played(config, steps);
      const cut = seed % whole.inputs.length;
      const [first, second] = [new RoutedRun(strategyOf(config)), new RoutedRun(strategyOf(config))];
      const identity = snapshotIdentity(whole.engine.params, 'replay');
      for (const input of whole.inputs.slice(0, cut)) input(first.actor);
      held += first.position.qty > 0 ? 1 : 0;
      restoreSnapshot(second.actor, identity, writeSnapshot(first.actor, identity));
      for (const input of whole.inputs.slice(cut)) input(second.actor);
      expect(second.engine.run()).toEqual(whole.engine.run());
      expect(writeSnapshot(second.actor, identity)).toEqual(writeSnapshot(whole.actor, identity));
    }),
    { numRuns: 150 },
  );
  expect(held).toBeGreaterThan(20);
});
