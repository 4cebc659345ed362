import { hybrid, type Connector } from 'nestjs-pomelo';
import { gate, type GateOptions } from 'nestjs-pomelo/gate';
import { mydog } from 'nestjs-pomelo/mydog';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { frame } from '../mydog/mydog-peer.js';
import { RawSio } from '../socketio/raw-sio.js';
import { socketio } from 'nestjs-pomelo/socketio';
import { closeAfterTest } from './pomelo-app.js';
import { handshake, POMELO_SYS } from './raw-client.js';

/** A client that takes bytes only when a test wants it to. */
export interface SlowPeer {
  pause(): void;
  resume(): void;
  /** Everything that came, as text. */
  heard(): string;
}

/** A connector, and how a client of it connects. */
export interface SlowTransport {
  readonly name: string;
  readonly connector: () => Connector;
  readonly open: (port: number) => Promise<SlowPeer>;
}

const HERE = { port: 0, host: '127.0.0.1' };
const HYBRID_WORDS = [handshake({ sys: POMELO_SYS }), HANDSHAKE_ACK_PACKAGE];
const MYDOG_WORDS = [frame(2, '{"md5":""}')];

/** Every transport of the package that keeps pushes for clients that are behind. */
export const SLOW_TRANSPORTS: readonly SlowTransport[] = [
  { name: 'hybrid over TCP', connector: makeHybrid, open: (port) => overTcp(port, HYBRID_WORDS) },
  { name: 'hybrid over WebSocket', connector: makeHybrid, open: (port) => overWebSocket(port, HYBRID_WORDS) },
  { name: 'mydog over TCP', connector: makeMydog, open: (port) => overTcp(port, MYDOG_WORDS) },
  {
    name: 'mydog over WebSocket',
    connector: makeMydog,
    open: (port) => overWebSocket(port, MYDOG_WORDS),
  },
  { name: 'gate over TCP', connector: () => makeGate({ tcp: HERE }), open: (port) => overTcp(port, []) },
  {
    name: 'gate over WebSocket',
    connector: () => makeGate({ ws: HERE }),
    open: (port) => overWebSocket(port, []),
  },
  { name: 'socket.io over WebSocket', connector: () => socketio(HERE), open: overSocketio },
];

function makeHybrid(): Connector {
  return hybrid({ ...HERE, heartbeat: false });
}

function makeMydog(): Connector {
  return mydog({ ...HERE, pushRoutes: ['onFill', 'onMove'] });
}

function makeGate(where: Pick<GateOptions, 'tcp' | 'ws'>): Connector {
  return gate({ ...where, sendPackBuffNum: 100_000 });
}

/** Says the first words; each after the answer to the one before. */
async function overTcp(port: number, words: readonly Uint8Array[]): Promise<SlowPeer> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let heard = '';
  socket.on('error', () => {}).on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  closeAfterTest({ close: async () => socket.destroy() });
  await once(socket, 'connect');
  for (const [index, word] of words.entries()) {
    if (index > 0) await once(socket, 'data');
    socket.write(word);
  }
  return {
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    heard: () => heard,
  };
}

async function overWebSocket(port: number, words: readonly Uint8Array[]): Promise<SlowPeer> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  let heard = '';
  socket.on('error', () => {}).on('message', (data: Buffer) => (heard += data.toString('latin1')));
  closeAfterTest({ close: async () => socket.terminate() });
  await once(socket, 'open');
  for (const [index, word] of words.entries()) {
    if (index > 0) await once(socket, 'message');
    socket.send(word);
  }
  return {
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    heard: () => heard,
  };
}

async function overSocketio(port: number): Promise<SlowPeer> {
  const peer = await RawSio.ready(port);
  return {
    pause: () => peer.webSocket.pause(),
    resume: () => peer.webSocket.resume(),
    heard: () => peer.texts.join(''),
  };
}
