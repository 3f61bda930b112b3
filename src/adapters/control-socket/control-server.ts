import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { LineSplitter, MAX_LINE_BYTES } from './line-splitter.ts';

/** What a server allows its clients, so that none of them can disturb the run. */
export interface ClientLimits {
  /** Clients at once; a further one is turned away. */
  readonly clients: number;
  /** Bytes of answers that a client may leave unread before it is dropped. */
  readonly unreadBytes: number;
  /** Requests of one client that may wait for their answers; it is not read from meanwhile. */
  readonly waitingRequests: number;
  /** Time without a request or a read answer after which a client is dropped. */
  readonly idleMs: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  clients: 16,
  unreadBytes: 1 << 20,
  waitingRequests: 64,
  idleMs: 60_000,
};

/** Answers one line with one line, neither with its newline; must not throw. */
export type AnswerLine = (line: string) => Promise<string>;

/**
 * One Unix socket, mode 0600: a line in, a line out, in order. It keeps no process alive, and whatever a client does
 * costs that client its connection and nobody else anything.
 */
export class ControlServer {
  private readonly server: Server;
  private readonly path: string;
  private readonly clients = new Set<Socket>();
  private isClosed = false;

  private constructor(path: string, server: Server) {
    this.path = path;
    this.server = server;
  }

  /**
   * Listens at a path that does not exist.
   * @param lineTooLong - sent, before the connection ends, to who sends a line beyond {@link MAX_LINE_BYTES}.
   * @throws Error of the system, EADDRINUSE when something is there.
   */
  static async listen(
    path: string,
    answer: AnswerLine,
    lineTooLong: string,
    limits: ClientLimits = CLIENT_LIMITS,
  ): Promise<ControlServer> {
    const server = createServer({ allowHalfOpen: true }); // who has nothing more to ask still gets its answers
    const control = new ControlServer(path, server);
    server.on('connection', (socket) => control.serve(socket, new Client(socket, answer, lineTooLong, limits), limits));
    await control.bind();
    return control;
  }

  /** Ends every connection and removes the socket. May be called more than once. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const socket of this.clients) socket.destroySoon(); // what was answered is still sent
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const deadline = setTimeout(() => this.destroyAll(), 100);
    await closed;
    clearTimeout(deadline);
    rmSync(this.path, { force: true });
  }

  /** The socket exists as nobody else's from its first moment on: the mask is set while the system makes it. */
  private async bind(): Promise<void> {
    const { server, path } = this;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const mask = process.umask(0o177);
      try {
        server.listen(path, () => {
          server.off('error', reject);
          server.on('error', () => undefined); // of one connection that could not be accepted
          resolve();
        });
        server.unref();
      } finally {
        process.umask(mask);
      }
    });
  }

  private serve(socket: Socket, client: Client, limits: ClientLimits): void {
    socket.on('error', () => socket.destroy());
    if (this.clients.size >= limits.clients) {
      socket.destroy();
      return;
    }
    this.clients.add(socket);
    socket.on('close', () => this.clients.delete(socket));
    socket.unref();
    client.start();
  }

  private destroyAll(): void {
    for (const socket of this.clients) socket.destroy();
  }
}

/** One connection: requests are answered one after the other, in their order. */
class Client {
  private readonly socket: Socket;
  private readonly answer: AnswerLine;
  private readonly lineTooLong: string;
  private readonly limits: ClientLimits;
  private readonly lines = new LineSplitter(MAX_LINE_BYTES);
  private readonly waiting: string[] = [];
  private isAnswering = false;
  private hasOffended = false;
  private hasAskedAll = false;

  constructor(socket: Socket, answer: AnswerLine, lineTooLong: string, limits: ClientLimits) {
    this.socket = socket;
    this.answer = answer;
    this.lineTooLong = lineTooLong;
    this.limits = limits;
  }

  start(): void {
    const { socket, limits } = this;
    socket.setTimeout(limits.idleMs, () => socket.destroy());
    socket.on('data', (bytes) => this.onBytes(bytes));
    socket.on('end', () => {
      this.hasAskedAll = true;
      if (!this.isAnswering) socket.end();
    });
  }

  private onBytes(bytes: Buffer): void {
    if (this.hasOffended) return;
    const lines = this.lines.take(bytes);
    if (lines === null) {
      this.hasOffended = true;
      this.socket.end(`${this.lineTooLong}\n`);
      return;
    }
    this.waiting.push(...lines.filter((line) => line.trim() !== ''));
    if (this.waiting.length >= this.limits.waitingRequests) this.socket.pause();
    if (!this.isAnswering) void this.answerAll();
  }

  private async answerAll(): Promise<void> {
    this.isAnswering = true;
    for (let line = this.waiting.shift(); line !== undefined; line = this.waiting.shift()) {
      const text = await this.answer(line);
      if (!this.socket.writable) break;
      this.socket.write(`${text}\n`);
      if (this.socket.writableLength > this.limits.unreadBytes) this.socket.destroy();
      if (this.waiting.length < this.limits.waitingRequests) this.socket.resume();
      await nextTurn(); // a client with many requests lets the others, and the supervisor, have their turn
    }
    this.isAnswering = false;
    if (this.hasAskedAll) this.socket.end();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
