import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RejectReason } from '../diagnostics.js';
import type { OriginPolicy } from './origin-policy.js';

/** Why a request is not answered, or does not become a WebSocket. */
export interface RequestRefusal {
  readonly status: number;
  readonly reason: RejectReason;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Headers of one request; the default of Node drops those beyond 2000 without a word. */
export const MAX_HEADERS = 128;

const NO_HOST: RequestRefusal = { status: 400, reason: 'http_bad' };
const UNKNOWN_CODING: RequestRefusal = { status: 400, reason: 'http_bad' };
const TOO_MANY_HEADERS: RequestRefusal = { status: 431, reason: 'http_bad' };
const WITH_BODY: RequestRefusal = { status: 400, reason: 'http_bad' };
const NO_WEBSOCKET: RequestRefusal = { status: 400, reason: 'upgrade_refused' };
const WRONG_ORIGIN: RequestRefusal = { status: 403, reason: 'origin' };
/** An upgrade that the application does not want. */
export const REFUSED_BY_APPLICATION: RequestRefusal = { status: 400, reason: 'handshake_refused' };
/** An upgrade on a path where nobody waits for it. */
export const WRONG_PATH: RequestRefusal = { status: 404, reason: 'upgrade_refused' };
/** What the WebSocket library finds wrong: method, version, key, protocols. */
export const BAD_UPGRADE: RequestRefusal = {
  status: 400,
  reason: 'upgrade_refused',
  headers: { 'Sec-WebSocket-Version': '13' },
};

/** Looks at a request of any kind. */
export function checkRequest({
  headers,
  rawHeaders,
  httpVersion,
}: IncomingMessage): RequestRefusal | undefined {
  // Each has a name and a value; the parser stops at the limit.
  if (rawHeaders.length >= 2 * MAX_HEADERS) return TOO_MANY_HEADERS;
  if (headers.host === undefined && httpVersion !== '1.0') return NO_HOST;
  return hasUnknownCoding(headers) ? UNKNOWN_CODING : undefined;
}

/** Looks at an upgrade request before the WebSocket library does. */
export function checkUpgrade(
  request: IncomingMessage,
  origins: OriginPolicy,
  isSecure: boolean,
): RequestRefusal | undefined {
  const { headers } = request;
  // A body would be read as frames by one side, and as a second request by another.
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
    return WITH_BODY;
  if (headers.upgrade?.toLowerCase() !== 'websocket') return NO_WEBSOCKET;
  return origins.allows(headers.origin, headers.host, isSecure) ? undefined : WRONG_ORIGIN;
}

/** Looks at the origin of a plain request. A page that asks its own host with GET sends none, but says that it does so. */
export function checkOrigin(
  { headers }: IncomingMessage,
  origins: OriginPolicy,
  isSecure: boolean,
): RequestRefusal | undefined {
  const { origin, host } = headers;
  const isOwn = origin === undefined && headers['sec-fetch-site'] === 'same-origin';
  const named = isOwn ? `${isSecure ? 'https' : 'http'}://${host}` : origin;
  return origins.allows(named, host, isSecure) ? undefined : WRONG_ORIGIN;
}

/** Whoever does not know where a body ends reads a second request where another sees none. */
function hasUnknownCoding({ 'transfer-encoding': codings }: IncomingHttpHeaders): boolean {
  return codings !== undefined && !/(^|,)\s*chunked\s*$/i.test(codings);
}
