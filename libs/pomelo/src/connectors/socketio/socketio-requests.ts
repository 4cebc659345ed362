import type { IncomingMessage } from 'node:http';
import type { RequestRefusal } from '../../edge/request-checks.js';

const WRONG_METHOD: RequestRefusal = {
  status: 405,
  reason: 'http_method',
  headers: { Allow: 'GET, POST, OPTIONS' },
};
/** A WebSocket where clients only poll. */
export const WRONG_TRANSPORT: RequestRefusal = { status: 400, reason: 'upgrade_refused' };
const JSONP: RequestRefusal = { status: 400, reason: 'http_bad' };

/** The query of a request for a path, read as the engine reads it. */
export function queryOf({ url = '' }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(new URL(url, 'http://localhost').searchParams);
}

/** Looks at a request of a client that polls. A script tag sends no origin, so that JSONP would be open to every page. */
export function checkPoll(request: IncomingMessage): RequestRefusal | undefined {
  const { method } = request;
  if (method !== 'GET' && method !== 'POST' && method !== 'OPTIONS') return WRONG_METHOD;
  return 'j' in queryOf(request) ? JSONP : undefined;
}
