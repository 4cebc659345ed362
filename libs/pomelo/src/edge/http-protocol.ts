import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Peer } from './arrival.js';

/** A protocol over HTTP with a path of its own. The port has checked what it gets: the request, its origin, its sender. */
export interface HttpProtocol {
  /** The request is for it. */
  owns(request: IncomingMessage): boolean;
  /** Answers a request. */
  answer(request: IncomingMessage, response: ServerResponse, peer: Peer): void;
  /** Takes over the connection of a request for a WebSocket, from the handshake on. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, peer: Peer): void;
}
