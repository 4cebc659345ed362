import type { Socket as TcpSocket } from 'node:net';
import { CLOSE_GRACE_MS } from '../../edge/close-grace.js';
import type { Socket } from 'socket.io';
import { WebSocket } from 'ws';
import type { Wire } from '../connection/connection-writer.js';
import { PollingExchanges } from './polling-exchanges.js';

/** A connection of the engine below socket.io. */
export type EngineConnection = Socket['conn'];

/** A client says two words on a WebSocket before it moves there. */
const MAX_PROBE_WORDS = 8;

/** What carries one socket.io client: HTTP requests, a WebSocket, or first the one and then the other. */
export class EngineWire implements Wire {
  readonly exchanges = new PollingExchanges(() => this.moved());
  /** Fulfils when the client is gone, and has what was sent to it. */
  readonly gone: Promise<void>;
  /** Called whenever the client has taken something. */
  onMoved: () => void = () => {};
  private socket: Socket | undefined = undefined;
  private webSocket: WebSocket | undefined = undefined;
  private probing: { readonly webSocket: WebSocket; readonly below: TcpSocket } | undefined = undefined;
  private probeWords = 0;
  private waitingBytes = 0;
  private isPaused = false;
  private leave: () => void = () => {};

  constructor(private readonly connection: EngineConnection) {
    // Else the engine keeps what it has closed for half a minute, in case that the client polls once more.
    connection.transport.discard();
    connection.on('packetCreate', ({ data = '' }: { data?: string }) => {
      this.waitingBytes += Buffer.byteLength(data);
    });
    connection.on('drain', () => {
      this.waitingBytes = 0;
      this.moved();
    });
    connection.on('upgrade', () => this.moveToWebSocket());
    this.gone = new Promise((resolve) => (this.leave = resolve));
    connection.once('close', () => {
      setTimeout(() => this.destroy(), CLOSE_GRACE_MS).unref();
      this.moved();
    });
  }

  get writable(): boolean {
    return this.connection.readyState === 'open';
  }

  /** What waits in the engine, in the WebSocket and in answers to requests. */
  get writableLength(): number {
    return this.waitingBytes + (this.webSocket?.bufferedAmount ?? 0) + this.exchanges.unreadBytes;
  }

  /** The client sends requests, and has not moved to a WebSocket. */
  get isPolling(): boolean {
    return this.webSocket === undefined;
  }

  /** The client has asked for messages: they go through this socket. */
  attach(socket: Socket): void {
    this.socket = socket;
  }

  /** The client has come over a WebSocket. */
  carryBy(webSocket: WebSocket, below: TcpSocket): void {
    this.webSocket = webSocket;
    below.on('drain', () => this.moved());
    if (this.isPaused) webSocket.pause();
  }

  /** The client tries whether a WebSocket gets through, and moves there when it does. */
  probe(webSocket: WebSocket, below: TcpSocket): void {
    // The engine tries one at a time, too, and sends the others away.
    if (this.probing?.webSocket.readyState === WebSocket.OPEN || this.webSocket !== undefined) return;
    this.probing = { webSocket, below };
    this.probeWords = 0;
    webSocket.on('message', this.countProbeWord);
  }

  write(text: Buffer): void {
    this.socket?.send(text.toString());
  }

  pause(): void {
    this.isPaused = true;
    this.exchanges.pause();
    this.webSocket?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.webSocket?.resume();
    this.exchanges.resume();
  }

  pong(data: Buffer): void {
    this.webSocket?.pong(data);
  }

  /** Says goodbye, so that the client does not come back by itself, and closes once that has left. */
  end(): void {
    this.socket?.disconnect();
    if (this.waitingBytes === 0) this.connection.close(true);
    else this.connection.once('drain', () => this.connection.close(true));
  }

  destroy(): void {
    this.connection.close(true);
    this.webSocket?.terminate();
    this.probing?.webSocket.terminate();
    this.exchanges.cut();
  }

  private readonly countProbeWord = (): void => {
    this.probeWords += 1;
    if (this.probeWords > MAX_PROBE_WORDS) this.probing?.webSocket.terminate();
  };

  private moved(): void {
    this.onMoved();
    if (this.connection.readyState === 'closed' && this.exchanges.unreadBytes === 0) this.leave();
  }

  private moveToWebSocket(): void {
    const { probing } = this;
    if (probing === undefined) return;
    this.probing = undefined;
    probing.webSocket.off('message', this.countProbeWord);
    this.carryBy(probing.webSocket, probing.below);
  }
}
