import { z } from 'zod';
import { InputError } from '../../model/input-error.ts';

export interface TlsFiles {
  /** PEM file of the authority to trust; null: the system's. */
  readonly ca: string | null;
  /** PEM files of our own certificate and key, where the members ask for one. */
  readonly cert: string | null;
  readonly key: string | null;
}

export type MemoryConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'embedded'; readonly path: string }
  | {
      readonly kind: 'hazelcast';
      readonly clusterName: string;
      /** `host:port` each, one or more. */
      readonly members: readonly string[];
      /** null: no TLS. */
      readonly tls: TlsFiles | null;
    };

export const DEFAULT_CLUSTER = 'dolphin';
const DEFAULT_PORT = 5701;
const FORMS = 'embedded:PATH, hazelcast://HOST:PORT[,HOST:PORT...]?cluster=dolphin or none';

const tlsSchema = z.strictObject({
  ca: z.string().nullable().default(null),
  cert: z.string().nullable().default(null),
  key: z.string().nullable().default(null),
});

/** The `memory` key of a config file. */
export const memorySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('embedded'), path: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('hazelcast'),
    clusterName: z.string().min(1).default(DEFAULT_CLUSTER),
    members: z
      .array(z.string())
      .min(1)
      .transform((members) => members.map((member) => parseMember(member, `memory.members`))),
    tls: z
      .union([tlsSchema, z.literal(false)])
      .default(false)
      .transform((tls) => (tls === false ? null : tls)),
  }),
]) satisfies z.ZodType<MemoryConfig, unknown>;

/**
 * Parses `--memory`: `embedded:PATH`, `hazelcast://HOST[:PORT][,...][?cluster=NAME][&tls=true][&ca=FILE]` or `none`.
 * @throws InputError that says what was wrong; a URL with a password is refused without being repeated.
 */
export function parseMemoryUrl(text: string): MemoryConfig {
  if (text === 'none') return { kind: 'none' };
  if (text.startsWith('embedded:')) return parseEmbedded(text.slice('embedded:'.length));
  if (text.startsWith('hazelcast://')) return parseHazelcast(text.slice('hazelcast://'.length));
  throw new InputError(`--memory must be ${FORMS}, was "${text.includes('@') ? '(hidden)' : text}"`);
}

function parseEmbedded(path: string): MemoryConfig {
  if (path === '')
    throw new InputError('--memory embedded: needs the path of a file, such as embedded:state/memory.db');
  return { kind: 'embedded', path: path.startsWith('//') ? path.slice(2) : path };
}

function parseHazelcast(rest: string): MemoryConfig {
  if (rest.includes('@')) {
    throw new InputError(
      '--memory must not hold a user or password: they come from DOLPHIN_HAZELCAST_USERNAME and ' +
        'DOLPHIN_HAZELCAST_PASSWORD or DOLPHIN_HAZELCAST_PASSWORD_FILE',
    );
  }
  const question = rest.indexOf('?');
  const hosts = (question === -1 ? rest : rest.slice(0, question)).replace(/\/$/, '');
  const options = new URLSearchParams(question === -1 ? '' : rest.slice(question + 1));
  for (const name of options.keys()) {
    if (!['cluster', 'tls', 'ca', 'cert', 'key'].includes(name)) {
      throw new InputError(`--memory hazelcast: unknown option "${name}", known are cluster, tls, ca, cert, key`);
    }
  }
  const clusterName = options.get('cluster') ?? DEFAULT_CLUSTER;
  if (clusterName === '') throw new InputError('--memory hazelcast: cluster must not be empty');
  const members = hosts.split(',').map((member) => parseMember(member, '--memory hazelcast'));
  return { kind: 'hazelcast', clusterName, members, tls: parseTls(options) };
}

function parseTls(options: URLSearchParams): TlsFiles | null {
  const tls = options.get('tls') ?? 'false';
  if (tls !== 'true' && tls !== 'false') {
    throw new InputError(`--memory hazelcast: tls must be true or false, was "${tls}"`);
  }
  const files = { ca: options.get('ca'), cert: options.get('cert'), key: options.get('key') };
  if (tls === 'true') return files;
  for (const [name, file] of Object.entries(files)) {
    if (file !== null) throw new InputError(`--memory hazelcast: ${name} needs tls=true`);
  }
  return null;
}

/** `host:port` with the default port put in. */
function parseMember(member: string, where: string): string {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(member);
  const port = Number(match?.[2] ?? DEFAULT_PORT);
  if (match === null || port < 1 || port > 65_535) {
    throw new InputError(`${where}: a member must be HOST:PORT with a port in 1..65535, was "${shownMember(member)}"`);
  }
  return `${match[1]}:${port}`;
}

/** What stands behind a host and is no port, or before an @, may be a password: it is not repeated. */
function shownMember(member: string): string {
  return /^[^:@]*(?::\d*)?$/.test(member) ? member : '(hidden)';
}
