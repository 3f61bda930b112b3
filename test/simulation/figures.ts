import type { EngineRun } from '../../src/model/trade.ts';
import type { IntentLedger } from './intent-ledger.ts';
import type { VenueWatch } from './venue-watch.ts';

/** What happened in one simulation or in many: counts by name. */
export type Figures = Readonly<Record<string, number>>;

interface Simulated {
  readonly frames: number;
  readonly scans: number;
  readonly run: EngineRun;
  readonly ledger: IntentLedger;
  readonly watch: VenueWatch;
}

/** Counts of one simulation. */
export function figuresOf({ frames, scans, run, ledger, watch }: Simulated): Figures {
  const figures: Record<string, number> = {
    runs: 1,
    days: run.days.length,
    scans,
    frames,
    entries: ledger.entries,
    exits: ledger.exits,
    canceledEntries: ledger.cancels,
    hastenedExits: ledger.hastens,
    denials: ledger.denials,
    orders: watch.orders,
    limits: watch.limits,
    cancels: watch.cancels,
    queries: watch.queries,
    fills: ledger.fills,
    makerFills: ledger.makerFills,
    partialFills: ledger.partialFills,
    lateFills: ledger.lateFills,
    trades: run.trades.length,
    entriesUnfilled: run.routed?.entriesUnfilled ?? 0,
    fundingPayments: ledger.fundingPayments,
  };
  for (const [name, count] of Object.entries(watch.faults)) figures[`fault.${name}`] = count;
  for (const [name, count] of Object.entries(watch.irregularities)) figures[`irregular.${name}`] = count;
  for (const { reason } of run.trades) figures[`exit.${reason}`] = (figures[`exit.${reason}`] ?? 0) + 1;
  return figures;
}

/** Adds counts to a sum. */
export function addInto(sum: Record<string, number>, figures: Figures): void {
  for (const [name, count] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + count;
}

/** The counts as lines of text. */
export function figureLines(figures: Figures): string[] {
  const plain = Object.entries(figures).filter(([name]) => !name.includes('.'));
  const groups = ['fault', 'irregular', 'exit'].map((group) => {
    const own = Object.entries(figures).filter(([name]) => name.startsWith(`${group}.`));
    return `  ${group}: ${own.map(([name, count]) => `${name.slice(group.length + 1)} ${thousands(count)}`).join(', ')}`;
  });
  return [`  ${plain.map(([name, count]) => `${name} ${thousands(count)}`).join(', ')}`, ...groups];
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
