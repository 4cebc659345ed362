import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { webSocketServer } from '../../edge/web-socket-server.js';
import type { PomeloLimits } from '../../options/limits.js';

/** Called with every WebSocket before the engine has it. */
export type WebSocketWatch = (request: IncomingMessage, webSocket: WebSocket) => void;

/** The part of the engine that shakes hands with WebSocket clients, within our limits. */
class EngineWebSockets {
  constructor(
    private readonly server: WebSocketServer,
    private readonly watch: WebSocketWatch,
  ) {}

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.server.on(event, listener);
  }

  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (webSocket: WebSocket) => void,
  ): void {
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      this.watch(request, webSocket);
      done(webSocket);
    });
  }

  close(): void {
    this.server.close();
  }
}

/** The class that the engine makes it from: its option `wsEngine`. */
export function webSocketEngine(
  limits: Readonly<PomeloLimits>,
  watch: WebSocketWatch,
): new (options: { readonly maxPayload: number }) => EngineWebSockets {
  return class extends EngineWebSockets {
    constructor({ maxPayload }: { readonly maxPayload: number }) {
      super(webSocketServer(limits, maxPayload), watch);
    }
  };
}
