import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

/** How a client sees the end: `close` over TCP, `close:<code>` over WebSocket, as the recordings write it. */
export type Ending = string;

/** A connection on which a test sends exactly the bytes that it means to, and sees every byte that comes. */
export abstract class RawLink {
  /** How often something came: over WebSocket the number of messages. */
  arrivals = 0;
  /** Fulfils when the connection has ended. */
  abstract readonly closed: Promise<Ending>;
  private received = Buffer.alloc(0);
  private lookers: (() => void)[] = [];

  /** Sends a piece of the stream, or one whole WebSocket message. */
  abstract send(bytes: Uint8Array): void;
  abstract destroy(): void;

  /** Everything that came. */
  get bytes(): Buffer {
    return this.received;
  }

  /** Fulfils with true as soon as `bytes` is the last that came after position `from`, with false at the end of the connection. */
  endsWith(bytes: Uint8Array, from: number): Promise<boolean> {
    return this.until(() => {
      const news = this.received.subarray(from);
      return news.length >= bytes.length && news.subarray(news.length - bytes.length).equals(bytes);
    });
  }

  /** Fulfils with true as soon as the first package is complete, with false at the end of the connection. */
  firstPackage(): Promise<boolean> {
    return this.until(
      () => this.received.length >= 4 && this.received.length >= 4 + this.received.readUIntBE(1, 3),
    );
  }

  /** Fulfils with true as soon as the request with this id, below 128, is answered; with false at the end of the connection. */
  answered(id: number, from: number): Promise<boolean> {
    return this.until(() => {
      let start = from;
      while (start + 4 <= this.received.length) {
        const end = start + 4 + this.received.readUIntBE(start + 1, 3);
        if (end > this.received.length) return false;
        if (this.received[start] === 4 && this.received[start + 4] === 4 && this.received[start + 5] === id)
          return true;
        start = end;
      }
      return false;
    });
  }

  private until(reached: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (reached()) resolve(true);
      };
      this.lookers.push(look);
      look();
      void this.closed.then(() => resolve(false));
    });
  }

  protected receive(chunk: Buffer): void {
    this.arrivals += 1;
    this.received = Buffer.concat([this.received, chunk]);
    for (const look of this.lookers) look();
  }
}

/** Over TCP. */
export class TcpLink extends RawLink {
  readonly closed: Promise<Ending>;

  private constructor(readonly socket: Socket) {
    super();
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve('close')));
  }

  static async open(port: number): Promise<TcpLink> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new TcpLink(socket);
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Over WebSocket. */
export class WsLink extends RawLink {
  readonly closed: Promise<Ending>;

  private constructor(readonly webSocket: WebSocket) {
    super();
    webSocket.on('message', (data) => this.receive(data as Buffer));
    webSocket.on('error', () => {});
    this.closed = new Promise((resolve) => webSocket.once('close', (code) => resolve(`close:${code}`)));
  }

  static async open(port: number): Promise<WsLink> {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(webSocket, 'open');
    return new WsLink(webSocket);
  }

  send(bytes: Uint8Array): void {
    if (this.webSocket.readyState === WebSocket.OPEN) this.webSocket.send(bytes);
  }

  destroy(): void {
    this.webSocket.terminate();
  }
}
