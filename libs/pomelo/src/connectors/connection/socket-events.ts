import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Peer } from '../../edge/arrival.js';
import type { RejectReason } from '../../diagnostics.js';
import type { ClientConnection } from './client-connection.js';
import type { ListenerTargets } from './listener.js';

/** What the codes of the WebSocket library are called here; every other one is `ws_protocol`. */
const FRAME_ERRORS: ReadonlyMap<string, RejectReason> = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'oversize'],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 'oversize'],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 'ws_fragments'],
  ['WS_ERR_INVALID_UTF8', 'ws_text'],
]);

/** A client that reads a socket or a WebSocket of its own. */
export interface SocketClient extends ClientConnection {
  /** Bytes of a TCP stream. */
  onStream(chunk: Buffer): void;
  /** One WebSocket message. */
  onWebSocketMessage(data: Buffer, isBinary: boolean): void;
}

/** The client of a socket, in the socket: listeners are shared functions and no closures of each connection. */
const CLIENT = Symbol('client');

type SocketOfClient = Socket & { [CLIENT]?: SocketClient };
type WebSocketOfClient = WebSocket & { [CLIENT]?: SocketClient };

/** What becomes of the connections of a port whose clients `make` makes; `announce` is called before they are read. */
export function clientTargets<Client extends SocketClient>(
  make: (socket: Socket, webSocket: WebSocket | undefined, peer: Peer) => Client,
  announce?: (client: Client) => void,
): Required<Pick<ListenerTargets, 'stream' | 'webSocket'>> {
  return {
    stream: (socket, chunk, peer) => {
      const client = make(socket, undefined, peer);
      listenToSocket(socket, client);
      announce?.(client);
      client.onStream(chunk);
    },
    webSocket: (webSocket, socket, peer) => {
      const client = make(socket, webSocket, peer);
      listenToWebSocket(webSocket, socket, client);
      announce?.(client);
    },
  };
}

/** Connects a TCP client to its socket. */
function listenToSocket(socket: Socket, client: SocketClient): void {
  listenToEnds(socket, client);
  socket.on('data', onData);
}

/** Connects a WebSocket client to its WebSocket and to the socket below, which it writes to. */
function listenToWebSocket(webSocket: WebSocket, socket: Socket, client: SocketClient): void {
  listenToEnds(socket, client);
  (webSocket as WebSocketOfClient)[CLIENT] = client;
  webSocket.on('message', onMessage);
  webSocket.on('ping', onPing);
  webSocket.on('error', onWebSocketError);
}

function listenToEnds(socket: Socket, client: SocketClient): void {
  (socket as SocketOfClient)[CLIENT] = client;
  socket.on('drain', onDrain);
  socket.on('error', onError);
  socket.on('close', onClose);
}

function onData(this: SocketOfClient, chunk: Buffer): void {
  this[CLIENT]?.onStream(chunk);
}

function onDrain(this: SocketOfClient): void {
  this[CLIENT]?.onDrain();
}

function onError(this: SocketOfClient, error: NodeJS.ErrnoException): void {
  this[CLIENT]?.onClosed(
    error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'peer_reset' : 'peer_closed',
  );
}

function onClose(this: SocketOfClient): void {
  this[CLIENT]?.onClosed('peer_closed');
}

function onMessage(this: WebSocketOfClient, data: unknown, isBinary: boolean): void {
  // With the default binaryType of the library every message is one Buffer.
  this[CLIENT]?.onWebSocketMessage(data as Buffer, isBinary);
}

function onPing(this: WebSocketOfClient, data: Buffer): void {
  this[CLIENT]?.onPing(data);
}

/** The library has found a broken frame, and closes with the right code itself. */
function onWebSocketError(this: WebSocketOfClient, error: Error & { code?: string }): void {
  this[CLIENT]?.onFrameError(frameRefusal(error));
}

/** What an error of the WebSocket library is called here. */
export function frameRefusal({ code = '' }: Error & { readonly code?: string }): RejectReason {
  return FRAME_ERRORS.get(code) ?? 'ws_protocol';
}
