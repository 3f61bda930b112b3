import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateRawSync } from 'node:zlib';

/** What the server does with one request instead of answering it well. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string> }
  /** Sends the right headers and this many bytes, then cuts the connection: at once, or when `cut()` is called. */
  | { readonly cutAfterBytes: number; readonly hold?: boolean; readonly ignoreRange?: boolean }
  /** Answers a range request with the whole file. */
  | 'ignore-range'
  /** Accepts the request and never answers. */
  | 'silence';

export interface ArchiveRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
}

/** A server on the loopback address that publishes files in the layout of the public archive. */
export interface ArchiveServer {
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: ArchiveRequest[];
  /** Publishes a zip with one CSV, and its `.CHECKSUM`. @param path - below the root, `….zip`. */
  publish(path: string, csv: string, zip?: Buffer): Buffer;
  /** Publishes bytes as they are. */
  put(path: string, body: Buffer | string): void;
  /** Faults of the next GET requests of a path, one each, in this order. */
  fail(path: string, ...faults: Fault[]): void;
  /** Cuts the connections that are held, and says how many. */
  cut(): number;
  close(): Promise<void>;
}

export async function startArchiveServer(): Promise<ArchiveServer> {
  const files = new Map<string, Buffer>();
  const faults = new Map<string, Fault[]>();
  const requests: ArchiveRequest[] = [];
  const held: ServerResponse[] = [];
  const server = createServer((req, res) => {
    const path = (req.url ?? '/').slice(1);
    requests.push({ method: req.method ?? '', path, range: req.headers.range });
    const fault = req.method === 'GET' ? faults.get(path)?.shift() : undefined;
    answer(req, res, files.get(path), fault, held);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const put = (path: string, body: Buffer | string): void => {
    files.set(path, Buffer.from(body));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    put,
    publish(path, csv, zip = zipOf(nameOf(path).replace(/zip$/, 'csv'), csv)) {
      put(path, zip);
      put(`${path}.CHECKSUM`, `${sha256Of(zip)}  ${nameOf(path)}\n`);
      return zip;
    },
    fail(path, ...list) {
      faults.set(path, list);
    },
    cut() {
      const cut = held.splice(0);
      for (const res of cut) res.destroy();
      return cut.length;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** SHA-256 as the archive's `.CHECKSUM` files spell it. */
export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A zip with one entry (PKWARE APPNOTE 6.3.10, §4.3). */
export function zipOf(name: string, text: string | Buffer, options: { stored?: boolean; crc?: number } = {}): Buffer {
  const plain = Buffer.from(text);
  const packed = options.stored ? plain : deflateRawSync(plain);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(options.stored ? 0 : 8, 4);
  common.writeUInt32LE(options.crc ?? crc32(plain), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(plain.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([uint32(0x04034b50), common, Buffer.from(name), packed]);
  const central = Buffer.concat([
    uint32(0x02014b50),
    Buffer.from([20, 0]),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

function answer(
  req: IncomingMessage,
  res: ServerResponse,
  body: Buffer | undefined,
  fault: Fault | undefined,
  held: ServerResponse[],
): void {
  if (fault === 'silence') return;
  if (typeof fault === 'object' && 'status' in fault) {
    res.writeHead(fault.status, fault.headers).end();
    return;
  }
  if (body === undefined) {
    res.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  const ignoresRange = fault === 'ignore-range' || (typeof fault === 'object' && fault.ignoreRange);
  const start = ignoresRange ? null : rangeStart(req);
  if (start !== null && start >= body.length) {
    res.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  const part = body.subarray(start ?? 0);
  const range = start === null ? {} : { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` };
  res.writeHead(start === null ? 200 : 206, { 'content-length': part.length, ...range });
  if (req.method === 'HEAD') res.end();
  else if (fault === undefined || fault === 'ignore-range') res.end(part);
  else res.write(part.subarray(0, fault.cutAfterBytes), () => (fault.hold ? held.push(res) : res.destroy()));
}

function rangeStart(req: IncomingMessage): number | null {
  const match = /^bytes=(\d+)-$/.exec(req.headers.range ?? '');
  return match === null ? null : Number(match[1]);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
