import { connect } from 'node:net';
import { LineSplitter } from './line-splitter.ts';

/** Nobody listens at a socket: its run is gone, or never was. */
export class NobodyListens extends Error {
  override readonly name = 'NobodyListens';
}

/** Somebody listens, but no answer came. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** An answer may be longer than a request, but not without end. */
const MAX_ANSWER_BYTES = 1 << 20;

/**
 * Asks a control socket one thing: a line out, a line back.
 * @param request - one line without its newline.
 * @throws NobodyListens, NoAnswer; Error of the system when the socket may not be opened.
 */
export function askSocket(path: string, request: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const lines = new LineSplitter(MAX_ANSWER_BYTES);
    const settle = (act: () => void) => {
      socket.destroy();
      act();
    };
    const noAnswer = (why: string) => settle(() => reject(new NoAnswer(`${path} ${why}`)));
    socket.setTimeout(timeoutMs, () => noAnswer(`did not answer within ${timeoutMs} ms`));
    socket.on('connect', () => socket.write(`${request}\n`));
    socket.on('data', (bytes) => {
      const taken = lines.take(bytes);
      if (taken === null) noAnswer(`answered with a line of more than ${MAX_ANSWER_BYTES} bytes`);
      else if (taken[0] !== undefined) settle(() => resolve(taken[0] as string));
    });
    socket.on('end', () => noAnswer('hung up without an answer'));
    socket.on('error', (error: NodeJS.ErrnoException) => settle(() => reject(asOurs(path, error))));
  });
}

function asOurs(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') return new NobodyListens(`nobody listens at ${path}`);
  if (error.code === 'EPIPE' || error.code === 'ECONNRESET') return new NoAnswer(`${path} hung up without an answer`);
  return error;
}

/** Between bind and listen of a server a connection is refused as well; nobody is that slow. */
const SECOND_LOOK_MS = 50;

/** True when a process listens at a socket, busy or stopped as it may be; false for a file that a dead one left. */
export async function isListening(path: string): Promise<boolean> {
  if ((await tryConnect(path)) === 'listening') return true;
  await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK_MS));
  return (await tryConnect(path)) === 'listening';
}

function tryConnect(path: string): Promise<'listening' | 'nobody'> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve('listening');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAGAIN')
        resolve('listening'); // its queue of connections is full
      else if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve('nobody');
      else reject(error);
    });
  });
}
