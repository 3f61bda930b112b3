import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type BookUpdate, createBookUpdate, type Print, type TopOfBook } from '../../src/exec/venue/market-data.ts';
import { BUY, SELL } from '../../src/model/order.ts';
import { MS_PER_DAY, NS_PER_MS } from '../../src/model/time.ts';

/** One thing that happened on the venue: a book or changes of it, its best levels, or a trade. */
export interface CapturedEvent {
  readonly update?: BookUpdate;
  readonly top?: TopOfBook;
  readonly print?: Print;
}

interface Message {
  readonly T: number;
  readonly U: number;
  readonly u: number;
  readonly pu: number;
  readonly b: [string, string][];
  readonly a: [string, string][];
  readonly p: string;
  readonly q: string;
  readonly m: boolean;
}

interface TopMessage {
  readonly T: number;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}

/**
 * Events of a recorded futures stream in the venue's order: by its transaction time and update id, a trade before the book in
 * which it is accounted for. Changes are joined to the snapshot as the venue says: the first one contains the snapshot's id, and each
 * starts where the one before ended.
 */
export function capturedEvents(path: string): CapturedEvent[] {
  const events: { ms: number; updateId: number; event: CapturedEvent }[] = [];
  const changes: Message[] = [];
  let snapshotId = Number.NaN;
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').split('\n')) {
    if (line === '') continue;
    const { stream, data, ...snapshot } = JSON.parse(line.slice(line.indexOf(' ') + 1));
    if (stream === undefined) {
      const { T, bids, asks, lastUpdateId } = snapshot;
      snapshotId = lastUpdateId;
      events.push({ ms: T, updateId: lastUpdateId, event: { update: bookUpdate(T, bids, asks, true) } });
    } else if (stream.includes('@depth')) changes.push(data);
    else if (stream.includes('@trade')) events.push({ ms: data.T, updateId: 0, event: { print: tradePrint(data) } });
    else events.push({ ms: data.T, updateId: data.u, event: { top: topOfBook(data) } });
  }
  for (const { T, u, b, a } of joinedTo(snapshotId, changes)) {
    events.push({ ms: T, updateId: u, event: { update: bookUpdate(T, b, a, false) } });
  }
  events.sort((a, b) => a.ms - b.ms || a.updateId - b.updateId);
  const first = events.findIndex(({ event }) => event.update?.isSnapshot === true);
  return events.slice(first).map(({ event }) => event);
}

/** Changes that go on from a snapshot; the first of them was received before it. */
function joinedTo(snapshotId: number, changes: readonly Message[]): Message[] {
  const joined = changes.filter((change) => change.u >= snapshotId);
  for (const [i, change] of joined.entries()) {
    const isJoined = i === 0 ? change.U <= snapshotId : change.pu === joined[i - 1]?.u;
    if (!isJoined) throw new Error(`gap before update ${change.u}`);
  }
  return joined;
}

function stampOf(ms: number): { assetIndex: number; tsEventDay: number; tsEventNsOfDay: number } {
  const day = Math.floor(ms / MS_PER_DAY);
  return { assetIndex: 0, tsEventDay: day, tsEventNsOfDay: (ms - day * MS_PER_DAY) * NS_PER_MS };
}

function tradePrint({ T, p, q, m }: Message): Print {
  return { ...stampOf(T), px: Number(p), qty: Number(q), aggressor: m ? SELL : BUY };
}

function topOfBook({ T, b, B, a, A }: TopMessage): TopOfBook {
  return { ...stampOf(T), bidPx: Number(b), bidQty: Number(B), askPx: Number(a), askQty: Number(A) };
}

function bookUpdate(ms: number, bids: [string, string][], asks: [string, string][], isSnapshot: boolean): BookUpdate {
  const update = Object.assign(createBookUpdate(Math.max(bids.length, asks.length)), stampOf(ms), { isSnapshot });
  for (const [side, levels] of [
    [update.bids, bids],
    [update.asks, asks],
  ] as const) {
    side.count = levels.length;
    for (const [i, [px, qty]] of levels.entries()) {
      side.px[i] = Number(px);
      side.qty[i] = Number(qty);
    }
  }
  return update;
}
