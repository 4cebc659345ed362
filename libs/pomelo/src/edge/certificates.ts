import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import type { CertificateOptions, TlsOptions } from './tls-options.js';

/** Suites of TLS 1.2 with forward secrecy and authenticated encryption; TLS 1.3 has no others. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** The certificates of one moment. */
export interface Certificates {
  /** For clients that name no host, or one without a certificate of its own. */
  readonly fallback: SecureContextOptions;
  /** The certificate for a host name; `undefined` is the fallback. */
  contextOf(host: string): SecureContext | undefined;
}

/** Reads the certificates. Throws `TLS_UNREADABLE`. */
export function loadCertificates(options: TlsOptions): Certificates {
  const shared = sharedOptions(options);
  const fallback = { ...shared, ...pairOf(options) };
  // Made once to find out here and now whether they fit together.
  contextFor(options, fallback);
  const contexts = new Map<string, SecureContext>();
  for (const [host, pair] of Object.entries(options.hosts ?? {}))
    contexts.set(host.toLowerCase(), contextFor(pair, { ...shared, ...pairOf(pair) }));
  return {
    fallback,
    contextOf: (host) => contexts.get(host.toLowerCase()) ?? contexts.get(wildcardOf(host.toLowerCase())),
  };
}

/** The files that the options name. */
export function certificateFiles({ hosts = {}, ...main }: TlsOptions): string[] {
  const sources = [main, ...Object.values(hosts)].flatMap(({ cert, key }) => [cert, key]);
  if (main.clientAuthority !== undefined) sources.push(main.clientAuthority);
  return [...new Set(sources.filter((source) => !isPem(source)))];
}

function sharedOptions({
  minVersion = 'TLSv1.2',
  ciphers = CIPHERS,
  clientAuthority,
}: TlsOptions): SecureContextOptions {
  return {
    minVersion,
    ciphers,
    honorCipherOrder: true,
    ...(clientAuthority === undefined ? {} : { ca: textOf(clientAuthority) }),
  };
}

function pairOf({ cert, key, passphrase }: CertificateOptions): SecureContextOptions {
  return { cert: textOf(cert), key: textOf(key), ...(passphrase === undefined ? {} : { passphrase }) };
}

function contextFor({ cert }: CertificateOptions, options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    throw unreadable(cert, error);
  }
}

function textOf(source: string): string {
  if (isPem(source)) return source;
  try {
    return readFileSync(source, 'utf8');
  } catch (error) {
    throw unreadable(source, error);
  }
}

function isPem(source: string): boolean {
  return source.trimStart().startsWith('-----BEGIN');
}

function unreadable(source: string, error: unknown): PomeloConfigException {
  const file = isPem(source) ? '(PEM text)' : source;
  return new PomeloConfigException('TLS_UNREADABLE', {
    file,
    detail: error instanceof Error ? error.message : String(error),
  });
}

/** `*.game.example` for `eu.game.example`. */
function wildcardOf(host: string): string {
  return `*${host.slice(Math.max(0, host.indexOf('.')))}`;
}
