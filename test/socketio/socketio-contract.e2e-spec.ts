import { connectorContract, type ConnectorHarness } from 'nestjs-pomelo/testing';
import { socketio } from 'nestjs-pomelo/socketio';
import { RawSio, type Revision } from './raw-sio.js';
import { SIO_KINDS, SioPeer, type SioKind } from './sio-peer.js';

function harness(kind: SioKind): ConnectorHarness {
  return {
    // Short enough to be missed within the patience of the suite.
    create: (port) => socketio({ port, host: '127.0.0.1', heartbeatInterval: 1000, heartbeatTimeout: 2000 }),
    connect: ({ port }) => SioPeer.open(kind, port),
    without: ['pieces', 'slow peers'],
  };
}

/** A client that polls is one and makes two connections: it never comes alone. */
const FOR_ONE_CONNECTION = /no more clients than limits.connections/;

describe.each(SIO_KINDS)(
  'the socket.io connector keeps the contract with the %s client over %s:',
  (...kind) => {
    const polls = kind[1] !== 'websocket';
    for (const { name, run } of connectorContract(harness(kind)))
      if (!polls || !FOR_ONE_CONNECTION.test(name)) it(name, run);
  },
);

const GARBAGE = {
  'an empty frame': '',
  'a packet that the engine does not know': '9',
  'a packet without a message': '4',
  'a packet that has no place on a WebSocket': '6',
  'a message of no kind': '4x',
  'a namespace of its own': '40/admin,',
  'an event for a namespace': '42/admin,["message","x"]',
  'an event that wants an answer': '421["message","x"]',
  'an answer to nothing': '431["x"]',
  'an event with bytes': '451-["message",{"_placeholder":true,"num":0}]',
  'JSON that does not end': '42["message","',
  'an event of another name': '42["other","x"]',
  'an event of a name of socket.io': '42["disconnect","x"]',
  'an event without words': '42["message"]',
  'an event of two words': '42["message","x","x"]',
  'an event of an object': '42["message",{}]',
  'nested arrays': `42["message",${'['.repeat(9000)}${']'.repeat(9000)}]`,
  'a message of nothing': '42["message",""]',
  'half a head': '42["message","abc"]',
  'a route that does not end': String.raw`42["message","\u0000\u0000\u0000\u0001\u0009a.b"]`,
  'an id beyond bytes': String.raw`42["message","\u0100\u0000\u0000\u0001\u0001a{}"]`,
};

describe.each([[3], [4]] as const)(
  'the socket.io connector keeps the contract with raw WebSockets of revision %i:',
  (revision) => {
    const raw: ConnectorHarness = {
      create: (port) => socketio({ port, host: '127.0.0.1' }),
      connect: ({ port }) => RawSio.ready(port, revision),
      garbage: Object.fromEntries(
        Object.entries({ ...GARBAGE, ...wrongHeartbeat(revision) }).map(([what, text]) => [
          what,
          Buffer.from(text),
        ]),
      ),
    };
    for (const { name, run } of connectorContract(raw)) it(name, run);
  },
);

/** Heartbeats go one way only, and who has asked does not ask again. */
function wrongHeartbeat(revision: Revision): Readonly<Record<string, string>> {
  return { 'a heartbeat in the wrong direction': revision === 3 ? '3' : '2', 'a second question': '40' };
}
