import { Kvm } from '@nats-io/kv';
import { connect, PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nats } from 'nestjs-pomelo/nats';
import { closeAfterTest, refusalOf } from '../support/pomelo-app.js';
import { until } from '../support/until.js';
import { bindingAt, openStore } from './contract/contract-bindings.js';
import type { ContractEngine } from './contract/contract-engine.js';
import { bytesOf, ContractPeer, textOf } from './contract/contract-peer.js';
import { NatsServer } from './support/nats-server.js';
import { recordLog } from './support/recorded-log.js';

beforeEach(() => {
  recordLog();
});

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/cluster-security.md'), 'utf8');
const CONFIG = /```conf\n([^]*?)```/.exec(PAGE)?.[1] ?? '';
const TYPES = ['gate', 'connector', 'chat'] as const;
type ServerType = (typeof TYPES)[number];
const env = {
  GATE_PASSWORD: 'gate-secret',
  CONNECTOR_PASSWORD: 'connector-secret',
  CHAT_PASSWORD: 'chat-secret',
};
const ANN = Buffer.from('ann').toString('base64url');

function startNats(): Promise<NatsServer> {
  return NatsServer.start({ config: CONFIG, env });
}

/** NATS with the credentials of a server type. */
function engineFor({ url }: NatsServer, type: ServerType, pass = `${type}-secret`): ContractEngine {
  const options = { servers: url, user: type, pass, inboxPrefix: `_INBOX_${type}` };
  return { driver: () => nats(options), close: async () => {} };
}

function openServer(server: NatsServer, type: ServerType): Promise<ContractPeer> {
  return ContractPeer.open(engineFor(server, type), `${type}-1`, { types: [type], namespace: 'game' });
}

/** Somebody who has the credentials of a server type, and is none of the servers. */
async function intruder({ url }: NatsServer, type: ServerType): Promise<NatsConnection> {
  const inboxPrefix = `_INBOX_${type}`;
  return closeAfterTest(await connect({ servers: url, user: type, pass: `${type}-secret`, inboxPrefix }));
}

/** The subjects that NATS forbids to a connection, as it says so. */
function forbiddenTo(connection: NatsConnection): string[] {
  const subjects: string[] = [];
  void (async () => {
    for await (const status of connection.status())
      if (status.type === 'error' && status.error instanceof PermissionViolationError)
        subjects.push(status.error.subject);
  })();
  return subjects;
}

describe('with the users of the security page', () => {
  it('servers of every type find each other, write to each other and hear what is not delivered', async () => {
    const server = await startNats();
    const peers = [];
    for (const type of TYPES) peers.push(await openServer(server, type));
    for (const { transport, peerId } of peers) transport.announce(bytesOf(peerId.id));
    for (const peer of peers) {
      const others = peers.filter((other) => other !== peer);
      await until(() => peer.heard.length === 2);
      const answers = await peer.transport.hello();
      expect(answers.map(({ from }) => from.role).toSorted()).toEqual(
        others.map(({ peerId }) => peerId.role).toSorted(),
      );
      for (const other of others) peer.transport.multicast(other.peerId.role, bytesOf('to all'));
      await peer.finish(...others);
      for (const other of others) expect(other.textsOf(peer)).toEqual(['to all']);
      const batchNo = await peer.send('nobody', bytesOf('lost'));
      await until(() => peer.undelivered.length > 0);
      expect(peer.undelivered).toEqual([['nobody', batchNo]]);
    }
  });

  it('connectors write where users are, the others read it, whoever comes first', async () => {
    const server = await startNats();
    const chat = await openStore(engineFor(server, 'chat'), 'game');
    expect(await chat.get('ann')).toEqual([]);
    const connector = await openStore(engineFor(server, 'connector'), 'game');
    expect(await connector.update('ann', () => [bindingAt('connector-1')])).toEqual([]);
    const gate = await openStore(engineFor(server, 'gate'), 'game');
    for (const store of [chat, gate]) {
      expect(await store.get('ann')).toEqual([bindingAt('connector-1')]);
      await expect(store.update('ann', () => [])).rejects.toThrow('$KV.pf_game_bind');
    }
    expect(await connector.get('ann')).toEqual([bindingAt('connector-1')]);
  });

  it('a chat server cannot start as a connector', async () => {
    const server = await startNats();
    const types = ['connector'];
    const open = ContractPeer.open(engineFor(server, 'chat'), 'connector-9', { types, namespace: 'game' });
    const refusal = await refusalOf(() => open);
    expect(refusal).toContain('does not let this server in');
    expect(refusal).toContain('pf.game.s.connector-9.connector.connector-9');
  });

  it('a chat server cannot listen for a type that it has no right to', async () => {
    const server = await startNats();
    const peer = await ContractPeer.open(engineFor(server, 'chat'), 'chat-1', {
      namespace: 'game',
      listen: false,
    });
    await expect(peer.transport.listen(true)).resolves.toBeUndefined();
    const driver = engineFor(server, 'chat').driver();
    const both = closeAfterTest(driver.createTransport());
    await both.open(
      { id: 'chat-2', inc: 'x', role: 'chat', types: ['chat', 'connector'], namespace: 'game' },
      peer,
    );
    expect(await refusalOf(() => both.listen(true))).toContain('pf.game.t.connector.>');
  });

  it('nobody starts with a wrong password', async () => {
    const server = await startNats();
    const engine = engineFor(server, 'chat', 'guessed');
    const refusal = await refusalOf(() => ContractPeer.open(engine, 'chat-1', { namespace: 'game' }));
    expect(refusal).toContain(server.url);
    expect(refusal).toContain('Authorization Violation');
    expect(refusal).not.toContain('guessed');
  });

  it('a chat server cannot speak as a connector, nor for NATS, nor bind users', async () => {
    const server = await startNats();
    const connector = await openServer(server, 'connector');
    const store = await openStore(engineFor(server, 'connector'), 'game');
    await store.update('ann', () => [bindingAt('connector-1')]);
    const chat = await intruder(server, 'chat');
    const forbidden = forbiddenTo(chat);
    const attempts = [
      'pf.game.s.connector-1.connector.connector-9.x',
      'pf.game.s.connector-1.gate.gate-1.x',
      'pf.game.t.connector.gate.gate-1.x',
      'pf.game.hb.connector.connector-9.x',
      'pf.game.h.connector-1.connector-1-inc.1.gate.gate-1.x',
      'pf.game.h.connector-1.connector-1-inc.1',
      'pf.game.r.connector-1.connector-1-inc.chat-1.1',
      `$KV.pf_game_bind.${ANN}`,
      '$JS.API.STREAM.CREATE.KV_pf_game_bind',
      '$JS.API.STREAM.UPDATE.KV_pf_game_bind',
      '$JS.API.STREAM.DELETE.KV_pf_game_bind',
      '$JS.API.STREAM.PURGE.KV_pf_game_bind',
      '$JS.API.STREAM.CREATE.mine',
    ];
    for (const subject of attempts) chat.publish(subject, '\u0001forged');
    chat.publish('pf.game.s.connector-1.chat.chat-1.x', '\u0001honest');
    await until(() => connector.got.length > 0 && forbidden.length >= attempts.length);
    expect(forbidden).toEqual(attempts);
    expect(connector.got.map(({ from }) => from.role)).toEqual(['chat']);
    expect([connector.heard, connector.undelivered]).toEqual([[], []]);
    expect(await store.get('ann')).toEqual([bindingAt('connector-1')]);
  });

  it('a chat server cannot read what JetStream tells others, nor what goes to another type', async () => {
    const server = await startNats();
    const chat = await intruder(server, 'chat');
    const forbidden = forbiddenTo(chat);
    const attempts = ['_INBOX_connector.>', '$KV.>', 'pf.game.t.connector.>', 'pf.>', '>'];
    for (const subject of attempts) chat.subscribe(subject, { callback: () => {} });
    await until(() => forbidden.length >= attempts.length);
    expect(forbidden).toEqual(attempts);
  });

  it('a chat server cannot put another sender behind its own role', async () => {
    const server = await startNats();
    const connector = await openServer(server, 'connector');
    const chat = await intruder(server, 'chat');
    const forbidden = forbiddenTo(chat);
    const tail = 'gate.gate-1.x';
    for (const head of ['s.connector-1.chat', 't.connector.chat', 'hb.chat', 'hb.chat.chat-1'])
      chat.publish(`pf.game.${head}.${tail}`, '\u0001forged');
    chat.publish('pf.game.hb.chat.chat-1.x', '\u0001honest');
    chat.publish('pf.game.s.connector-1.chat.chat-1.x', '\u0001honest');
    await until(() => connector.got.length > 0);
    for (const { from, bytes } of [...connector.got, ...connector.heard])
      expect([from, textOf(bytes)]).toEqual([{ id: 'chat-1', inc: 'x', role: 'chat' }, 'honest']);
    expect([connector.got.length, connector.heard.length, forbidden]).toEqual([1, 1, []]);
  });

  it('what a server is asked to answer on the subject of another one goes nowhere', async () => {
    const server = await startNats();
    const connector = await openServer(server, 'connector');
    const gate = await openServer(server, 'gate');
    gate.transport.announce(bytesOf('gate-1'));
    await until(() => connector.heard.length > 0);
    const chat = await intruder(server, 'chat');
    for (const reply of [
      'pf.game.s.connector-1',
      'pf.game.hb',
      'pf.game.h.connector-1.connector-1-inc.1.gate.gate-9.x',
    ])
      chat.publish('pf.game.hello', '', { reply });
    chat.publish('pf.game.s.gate-1.chat.chat-1.x', '\u0001last');
    await until(() => gate.got.length > 0);
    await gate.finish(connector);
    expect([connector.got.length, connector.heard.length]).toEqual([1, 1]);
    expect((await connector.transport.hello()).map(({ from }) => from.id)).toEqual(['gate-1']);
  });

  it('what JetStream is made to answer under the name of another server is not taken for his', async () => {
    const server = await startNats();
    const connector = await openServer(server, 'connector');
    const store = await openStore(engineFor(server, 'connector'), 'game');
    await store.update('ann', () => [bindingAt('connector-1')]);
    const spy = await intruder(server, 'connector');
    const arrived: string[] = [];
    spy.subscribe('pf.game.s.connector-1.>', { callback: (_error, msg) => void arrived.push(msg.subject) });
    await spy.flush();
    const forged = 'pf.game.s.connector-1.gate.gate-1.x';
    const honest = 'pf.game.s.connector-1.chat.chat-1.x';
    const chat = await intruder(server, 'chat');
    const question = JSON.stringify({ last_by_subj: `$KV.pf_game_bind.${ANN}` });
    chat.publish('$JS.API.STREAM.MSG.GET.KV_pf_game_bind', question, { reply: forged });
    await until(() => arrived.includes(forged));
    chat.publish(honest, '\u0001honest');
    await until(() => connector.got.length > 0);
    expect(arrived).toEqual([forged, honest]);
    expect(connector.got.map(({ from }) => from.role)).toEqual(['chat']);
  });
});

it('what JetStream is made to repeat, with any bytes in it, is not taken for a batch', async () => {
  const server = await NatsServer.start();
  const engine = { driver: () => nats({ servers: server.url }), close: async () => {} };
  const connector = await ContractPeer.open(engine, 'connector-1', { namespace: 'game' });
  const anybody = closeAfterTest(await connect({ servers: server.url }));
  const kv = await new Kvm(anybody).create('mine');
  await kv.put('batch', '\u0001forged');
  const [forged, honest] = ['gate.gate-1.x', 'chat.chat-1.x'].map((from) => `pf.game.s.connector-1.${from}`);
  const arrived: string[] = [];
  anybody.subscribe('pf.game.s.connector-1.>', { callback: (_error, msg) => void arrived.push(msg.subject) });
  anybody.publish('$JS.API.DIRECT.GET.KV_mine.$KV.mine.batch', '', { reply: forged ?? '' });
  await until(() => arrived.includes(forged ?? ''));
  anybody.publish(honest ?? '', '\u0001honest');
  await until(() => connector.got.length > 0);
  expect(connector.got.map(({ from }) => from.role)).toEqual(['chat']);
});
