import { connect } from '@nats-io/transport-node';
import { nats, type NatsOptions } from 'nestjs-pomelo/nats';
import { closeAfterTest } from '../support/pomelo-app.js';
import { until } from '../support/until.js';
import type { ContractEngine } from './contract/contract-engine.js';
import { bytesOf, ContractPeer } from './contract/contract-peer.js';
import { NatsServer } from './support/nats-server.js';
import { recordLog } from './support/recorded-log.js';

beforeEach(() => {
  recordLog();
});

function engineAt(servers: string, options: Omit<NatsOptions, 'servers'> = {}): ContractEngine {
  return { driver: () => nats({ servers, ...options }), close: async () => {} };
}

/** Both send to each other, to their type, and to nobody. */
async function expectTraffic(one: ContractPeer, other: ContractPeer): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.transport.announce(bytesOf('here'));
    from.transport.multicast('chat', bytesOf('to all'));
    await from.finish(to);
    expect(to.textsOf(from)).toContain('to all');
    const lost = await from.send('nobody', bytesOf('lost'));
    await until(() => from.undelivered.some(([, batchNo]) => batchNo === lost));
  }
  const answers = await one.transport.hello();
  expect(answers.map(({ from }) => from)).toEqual([other.peerId]);
}

describe('a server whose NATS', () => {
  it.each(['kill', 'stop'] as const)('ends (%s) says so, and works again when it is back', async (end) => {
    const server = await NatsServer.start();
    const one = await ContractPeer.open(engineAt(server.url), 'one');
    const other = await ContractPeer.open(engineAt(server.url), 'other');
    await expectTraffic(one, other);
    for (const times of [1, 2]) {
      await server[end]();
      await until(() => [one, other].every(({ states }) => states.length === 2 * times - 1));
      await server.start();
      await until(() => [one, other].every(({ states }) => states.length === 2 * times));
    }
    expect(one.states).toEqual(['down', 'up', 'down', 'up']);
    for (const peer of [one, other]) peer.got.length = 0;
    await expectTraffic(one, other);
  });

  it('ends while it does not listen does not listen afterwards', async () => {
    const server = await NatsServer.start();
    const one = await ContractPeer.open(engineAt(server.url), 'one');
    const other = await ContractPeer.open(engineAt(server.url), 'other');
    await one.transport.listen(false);
    await server.kill();
    await until(() => one.states.length + other.states.length === 2);
    await other.transport.listen(false);
    await one.transport.listen(true);
    await server.start();
    await until(() => one.states.length + other.states.length === 4);
    const lost = await one.send('other', bytesOf('lost'));
    await until(() => one.undelivered.length > 0);
    expect(one.undelivered).toEqual([['other', lost]]);
    await other.finish(one);
  });

  it('freezes is told to wait, then that the link is down, and works again afterwards', async () => {
    const server = await NatsServer.start();
    const engine = engineAt(server.url, { pressureBytes: 1024 * 1024 });
    const one = await ContractPeer.open(engine, 'one');
    const other = await ContractPeer.open(engine, 'other');
    server.freeze();
    const batch = Buffer.alloc(256 * 1024, 'x');
    const taken = Array.from({ length: 64 }, (_, batchNo) => one.transport.send('other', batchNo, batch));
    expect([taken[0], taken.at(-1)]).toEqual([true, false]);
    // Who was told to wait must not wait for ever: what was on its way is lost with the connection.
    await one.transport.flush();
    await until(() => one.states.length === 1 && other.states.length === 1);
    server.thaw();
    await until(() => one.states.length === 2 && other.states.length === 2);
    await expectTraffic(one, other);
  });

  it('is behind is told to wait, and loses nothing', async () => {
    const server = await NatsServer.start();
    const engine = engineAt(server.url, { pressureBytes: 64 * 1024 });
    const one = await ContractPeer.open(engine, 'one');
    const other = await ContractPeer.open(engine, 'other');
    let waits = 0;
    for (let batchNo = 1; batchNo <= 200; batchNo += 1) {
      if (one.transport.send('other', batchNo, Buffer.alloc(32 * 1024, batchNo))) continue;
      waits += 1;
      await one.transport.flush();
    }
    await until(() => other.got.length === 200);
    expect(waits).toBeGreaterThan(0);
    expect(other.got.map(({ bytes }) => bytes[0])).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
  });

  it.each(['freeze', 'kill'] as const)(
    'is one of three, and meets its end (%s), goes on with another one',
    async (end) => {
      const servers = await NatsServer.startCluster(3, { jetstream: false });
      const [mine, theirs] = servers as [NatsServer, NatsServer];
      await untilAllKnown(servers);
      // It knows one of them, and hears from that of the others.
      const one = await ContractPeer.open(engineAt(mine.url), 'one');
      const other = await ContractPeer.open(engineAt(theirs.url), 'other');
      await untilReached(one, other);
      await mine[end]();
      for (let batchNo = 0; batchNo < 64; batchNo += 1)
        one.transport.send('other', batchNo, Buffer.alloc(256 * 1024));
      await until(() => one.states.length === 2);
      expect(one.states).toEqual(['down', 'up']);
      await one.finish(other);
    },
  );

  it('takes small messages only has smaller batches', async () => {
    const server = await NatsServer.start({ config: 'max_payload: 65536' });
    const one = await ContractPeer.open(engineAt(server.url), 'one');
    const other = await ContractPeer.open(engineAt(server.url), 'other');
    expect(one.transport.maxBatchBytes).toBe(65536 - 1024);
    await one.send('other', Buffer.alloc(one.transport.maxBatchBytes));
    await one.finish(other);
    expect(other.got[0]?.bytes.length).toBe(one.transport.maxBatchBytes);
  });
});

describe('the question who is there', () => {
  it('is answered at once when nobody is, and not held up for long by somebody who is frozen', async () => {
    const server = await NatsServer.start();
    const asking = await ContractPeer.open(engineAt(server.url), 'asking');
    const aloneMs = await timeOf(() => asking.transport.hello());
    const frozen = closeAfterTest(await connect({ servers: server.url }));
    frozen.subscribe('pf.contract.hello', { callback: () => {} });
    await frozen.flush();
    const frozenMs = await timeOf(() => asking.transport.hello());
    expect(aloneMs).toBeLessThan(frozenMs / 2);
    const live = await ContractPeer.open(engineAt(server.url), 'live');
    live.transport.announce(bytesOf('live'));
    await live.finish(asking);
    const answers = await asking.transport.hello();
    expect(answers.map(({ from }) => from.id)).toEqual(['live']);
  });

  it('ends without an answer when NATS does', async () => {
    const server = await NatsServer.start();
    const asking = await ContractPeer.open(engineAt(server.url), 'asking');
    server.freeze();
    const answers = asking.transport.hello();
    await server.kill();
    expect(await answers).toEqual([]);
    await until(() => asking.states.length > 0);
    expect(await asking.transport.hello()).toEqual([]);
  });
});

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Sends until something arrives: NATS servers tell each other a little later who listens where. */
async function untilReached(from: ContractPeer, to: ContractPeer): Promise<void> {
  while (to.got.length === 0) {
    await from.send(to.peerId.id, bytesOf('hello'));
    await from.transport.flush();
  }
}

/** Waits until every NATS server names the others to its clients. */
async function untilAllKnown(servers: readonly NatsServer[]): Promise<void> {
  for (const server of servers) {
    const client = closeAfterTest(await connect({ servers: server.url, ignoreClusterUpdates: true }));
    await until(() => client.info?.connect_urls?.length === servers.length);
  }
}
