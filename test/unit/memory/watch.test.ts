import { expect, test, vi } from 'vitest';
import type { ReadOutcome } from '../../../src/adapters/memory/memory-port.ts';
import { Watch } from '../../../src/adapters/memory/watch.ts';

test('a poke that finds nothing new hands nothing over', async () => {
  const heard: string[] = [];
  let reads = 0;
  const watch = new Watch(
    async () => {
      reads += 1;
      return { kind: 'ok', text: reads < 3 ? 'a' : 'b' };
    },
    (_key, text) => heard.push(text),
  );
  for (let poke = 1; poke <= 4; poke++) {
    watch.poke('k');
    await vi.waitFor(() => expect(reads).toBe(poke));
  }
  expect(heard).toEqual(['a', 'b']);
  watch.close();
});

test('a key that is poked while it is read is read once more, never twice at a time', async () => {
  const answers: ((outcome: ReadOutcome) => void)[] = [];
  const heard: string[] = [];
  const watch = new Watch(
    () => new Promise<ReadOutcome>((resolve) => answers.push(resolve)),
    (_key, text) => heard.push(text),
  );
  for (let poke = 0; poke < 5; poke++) watch.poke('k');
  expect(answers.length).toBe(1);
  answers[0]?.({ kind: 'ok', text: 'old' });
  await vi.waitFor(() => expect(answers.length).toBe(2));
  answers[1]?.({ kind: 'ok', text: 'new' });
  await vi.waitFor(() => expect(heard).toEqual(['old', 'new']));
  expect(answers.length).toBe(2);
  watch.close();
});

test('a read that failed is asked again by itself; a closed watch hands nothing over', async () => {
  const heard: string[] = [];
  let reads = 0;
  const watch = new Watch(
    async () => {
      reads += 1;
      return reads === 1 ? { kind: 'unreachable', reason: 'down' } : { kind: 'ok', text: String(reads) };
    },
    (_key, text) => heard.push(text),
  );
  watch.poke('k');
  await vi.waitFor(() => expect(heard).toEqual(['2']));
  watch.poke('k');
  watch.close();
  await vi.waitFor(() => expect(reads).toBe(3));
  expect(heard).toEqual(['2']);
});
