import { expect, test, vi } from 'vitest';
import { stateMap, TRACK_KEYS } from '../../../src/adapters/memory/maps.ts';
import type { Ownership } from '../../../src/adapters/memory/ownership.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { ResultPublisher } from '../../../src/workers/memory/result-publisher.ts';
import type { FinishedDay } from '../../../src/workers/memory/result-record.ts';
import { until } from '../../integration/memory/until.ts';
import { FaultyPort } from '../memory/faulty-port.ts';

const day = (date: string, capital: number, staleState = false): FinishedDay => ({
  date,
  pnl: 1,
  trades: 2,
  capital,
  bars: 10,
  boost: 1,
  beta: 0,
  posture: 'APEX',
  mcStatus: 'OFF',
  staleState,
});

async function claimed(memory: SystemMemory): Promise<Ownership> {
  const outcome = await memory.paper.claim(60_000, () => undefined);
  if (outcome.kind !== 'ok') throw new Error(outcome.kind);
  return outcome.ownership;
}

function publishing() {
  const port = new FaultyPort();
  const states: string[] = [];
  port.listen(stateMap('blue'), TRACK_KEYS.paper, (_key, text) => states.push(JSON.parse(text).date));
  const memory = new SystemMemory(port, 'blue');
  const said: string[] = [];
  const publisher = new ResultPublisher(memory.paper, { strategy: 'champion', paramHash: 'abc' }, (line) =>
    said.push(line),
  );
  const stored = () => until('all stored', () => publisher.published.unwritten === 0);
  return { port, memory, publisher, said, states, stored };
}

test('nothing is written before there is a claim, then every day and the newest state', async () => {
  const { memory, publisher, stored } = publishing();
  publisher.offer(day('2026-03-20', 25_100));
  publisher.offer(day('2026-03-21', 25_200));
  expect(publisher.published).toEqual({ unwritten: 3, writtenMs: null, storedDate: null });
  publisher.begin(await claimed(memory), null);
  await stored();
  expect(await memory.paper.readPnl('2026-03-20')).toMatchObject({ value: { paper: { capital: 25_100 } } });
  expect(await memory.paper.readState()).toMatchObject({
    value: { capital: 25_200, date: '2026-03-21', paramHash: 'abc' },
  });
  expect(publisher.published.storedDate).toBe('2026-03-21');
});

test('an amended older day replaces its result and leaves the state', async () => {
  const { memory, publisher, stored } = publishing();
  publisher.begin(await claimed(memory), null);
  publisher.offer(day('2026-03-21', 25_200));
  await stored();
  publisher.offer(day('2026-03-20', 25_090));
  await stored();
  expect(await memory.paper.readPnl('2026-03-20')).toMatchObject({ value: { paper: { capital: 25_090 } } });
  expect(await memory.paper.readState()).toMatchObject({ value: { date: '2026-03-21' } });
});

test('a run that steps old days again never puts the state back behind what stands there', async () => {
  const { memory, publisher, states, stored } = publishing();
  const ownership = await claimed(memory);
  publisher.offer(day('2026-03-18', 25_000));
  publisher.begin(ownership, '2026-03-20');
  publisher.offer(day('2026-03-19', 25_050));
  await stored();
  expect(states).toEqual([]);
  publisher.offer(day('2026-03-20', 25_100));
  publisher.offer(day('2026-03-21', 25_200));
  await stored();
  await until('the newest', () => states.at(-1) === '2026-03-21');
  expect(states).toEqual([...states].sort());
});

test('a stale result is flagged and said', async () => {
  const { memory, publisher, said, stored } = publishing();
  publisher.begin(await claimed(memory), null);
  publisher.offer(day('2026-03-20', 25_100, true));
  await stored();
  expect(await memory.paper.readPnl('2026-03-20')).toMatchObject({ value: { paper: { isStale: true } } });
  expect(await memory.paper.readState()).toMatchObject({ value: { isStale: true } });
  expect(said).toEqual(['2026-03-20: a value changed during a step, the result is flagged DO-NOT-USE']);
});

test('closed, it forgets what waits', async () => {
  const { publisher } = publishing();
  publisher.offer(day('2026-03-20', 25_100));
  publisher.close();
  publisher.offer(day('2026-03-21', 25_200));
  expect(publisher.published.unwritten).toBe(0);
});

test('an outage keeps each day and the newest state alone, and says so until they are stored', async () => {
  const { port, memory, publisher, states, stored } = publishing();
  publisher.begin(await claimed(memory), null);
  const asked = vi.spyOn(port, 'get');
  port.isDown = true;
  for (const [i, date] of ['2026-03-20', '2026-03-21', '2026-03-22'].entries()) publisher.offer(day(date, 25_000 + i));
  await until('attempts', () => asked.mock.calls.length > 4);
  expect(publisher.published.unwritten).toBe(4);
  port.isDown = false;
  await stored();
  await until('the state', () => states.length > 0);
  expect(states).toEqual(['2026-03-22']);
  expect(await memory.paper.readPnl('2026-03-20')).toMatchObject({ value: { paper: { capital: 25_000 } } });
});

test('a day that is amended while it is being written is written again', async () => {
  const { memory, publisher, stored } = publishing();
  publisher.begin(await claimed(memory), null);
  publisher.offer(day('2026-03-20', 25_100));
  await Promise.resolve(); // its write is under way
  publisher.offer(day('2026-03-20', 25_090));
  await stored();
  expect(await memory.paper.readPnl('2026-03-20')).toMatchObject({ value: { paper: { capital: 25_090 } } });
  expect(await memory.paper.readState()).toMatchObject({ value: { capital: 25_090 } });
});

test('a state that is amended while it is being written is written again', async () => {
  const { memory, publisher, stored } = publishing();
  const writeState = memory.paper.writeState.bind(memory.paper);
  vi.spyOn(memory.paper, 'writeState').mockImplementationOnce((ownership, state) => {
    publisher.offer(day('2026-03-20', 25_090));
    return writeState(ownership, state);
  });
  publisher.begin(await claimed(memory), null);
  publisher.offer(day('2026-03-20', 25_100));
  await stored();
  expect(await memory.paper.readState()).toMatchObject({ value: { capital: 25_090 } });
});
