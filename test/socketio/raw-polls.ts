import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { closeAfterTest } from '../support/pomelo-app.js';
import type { Revision } from './raw-sio.js';

/** What a request got. */
export interface Poll {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A socket.io client of one's own that polls, request by request. */
export class RawPolls {
  /** Where its requests go. */
  readonly query: string;

  private constructor(
    readonly port: number,
    readonly revision: Revision,
    readonly sid: string,
    private readonly options: RequestOptions,
  ) {
    this.query = `EIO=${revision}&transport=polling&sid=${sid}`;
  }

  /** Comes, and takes what the server says first. */
  static async open(port: number, revision: Revision = 4, options: RequestOptions = {}): Promise<RawPolls> {
    const answer = await poll(port, `EIO=${revision}&transport=polling`, options);
    const sid = /"sid":"([^"]+)"/.exec(answer.text)?.[1];
    if (sid === undefined) throw new Error(`refused with ${answer.status}: ${answer.text}`);
    return new RawPolls(port, revision, sid, options);
  }

  /** Comes, and is connected. */
  static async ready(port: number, revision: Revision = 4, options: RequestOptions = {}): Promise<RawPolls> {
    const client = await RawPolls.open(port, revision, options);
    if (revision === 4) await client.post('40');
    const { text } = await client.get();
    if (!text.includes('40')) throw new Error(`not connected: ${text}`);
    return client;
  }

  /** Waits for messages. */
  get(options: RequestOptions = {}): Promise<Poll> {
    return poll(this.port, this.query, { ...this.options, ...options });
  }

  /** Sends a body, which is one packet unless it begins with a length. */
  post(body: string | Buffer, options: RequestOptions = {}): Promise<Poll> {
    const isPacket = typeof body === 'string' && this.revision === 3 && !/^\d+:/.test(body);
    const framed = isPacket ? `${body.length}:${body}` : body;
    return poll(this.port, this.query, { ...this.options, method: 'POST', ...options }, framed);
  }

  /** Moves to a WebSocket, as libraries do, and gives it. */
  async move(): Promise<WebSocket> {
    const query = `EIO=${this.revision}&transport=websocket&sid=${this.sid}`;
    const webSocket = new WebSocket(`ws://127.0.0.1:${this.port}/socket.io/?${query}`);
    closeAfterTest({ close: async () => webSocket.terminate() });
    await once(webSocket, 'open');
    webSocket.send('2probe');
    await once(webSocket, 'message');
    webSocket.send('5');
    return webSocket;
  }

  /** Begins a request and does not end it. */
  begin(options: RequestOptions, start = ''): ClientRequest {
    const sent = send(this.port, this.query, { ...this.options, ...options });
    sent.on('error', () => {});
    if (start === '') sent.flushHeaders();
    else sent.write(start);
    return sent;
  }
}

/** One request on the path of socket.io. */
export function poll(
  port: number,
  query: string,
  options: RequestOptions = {},
  body: string | Buffer = '',
): Promise<Poll> {
  return new Promise((resolve, reject) => {
    const sent = send(port, query, options);
    sent.on('error', reject).on('response', (response) => {
      const { statusCode: status, headers } = response;
      readText(response).then((text) => resolve({ status, headers, text }), reject);
    });
    sent.end(body);
  });
}

function send(port: number, query: string, options: RequestOptions): ClientRequest {
  const sent = request({ host: '127.0.0.1', port, path: `/socket.io/?${query}`, agent: false, ...options });
  closeAfterTest({ close: async () => sent.destroy() });
  return sent;
}
