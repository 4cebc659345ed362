import { WebSocketServer } from 'ws';
import type { PomeloLimits } from '../options/limits.js';
import { CLOSE_GRACE_MS } from './close-grace.js';
import { refuse } from './http-refusal.js';
import { BAD_UPGRADE } from './request-checks.js';

/** More chunks of one message than this are joined by the WebSocket library; its default allows megabytes of them. */
const MAX_BUFFERED_CHUNKS = 4096;

/** Makes the part of a port that shakes hands with WebSocket clients, within the limits. Pings are the client's to answer. */
export function webSocketServer(
  { messageFragments }: Readonly<PomeloLimits>,
  maxMessageBytes: number,
): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    closeTimeout: CLOSE_GRACE_MS,
    maxPayload: maxMessageBytes,
    maxFragments: messageFragments,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
  };
  const server = new WebSocketServer(options);
  server.on('wsClientError', (_error, socket) => refuse(socket, BAD_UPGRADE));
  return server;
}
