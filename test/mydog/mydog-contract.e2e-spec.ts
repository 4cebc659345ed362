import { mydog } from 'nestjs-pomelo/mydog';
import { connectorContract, type ConnectorHarness } from 'nestjs-pomelo/testing';
import { tcpLink, webSocketLink } from '../support/contract/peer-link.js';
import { MydogContractPeer, SUITE_ROUTES } from './mydog-contract-peer.js';

const GARBAGE = {
  'a frame without a type': Buffer.alloc(4),
  'a frame of an unknown type': Buffer.from('0000000109', 'hex'),
  'a second handshake': Buffer.from('0000000b027b226d6435223a22227d', 'hex'),
  'a message without a command': Buffer.from('000000020100', 'hex'),
  'a frame that is longer than allowed': Buffer.from('00ffffff01', 'hex'),
};

function over(
  openLink: typeof tcpLink | typeof webSocketLink,
  garbage: Record<string, Buffer>,
): ConnectorHarness {
  return {
    create: (port) => mydog({ port, host: '127.0.0.1', routes: SUITE_ROUTES }),
    connect: ({ port }) => MydogContractPeer.open(openLink, port),
    garbage,
    without: ['reasons', 'notifies'],
  };
}

describe.each([
  ['TCP', over(tcpLink, GARBAGE)],
  ['WebSocket', over(webSocketLink, { ...GARBAGE, 'one byte': Buffer.of(1) })],
])('the mydog connector over %s keeps the contract:', (_name, harness) => {
  for (const { name, run } of connectorContract(harness)) it(name, run);
});
