import { hybrid } from 'nestjs-pomelo';
import { TestConnector, type ConnectorHarness } from 'nestjs-pomelo/testing';
import { tcpLink, webSocketLink } from './peer-link.js';
import { PomeloPeer, type OpenLink } from './pomelo-peer.js';
import { TestPeer } from './test-peer.js';

const GARBAGE = {
  'a package of type 0': Buffer.from('00000000', 'hex'),
  'a kick': Buffer.from('05000000', 'hex'),
  'a package that is longer than allowed': Buffer.from('04ffffff', 'hex'),
  'a package without a message': Buffer.from('04000000', 'hex'),
  'a message that is nothing but its flag': Buffer.from('0400000100', 'hex'),
  'a request with the id 0': Buffer.from('040000060000016100007b7d', 'hex'),
  'an id that does not end': Buffer.from(`0400000b00${'ff'.repeat(9)}01`, 'hex'),
  'a route that does not end': Buffer.from('040000040001ff61', 'hex'),
  'a message of type 7': Buffer.from('040000030e0100', 'hex'),
  'an answer to a server': Buffer.from('0400000404017b7d', 'hex'),
};

function pomelo(openLink: OpenLink): ConnectorHarness {
  return {
    create: (port) => hybrid({ port, host: '127.0.0.1', heartbeat: false }),
    connect: ({ port }) => PomeloPeer.open(port, openLink),
    garbage: GARBAGE,
  };
}

/** The hybrid connector with a TCP client. */
export const hybridOverTcp = pomelo(tcpLink);

/** The hybrid connector with a WebSocket client. */
export const hybridOverWebSocket: ConnectorHarness = {
  ...pomelo(webSocketLink),
  garbage: { ...GARBAGE, 'a frame with half a package': Buffer.from('0400', 'hex') },
};

/** The connector without sockets; its clients read everything at once, and send whole messages. */
export function inProcess(): ConnectorHarness {
  let connector = new TestConnector();
  return {
    create: () => (connector = new TestConnector()),
    connect: async () => new TestPeer(await connector.connect()),
    without: ['port', 'pieces', 'slow peers'],
  };
}
