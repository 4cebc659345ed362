import { gate } from 'nestjs-pomelo/gate';
import { connectorContract, RecordingManager, type ConnectorHarness } from 'nestjs-pomelo/testing';
import { closeAfterTest } from '../support/pomelo-app.js';
import { until } from '../support/until.js';
import { GateContractPeer } from './gate-contract-peer.js';
import { GatePeer, pack } from './gate-peer.js';

const GARBAGE = {
  'a pack of two bytes': Buffer.from('0200', 'hex'),
  'a pack whose topic ends behind it': Buffer.from('0700ff00616263', 'hex'),
  'a pack with a topic of no text': Buffer.from('06000200ff2f', 'hex'),
  'a pack without a topic': Buffer.from('04000000', 'hex'),
  'a topic of one part': Buffer.from('090003006162636869', 'hex'),
};

function overTcp(): ConnectorHarness {
  return {
    create: (port) => gate({ tcp: { port, host: '127.0.0.1' }, handler: 'room' }),
    connect: ({ port }) => GateContractPeer.open('tcp', port),
    garbage: GARBAGE,
    without: ['reasons', 'notifies'],
  };
}

function overWebSocket(): ConnectorHarness {
  return {
    create: (port) => gate({ ws: { port, host: '127.0.0.1' }, handler: 'room' }),
    connect: ({ port }) => GateContractPeer.open('ws', port),
    garbage: {
      ...GARBAGE,
      'one byte': Buffer.of(1),
      'two packs in one message': Buffer.from('0400000004000000', 'hex'),
    },
    without: ['reasons', 'notifies'],
  };
}

describe.each([
  ['TCP', overTcp()],
  ['WebSocket', overWebSocket()],
])('the gate connector over %s keeps the contract:', (_name, harness) => {
  for (const { name, run } of connectorContract(harness)) it(name, run);
});

it('a client of a gate that is paused stays so when a pack of it has been answered', async () => {
  const connector = gate({ tcp: { port: 0, host: '127.0.0.1' } });
  const manager = new RecordingManager(connector, { onMessage: () => {} });
  const [address] = await connector.start(manager);
  closeAfterTest({ close: () => connector.stop() });
  const [peer, bystander] = [
    await GatePeer.overTcp(address?.port ?? 0),
    await GatePeer.overTcp(address?.port ?? 0),
  ];
  await until(() => manager.clients.length === 2);
  const [client, other] = manager.clients as [(typeof manager.clients)[0], (typeof manager.clients)[0]];
  peer.send(pack('room/say', 'first'));
  await until(() => client.messages.length === 1);
  client.socket.pause?.();
  manager.send(client, 1, 'room.handler.say', 'answer');
  expect((await peer.packs.take())?.json).toBe('answer');
  peer.send(pack('room/say', 'second'));
  for (let count = 1; count <= 10; count += 1) {
    bystander.send(pack('room/say', count));
    await until(() => other.messages.length === count);
  }
  expect(client.messages).toHaveLength(1);
  client.socket.resume?.();
  await until(() => client.messages.length === 2);
});
