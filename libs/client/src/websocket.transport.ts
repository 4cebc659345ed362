import { PomeloClientError } from './errors.js';
import { messageFraming } from './framing.js';
import { CLOSE_GRACE_MS, type Transport, type TransportFactory, type TransportSink } from './transport.js';

/** What a browser's `WebSocket` and that of the `ws` package have in common. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
  /** Ends without waiting for the peer; `ws` only. */
  terminate?(): void;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: object) => void): void;
}

const OPEN = 1;
const CLOSED = 3;

/**
 * A transport over WebSockets. `create` makes a socket that is connecting; give one of your own to add headers or a
 * subprotocol.
 */
export function webSocketTransport(
  create: (url: string) => WebSocketLike | Promise<WebSocketLike>,
): TransportFactory {
  return (endpoint, sink, signal) => {
    void open(endpoint.url, create, sink, signal).catch((error: unknown) => sink.onEnd(error));
  };
}

async function open(
  url: string,
  create: (url: string) => WebSocketLike | Promise<WebSocketLike>,
  sink: TransportSink,
  signal: AbortSignal,
): Promise<void> {
  const socket = await create(url);
  const transport = new WebSocketTransport(socket, sink);
  signal.addEventListener('abort', () => transport.close(), { once: true });
  if (signal.aborted) transport.close();
}

class WebSocketTransport implements Transport {
  readonly framing = messageFraming;
  private failure: unknown;
  private grace: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly socket: WebSocketLike,
    private readonly sink: TransportSink,
  ) {
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => sink.onOpen(this));
    socket.addEventListener('message', (event) => this.receive('data' in event ? event.data : undefined));
    socket.addEventListener(
      'error',
      (event) => (this.failure ??= 'error' in event ? event.error : undefined),
    );
    socket.addEventListener('close', (event) => this.end('code' in event ? event.code : undefined));
  }

  send(bytes: Uint8Array): void {
    // Nothing in this library or the protocol's is in shared memory, which WebSockets do not take.
    if (this.socket.readyState === OPEN) this.socket.send(bytes as Uint8Array<ArrayBuffer>);
  }

  close(): void {
    if (this.grace !== undefined || this.socket.readyState === CLOSED) return;
    this.grace = setTimeout(() => this.socket.terminate?.(), CLOSE_GRACE_MS);
    this.socket.close(1000);
  }

  private receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.sink.onBytes(new Uint8Array(data));
      return;
    }
    this.failure ??= new PomeloClientError('PROTOCOL', { detail: 'a text frame' });
    this.close();
  }

  private end(code: unknown): void {
    clearTimeout(this.grace);
    this.sink.onEnd(this.failure ?? new Error(`the WebSocket was closed with code ${String(code)}`));
  }
}
