import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';

/** True when openssl is there, to make certificates with; else a visible line. For `describe.skipIf`. */
export function hasOpenssl(): boolean {
  if (spawnSync('openssl', ['version']).status === 0) return true;
  console.warn('SKIPPED: needs openssl in PATH, which is not there (apt-get install openssl)');
  return false;
}

/** Certificate and key in PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of its own and what it has signed, in a folder. */
export class Authority {
  /** Its certificate, PEM. */
  readonly ca: string;
  readonly #dir: string;
  readonly #name: string;

  constructor(dir: string, name: string) {
    this.#dir = dir;
    this.#name = name;
    this.ca = join(dir, `${name}.pem`);
    const subject = ['-days', '2', '-subj', `/CN=${name}`];
    openssl(['req', '-x509', ...NEW_KEY, ...subject, '-keyout', join(dir, `${name}.key`), '-out', this.ca]);
  }

  /** A certificate for one name, such as `IP:127.0.0.1`. */
  sign(name: string): Certificate {
    const [cert, key] = [this.#file(name, 'pem'), this.#file(name, 'key')];
    const subject = ['-days', '2', '-subj', '/CN=server', '-addext', `subjectAltName=${name}`];
    const by = ['-CA', this.ca, '-CAkey', join(this.#dir, `${this.#name}.key`)];
    openssl(['req', '-x509', ...NEW_KEY, ...subject, ...by, '-keyout', key, '-out', cert]);
    return { cert, key };
  }

  #file(name: string, end: string): string {
    return join(this.#dir, `${this.#name}-${name.replace(/\W/g, '-')}.${end}`);
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(args: readonly string[]): void {
  const made = spawnSync('openssl', args);
  if (made.status !== 0) throw new Error(String(made.stderr));
}

/** Ends TLS on 127.0.0.1 in front of a port that speaks none, as a sidecar does. */
export class TlsFront {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  /** Connections that came through the handshake. */
  accepted = 0;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    this.port = address.port;
  }

  static async start(certificate: Certificate, targetPort: number): Promise<TlsFront> {
    const sockets = new Set<Socket>();
    const options = { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) };
    const server = createServer(options, (socket) => {
      front.accepted += 1;
      const plain = connect(targetPort, '127.0.0.1');
      socket.pipe(plain).pipe(socket);
      for (const end of [socket, plain]) {
        sockets.add(end);
        end.on('error', () => undefined);
        end.on('close', () => sockets.delete(end));
      }
      socket.on('close', () => plain.destroy());
      plain.on('close', () => socket.destroy());
    });
    server.on('tlsClientError', () => undefined); // whoever does not believe us hangs up
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const front = new TlsFront(server, sockets);
    return front;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
