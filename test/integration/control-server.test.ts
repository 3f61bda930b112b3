import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { askSocket, isListening, NoAnswer, NobodyListens } from '../../src/adapters/control-socket/ask.ts';
import { CLIENT_LIMITS, type ClientLimits, ControlServer } from '../../src/adapters/control-socket/control-server.ts';
import { MAX_LINE_BYTES } from '../../src/adapters/control-socket/line-splitter.ts';
import { temporaryFolder } from '../support/parquet-days.ts';

const opened: ControlServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

const echo = async (line: string) => `<${line}>`;

async function listening(answer = echo, limits: Partial<ClientLimits> = {}): Promise<string> {
  const path = join(temporaryFolder(), 'control.sock');
  opened.push(await ControlServer.listen(path, answer, 'TOO LONG', { ...CLIENT_LIMITS, ...limits }));
  return path;
}

async function client(path: string): Promise<Socket> {
  const socket = connect(path);
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the other side ends. */
async function textUntilEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(socket, 'close');
  return text;
}

/** Until a condition holds, which is asked again with every turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error('the condition did not come to hold within 10 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('the socket belongs to its user alone', async () => {
  const path = await listening();
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
});

test('lines are answered in their order, many in one piece and one in many', async () => {
  const path = await listening(async (line) => {
    if (line === 'slow') await new Promise((resolve) => setTimeout(resolve, 20));
    return `<${line}>`;
  });
  const socket = await client(path);
  const text = textUntilEnd(socket);
  socket.write('slow\na\n\n  \n');
  socket.write('b');
  socket.end('c\n');
  expect(await text).toBe('<slow>\n<a>\n<bc>\n');
});

test('two clients at once get their own answers', async () => {
  const path = await listening();
  const asked = ['a', 'b', 'c', 'd'];
  expect(await Promise.all(asked.map((line) => askSocket(path, line, 2000)))).toEqual(['<a>', '<b>', '<c>', '<d>']);
});

describe('a client that', () => {
  test('sends a line without end is told so and hung up on; others are not disturbed', async () => {
    const path = await listening();
    const hostile = await client(path);
    const text = textUntilEnd(hostile);
    hostile.write(Buffer.alloc(MAX_LINE_BYTES + 1, 'x'));
    expect(await text).toBe('TOO LONG\n');
    expect(await askSocket(path, 'still there', 2000)).toBe('<still there>');
  });

  test('sends bytes that are no text is answered', async () => {
    const path = await listening();
    const socket = await client(path);
    const text = textUntilEnd(socket);
    socket.end(Buffer.from([0xff, 0xfe, 0x00, 0x0a]));
    expect(await text).toContain('\n');
  });

  test('never reads is dropped', async () => {
    let answers = 0;
    const path = await listening(async () => {
      answers++;
      return 'x'.repeat(100_000);
    });
    const socket = await client(path);
    socket.pause();
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.on('error', () => undefined);
    const writing = setInterval(() => socket.writable && socket.write('a\n'.repeat(100)), 1);
    await until(() => answers > 10);
    expect(await askSocket(path, 'a', 2000)).toHaveLength(100_000); // others meanwhile
    await until(() => socket.errored !== null || socket.destroyed);
    clearInterval(writing);
    await closed;
    expect(answers).toBeLessThan(1000);
  });

  test('says nothing is dropped after a while', async () => {
    const path = await listening(echo, { idleMs: 20 });
    expect(await textUntilEnd(await client(path))).toBe('');
  });

  test('is one too many is turned away', async () => {
    const path = await listening(echo, { clients: 2 });
    await Promise.all([client(path), client(path)]);
    expect(await textUntilEnd(await client(path))).toBe('');
  });

  test('is gone before its answer costs nothing', async () => {
    let isAsked = false;
    let release: () => void = () => undefined;
    const path = await listening(async (line) => {
      isAsked = true;
      if (line === 'wait') await new Promise<void>((resolve) => (release = resolve));
      return line;
    });
    const socket = await client(path);
    socket.write('wait\n');
    await until(() => isAsked);
    socket.destroy();
    release();
    expect(await askSocket(path, 'next', 2000)).toBe('next');
  });
});

describe('close', () => {
  test('removes the socket and hangs up, also on who never reads', async () => {
    const path = await listening();
    const idle = await client(path);
    const ended = textUntilEnd(idle);
    await opened[0]!.close();
    await opened[0]!.close();
    expect([await ended, existsSync(path)]).toEqual(['', false]);
    await expect(askSocket(path, 'a', 1000)).rejects.toThrow(NobodyListens);
  });

  test('does not wait for who left an answer unread', async () => {
    const path = await listening(async () => 'x'.repeat(1 << 19));
    const deaf = await client(path);
    deaf.pause();
    deaf.write('a\n');
    await askSocket(path, 'b', 2000);
    const startedMs = performance.now();
    await opened[0]!.close();
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  test('lets an answer out that was given', async () => {
    const path = await listening(async (line) => {
      setImmediate(() => void opened[0]!.close());
      return line;
    });
    expect(await askSocket(path, 'last', 2000)).toBe('last');
  });
});

describe('askSocket', () => {
  test('gives up on who does not answer', async () => {
    const path = await listening(() => new Promise(() => undefined));
    await expect(askSocket(path, 'a', 30)).rejects.toThrow(new NoAnswer(`${path} did not answer within 30 ms`));
  });

  test('says when the other side hangs up', async () => {
    const path = await listening(echo, { clients: 0 });
    await expect(askSocket(path, 'a', 2000)).rejects.toThrow(NoAnswer);
  });
});

test('isListening tells a server from nothing', async () => {
  const path = await listening();
  expect([await isListening(path), await isListening(`${path}.none`)]).toEqual([true, false]);
});
