import { accessSync, constants } from 'node:fs';
import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../options/option-checks.js';
import type { NatsOptions } from './nats-options.js';

const CREDENTIALS = ['user', 'pass', 'token', 'authenticator', 'tls'] as const;
const KNOWN = ['servers', 'name', 'inboxPrefix', 'pressureBytes', 'kv', ...CREDENTIALS];
const TLS_TEXTS = ['cert', 'key', 'ca'];
const TLS_FILES = ['certFile', 'keyFile', 'caFile'];
const TLS_SWITCHES = ['handshakeFirst', 'rejectUnauthorized'];
const ADDRESS = /^(?:(?:nats|tls):\/\/)?(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;
const SUBJECT = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/;
const MIN_PRESSURE = 64 * 1024;
const MAX_PRESSURE = 2 ** 30;
const MAX_BUCKETS = 64;

/** How this server shows who it is; as nats.js takes it. */
export type NatsCredentials = Pick<NatsOptions, (typeof CREDENTIALS)[number]>;

/** The options with their defaults. */
export interface ResolvedNatsOptions {
  readonly servers: readonly string[];
  readonly credentials: NatsCredentials;
  readonly name: string | undefined;
  readonly inboxPrefix: string;
  readonly pressureBytes: number;
  readonly replicas: number;
  readonly buckets: number;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveNatsOptions(given: NatsOptions): ResolvedNatsOptions {
  refuseUnknown(checkRecord('nats()', given ?? null), KNOWN, 'nats.');
  const { name, inboxPrefix = '_INBOX', pressureBytes = 8 * 1024 * 1024 } = given;
  checkOptional('nats.name', name, 'string');
  checkOptional('nats.inboxPrefix', inboxPrefix, 'string');
  if (!SUBJECT.test(inboxPrefix))
    refuseOption('nats.inboxPrefix', inboxPrefix, 'the beginning of a subject', 'For example "_INBOX_chat".');
  checkInteger('nats.pressureBytes', pressureBytes, MIN_PRESSURE, MAX_PRESSURE);
  const servers = checkServers(given.servers);
  const credentials = checkCredentials(given, servers);
  return { servers, credentials, name, inboxPrefix, pressureBytes, ...checkStore(given.kv) };
}

function checkServers(given: NatsOptions['servers']): readonly string[] {
  const servers = typeof given === 'string' ? [given] : given;
  if (!Array.isArray(servers) || servers.length === 0)
    return refuseOption(
      'nats.servers',
      given,
      'an address or a list of them',
      'For example "nats://127.0.0.1:4222".',
    );
  for (const server of servers) checkServer(server);
  return servers;
}

function checkServer(server: unknown): void {
  // Sentences do not show passwords.
  if (typeof server === 'string' && server.includes('@'))
    refuseOption(
      'nats.servers',
      '…@…',
      'addresses without credentials',
      'Give them as user and pass, or token.',
    );
  if (typeof server !== 'string' || !ADDRESS.test(server))
    refuseOption(
      'nats.servers',
      server,
      'an address such as "nats://127.0.0.1:4222"',
      'The port is 4222 by default.',
    );
}

function checkCredentials(given: NatsOptions, servers: readonly string[]): NatsCredentials {
  for (const name of ['user', 'pass', 'token'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'string')
      refuseOption(`nats.${name}`, '…', 'a string', 'Leave it out when NATS asks for none.');
  }
  if (given.user !== undefined && given.pass === undefined)
    refuseOption('nats.user', given.user, 'given with pass', 'NATS asks for both.');
  if (given.pass !== undefined && given.user === undefined)
    refuseOption('nats.pass', '…', 'given with user', 'NATS asks for both.');
  for (const one of [given.authenticator ?? []].flat()) {
    if (typeof one !== 'function')
      refuseOption(
        'nats.authenticator',
        '…',
        'an authenticator of nats.js',
        'For example nkeyAuthenticator(seed).',
      );
  }
  const tls = checkTls(given.tls, servers);
  const present = CREDENTIALS.filter((name) => name !== 'tls' && given[name] !== undefined);
  return Object.assign(Object.fromEntries(present.map((name) => [name, given[name]])), tls && { tls });
}

/** An address with `tls://` promises what nats.js would only do when the server asks for it. */
function checkTls(tls: NatsOptions['tls'], servers: readonly string[]): NatsOptions['tls'] {
  if (tls === undefined) return servers.some((server) => /^tls:/i.test(server)) ? {} : undefined;
  refuseUnknown(checkRecord('nats.tls', tls), [...TLS_TEXTS, ...TLS_FILES, ...TLS_SWITCHES], 'nats.tls.');
  for (const [name, value] of Object.entries(tls)) {
    checkOptional(`nats.tls.${name}`, value, TLS_SWITCHES.includes(name) ? 'boolean' : 'string');
    if (TLS_FILES.includes(name) && !isReadable(String(value)))
      refuseOption(
        `nats.tls.${name}`,
        value,
        'a file that can be read',
        'Paths begin at the working directory.',
      );
  }
  return tls;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function checkStore(given: NatsOptions['kv']): { readonly replicas: number; readonly buckets: number } {
  const kv = checkRecord('nats.kv', given);
  refuseUnknown(kv, ['replicas', 'buckets'], 'nats.kv.');
  const { replicas = 1, buckets = 1 } = kv;
  if (![1, 3, 5].includes(replicas))
    refuseOption(
      'nats.kv.replicas',
      replicas,
      '1, 3 or 5',
      'An even number of copies bears no more failures.',
    );
  return { replicas, buckets: checkInteger('nats.kv.buckets', buckets, 1, MAX_BUCKETS) };
}
