import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { PrefectSettings } from '../../src/adapters/prefect/prefect-settings.ts';

export interface Posted {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into field by field
  readonly body: any;
  readonly headers: IncomingHttpHeaders;
}

/** In PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** What the server does with a request: its status and body, or nothing at all. */
export type Reply = { readonly status: number; readonly body: unknown } | 'silence';

/** Records what is posted and answers as the API does, unless a test says otherwise. */
export class RecordingPrefect {
  readonly posted: Posted[] = [];
  /** Asked first; undefined for the usual answer. */
  reply: (posted: Posted) => Reply | undefined = () => undefined;
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';
  readonly #sockets = new Set<Socket>();
  #ids = 0;

  private constructor(certificate?: Certificate) {
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      request.on('end', () => {
        const posted = { path: request.url as string, body: JSON.parse(text), headers: request.headers };
        this.posted.push(posted);
        const reply = this.reply(posted) ?? this.#usual(posted);
        if (reply === 'silence') return;
        response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
      });
    };
    this.#scheme = certificate === undefined ? 'http' : 'https';
    this.#server = certificate === undefined ? createServer(answer) : createTlsServer(certificate, answer);
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** @param certificate - for TLS; default none. */
  static async start(certificate?: Certificate): Promise<RecordingPrefect> {
    const server = new RecordingPrefect(certificate);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  settings(key?: string): PrefectSettings {
    const { port } = this.#server.address() as AddressInfo;
    return { api: `${this.#scheme}://127.0.0.1:${port}/api`, key, ca: undefined };
  }

  /** `path state` of each request, with ids taken out of the paths. */
  said(): string[] {
    return this.posted.map(({ path, body }) => {
      const state = body.state === undefined ? '' : ` ${body.state.name ?? body.state.type}`;
      return `${path.replace(/^\/api/, '').replace(/id-\d+/, 'ID')}${state}`;
    });
  }

  bodiesOf(end: string): Posted['body'][] {
    return this.posted.filter(({ path }) => path.endsWith(end)).map(({ body }) => body);
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #usual({ path, body }: Posted): Reply {
    if (path.endsWith('/set_state')) {
      return { status: 201, body: { status: 'ACCEPT', state: { type: body.state.type }, details: {} } };
    }
    if (path.endsWith('/filter')) return { status: 200, body: [] };
    this.#ids++;
    return { status: 201, body: { id: `id-${this.#ids}` } };
  }
}
