import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ScanRefusal } from '../../../src/adapters/json-scans/scan-json.ts';
import { FilePositionStore, NO_POSITIONS } from '../../../src/adapters/redis/position-store.ts';
import { type BridgeOptions, parkedStream, SignalBridge } from '../../../src/adapters/redis/signal-bridge.ts';
import { entryIdOf, SignalIds, signalIdText } from '../../../src/adapters/redis/signal-id.ts';
import { encodeSignal, type SignalMessage } from '../../../src/adapters/redis/signal-message.ts';
import { RedisSignalPublisher, SignalConflict } from '../../../src/adapters/redis/signal-publisher.ts';
import { dayFromDate, MS_PER_DAY } from '../../../src/model/time.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { connect } from '../../support/signal-run.ts';

const DAY = dayFromDate('2026-01-05');

function scanMessage(ids: SignalIds, number: number): SignalMessage {
  const nsOfDay = number * 5e9;
  const scan = {
    day: DAY,
    nsOfDay,
    scanNumber: number,
    signals: new Float64Array(7).fill(-0.01),
    prices: new Map([['BTCUSDT', 60_000 + number]]),
    assetVelDivs: null,
    isLastOfDay: false,
  };
  return { kind: 'scan', id: ids.next(DAY, nsOfDay), scan, signals: [], factors: null };
}

function scans(count: number): SignalMessage[] {
  const ids = new SignalIds();
  const messages = Array.from({ length: count }, (_, i) => scanMessage(ids, i + 1));
  const nsOfDay = count * 5e9;
  return [...messages, { kind: 'end', id: ids.next(DAY, nsOfDay), day: DAY, nsOfDay }];
}

const isHere = hasRedis();

describe.skipIf(!isHere)('SignalBridge and RedisSignalPublisher on a real server', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dolphin-bridge-'));
  let server: RedisServer;
  let redis: ReturnType<typeof connect>;
  const opened: ReturnType<typeof connect>[] = [];
  let streams = 0;
  let stream = '';
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = connect(server.url);
  });
  afterEach(() => {
    for (const connection of opened.splice(0)) connection.disconnect();
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  const newStream = () => {
    stream = `test:${++streams}`;
    return stream;
  };
  const publisher = () => new RedisSignalPublisher(redis, { stream });
  const publish = async (messages: readonly SignalMessage[]) => {
    const to = publisher();
    for (const message of messages) await to.publish(message);
    await to.flush();
    return to.counts;
  };
  const bridge = (take: (message: SignalMessage, isStale: boolean) => void, changes: Partial<BridgeOptions> = {}) => {
    const connections = { reader: connect(server.url), commands: connect(server.url) };
    opened.push(connections.reader, connections.commands);
    const options: BridgeOptions = {
      stream,
      positions: NO_POSITIONS,
      from: 'start',
      freshnessLimitMs: null,
      nowMs: () => Number.NaN,
      endsAtEnd: true,
      ...changes,
    };
    return new SignalBridge(connections, options, { take });
  };

  it('hands over what was published, in order, once; published again it is refused and looked for', async () => {
    newStream();
    const messages = scans(300);
    expect(await publish(messages)).toEqual({ added: 301, alreadyThere: 0 });
    expect(await publish(messages)).toEqual({ added: 0, alreadyThere: 301 });
    const taken: SignalMessage[] = [];
    const reader = bridge((message) => void taken.push(message));
    expect(await reader.run()).toBe(true);
    expect(taken).toEqual(messages);
    expect(reader.counts).toEqual({ taken: 301, duplicates: 0, late: 0, stale: 0, parked: 0, gaps: 0 });
  });

  it('refuses a publisher that is behind another one instead of losing its signals', async () => {
    newStream();
    const [first, second, third] = scans(3) as [SignalMessage, SignalMessage, SignalMessage];
    await publish([first, third]);
    await expect(publish([second])).rejects.toThrow(SignalConflict);
    await expect(publish([{ ...first, kind: 'end', day: DAY, nsOfDay: 0 }])).rejects.toThrow(
      /another one is in its place/,
    );
  });

  it('drops repeated and late signals of publishers without our ids, by the id in the message', async () => {
    newStream();
    const [a, b, c, d] = scans(4) as SignalMessage[];
    for (const message of [a, c, a, b, c, d]) await redis.xadd(stream, '*', 'signal', encodeSignal(message!));
    await redis.xadd(stream, '*', 'signal', encodeSignal(scans(4).at(-1)!));
    const taken: string[] = [];
    const reader = bridge(({ id }) => void taken.push(signalIdText(id)));
    await reader.run();
    expect(taken).toEqual([a, c, d, scans(4).at(-1)].map((message) => signalIdText(message!.id)));
    expect(reader.counts).toMatchObject({ taken: 4, duplicates: 2, late: 1 });
  });

  it('parks what it cannot understand, or its sink cannot use, with the reason, and goes on', async () => {
    newStream();
    const [good, unwanted, end] = scans(2) as [SignalMessage, SignalMessage, SignalMessage];
    const json = JSON.parse(encodeSignal(good)) as Record<string, unknown>;
    const poison: [string, unknown, RegExp][] = [
      ['no JSON', 'nonsense', /^is no JSON/],
      ['another version', { ...json, version: 2 }, /^key version: 2: /],
      ['another kind', { ...json, kind: 'order' }, /^key kind: "order": /],
      [
        'ms that are called s',
        { ...json, timestamp: 1_767_571_205_000, timestamp_unit: 's' },
        /^key timestamp: 1767571205000 is s outside of /,
      ],
      ['an id that is none', { ...json, id: 'one' }, /^key id: "one" must be /],
      [
        'a price that is a text',
        { ...json, asset_prices: { BTCUSDT: '60000' } },
        /^key asset_prices\.BTCUSDT: "60000": /,
      ],
    ];
    for (const [, text] of poison) {
      await redis.xadd(stream, '*', 'signal', typeof text === 'string' ? text : JSON.stringify(text));
    }
    await redis.xadd(stream, '*', 'other', 'field');
    for (const message of [good, unwanted, end]) await redis.xadd(stream, '*', 'signal', encodeSignal(message));
    const taken: SignalMessage[] = [];
    const reader = bridge((message) => {
      if (message.kind === 'scan' && message.scan.scanNumber === 2) throw new ScanRefusal('key asset_prices: not ours');
      taken.push(message);
    });
    await reader.run();
    expect(taken).toEqual([good, end]);
    expect(reader.counts).toMatchObject({ taken: 2, parked: 8 });
    const parked = await redis.xrange(parkedStream(stream), '-', '+');
    const reasons = parked.map(([, fields]) => fields[1]);
    for (const [i, [, , reason]] of poison.entries()) expect(reasons[i]).toMatch(reason);
    expect(reasons.slice(6)).toEqual(['the entry has no field signal', 'key asset_prices: not ours']);
    expect(parked[0]![1].slice(2)).toEqual(['signal', 'nonsense']);
    // Read once more from the start, they are not parked a second time.
    await bridge(() => undefined).run();
    expect(await redis.xlen(parkedStream(stream))).toBe(8);
  });

  it('goes on at its position after a restart; what was taken and not kept comes once more', async () => {
    newStream();
    const messages = scans(600); // more than two reads
    await publish(messages);
    const positions = new FilePositionStore(join(dir, 'position.json'));
    const before: number[] = [];
    const crash = bridge(
      (message) => {
        if (before.length === 400) throw new Error('crash');
        if (message.kind === 'scan') before.push(message.scan.scanNumber);
      },
      { positions },
    );
    await expect(crash.run()).rejects.toThrow('crash');
    const kept = positions.load(stream)!;
    expect(kept.entryId).toBe(entryIdOf(messages[255]!.id)); // the first read, of 256
    const after: number[] = [];
    const again = bridge((message) => void (message.kind === 'scan' && after.push(message.scan.scanNumber)), {
      positions,
    });
    expect(await again.run()).toBe(true);
    expect(after).toEqual(Array.from({ length: 600 - 256 }, (_, i) => 257 + i));
    expect(new Set([...before, ...after]).size).toBe(600);
    // At the end of the stream nothing is left for a third life.
    const third = bridge(() => expect.unreachable(), { positions, endsAtEnd: false });
    const ended = third.run();
    setImmediate(() => third.stop());
    expect(await ended).toBe(false);
  });

  it('counts a stale signal and says so to its sink; one ahead of the clock, too', async () => {
    newStream();
    await publish(scans(3));
    // Scans at 5, 10 and 15 s of the day, the end with the last; the clock says 12 s, and 3 s are fresh.
    const nowMs = () => DAY * MS_PER_DAY + 12_000;
    const staleness: [number, boolean][] = [];
    const reader = bridge(
      (message, isStale) => void (message.kind === 'scan' && staleness.push([message.scan.scanNumber, isStale])),
      { freshnessLimitMs: 2500, nowMs },
    );
    await reader.run();
    expect(staleness).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(reader.counts.stale).toBe(3);
  });

  it('counts a gap when the stream was trimmed behind its back', async () => {
    newStream();
    const messages = scans(20);
    await publish(messages.slice(0, 5));
    const positions = new FilePositionStore(join(dir, 'trimmed.json'));
    positions.save({ stream, entryId: entryIdOf(messages[4]!.id), signalId: signalIdText(messages[4]!.id) });
    await publish(messages.slice(5));
    await redis.xtrim(stream, 'MAXLEN', 3);
    const reader = bridge(() => undefined, { positions });
    await reader.run();
    expect(reader.counts).toMatchObject({ taken: 3, gaps: 1 });
  });

  it('reads a stream that was lost and made anew under lower ids, and drops by their own ids what it has', async () => {
    newStream();
    const messages = scans(20);
    const positions = new FilePositionStore(join(dir, 'anew.json'));
    // A foreign entry, parked at the time, had moved the position to an id of the server's clock.
    positions.save({ stream, entryId: `${Date.now()}-0`, signalId: signalIdText(messages[4]!.id) });
    await publish(messages);
    const seen: number[] = [];
    const reader = bridge((message) => void (message.kind === 'scan' && seen.push(message.scan.scanNumber)), {
      positions,
    });
    expect(await reader.run()).toBe(true);
    expect(seen).toEqual(Array.from({ length: 15 }, (_, i) => i + 6));
    expect(reader.counts).toMatchObject({ taken: 16, duplicates: 1, late: 4, gaps: 1 });
  });

  it('stops in the middle of an outage', async () => {
    newStream();
    const away = await RedisServer.start();
    const connections = { reader: connect(away.url), commands: connect(away.url) };
    const waiting = new SignalBridge(
      connections,
      { stream, positions: NO_POSITIONS, from: 'start', freshnessLimitMs: null, nowMs: Date.now, endsAtEnd: true },
      { take: () => undefined },
    );
    const lost = new Promise<void>((resolve) => connections.reader.once('close', () => resolve()));
    const ended = waiting.run();
    await connections.reader.ping();
    await away.remove();
    await lost;
    waiting.stop();
    expect(await ended).toBe(false);
  });
});
