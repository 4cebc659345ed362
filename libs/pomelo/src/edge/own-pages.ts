import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RejectReason } from '../diagnostics.js';
import type { RequestRefusal } from './request-checks.js';

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
const NO_METHOD: RequestRefusal = { status: 405, reason: 'http_method', headers: { Allow: 'GET, HEAD' } };
const NO_PAGE: OwnAnswer = {
  status: 426,
  text: 'This port speaks WebSocket and Pomelo over TCP.',
  headers: { Upgrade: 'websocket' },
  reason: 'http_get',
};

/** Refuses methods that the port itself does not answer. */
export function checkOwnMethod({ method }: IncomingMessage): RequestRefusal | undefined {
  return method === 'GET' || method === 'HEAD' ? undefined : NO_METHOD;
}

/** The answer to a request: `/healthz` while the process runs, `/readyz` while it takes clients, nothing else. */
export function ownAnswer({ url = '' }: IncomingMessage, isReady: boolean): OwnAnswer {
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
