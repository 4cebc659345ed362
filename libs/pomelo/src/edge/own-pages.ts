import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RejectReason } from '../diagnostics.js';

/** What the port itself answers when there is no HTTP application. */
export interface OwnAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Counted as a refusal. */
  readonly reason?: RejectReason;
}

const ALIVE: OwnAnswer = { status: 200, text: 'ok' };
const READY: OwnAnswer = { status: 200, text: 'ready' };
const NOT_READY: OwnAnswer = { status: 503, text: 'not ready' };
const NO_METHOD: OwnAnswer = {
  status: 405,
  text: 'This port answers GET and HEAD.',
  headers: { Allow: 'GET, HEAD' },
  reason: 'http_method',
};
const NO_PAGE: OwnAnswer = {
  status: 426,
  text: 'This port speaks WebSocket and Pomelo over TCP.',
  headers: { Upgrade: 'websocket' },
  reason: 'http_get',
};

/** The answer to a request: `/healthz` while the process runs, `/readyz` while it takes clients, nothing else. */
export function ownAnswer({ method, url = '' }: IncomingMessage, isReady: boolean): OwnAnswer {
  if (method !== 'GET' && method !== 'HEAD') return NO_METHOD;
  const [path] = url.split('?', 1);
  if (path === '/healthz') return ALIVE;
  if (path === '/readyz') return isReady ? READY : NOT_READY;
  return NO_PAGE;
}

/** Sends it, and closes: nobody needs a second one on the same connection. */
export function sendOwnAnswer(response: ServerResponse, { status, text, headers = {} }: OwnAnswer): void {
  response.writeHead(status, { ...headers, Connection: 'close', 'Content-Type': 'text/plain' });
  response.end(`${text}\n`);
}
