import { RedisServer } from '../support/redis-server.js';
import { until } from '../support/until.js';
import { bytesOf, ContractPeer } from './contract/contract-peer.js';
import { engineOn, rawClient, recordLog } from './redis-engine.js';

const AWAY = 'Redis at 127.0.0.1:';

/** Two servers that listen, on a Redis of their own. */
async function startTwo(): Promise<{ server: RedisServer; sender: ContractPeer; receiver: ContractPeer }> {
  const server = await RedisServer.start();
  const engine = engineOn(server);
  const [sender, receiver] = [await ContractPeer.open(engine, 'a'), await ContractPeer.open(engine, 'b')];
  return { server, sender, receiver };
}

describe('a server whose Redis dies', () => {
  it('hears that the link is down, and that it is up again, and reaches everybody as before', async () => {
    const log = recordLog();
    const { server, sender, receiver } = await startTwo();
    const drained = await ContractPeer.open(engineOn(server), 'c', { listen: false });
    const all = [sender, receiver, drained];
    for (let round = 1; round <= 2; round += 1) {
      await server.kill();
      await until(() => all.every(({ states }) => states.length === 2 * round - 1));
      await server.start();
      await until(() => all.every(({ states }) => states.length === 2 * round));
      const refused = await sender.send('c', bytesOf('to c'));
      sender.transport.multicast('chat', bytesOf('to all'));
      sender.transport.announce(bytesOf('back'));
      expect((await receiver.transport.hello()).map(({ from }) => from.id)).toEqual(['a']);
      await until(() => receiver.heard.length === round && sender.undelivered.length === round);
      expect(sender.undelivered.at(-1)).toEqual(['c', refused]);
    }
    await sender.finish(receiver);
    expect(receiver.textsOf(sender)).toEqual(['to all', 'to all']);
    expect(drained.got).toEqual([]);
    for (const { states } of all) expect(states).toEqual(['down', 'up', 'down', 'up']);
    expect(log.matching('warn', AWAY).length).toBe(6);
    expect(log.matching('log', 'answers').length).toBe(6);
  });

  it('sends nothing twice, and nothing out of order', async () => {
    recordLog();
    const { server, sender, receiver } = await startTwo();
    let sent = 0;
    const sendSome = async (): Promise<void> => {
      for (let more = 0; more < 50; more += 1) {
        await sender.send('b', bytesOf(String(sent)));
        sent += 1;
      }
      await new Promise(setImmediate);
    };
    const dead = until(() => receiver.got.length > 500).then(() => server.kill());
    while (sender.states.length === 0) await sendSome();
    await dead;
    const sentBefore = sent;
    await server.start();
    await until(() => sender.states.length === 2 && receiver.states.length === 2);
    for (let more = 0; more < 10; more += 1) await sendSome();
    await sender.finish(receiver);
    const came = receiver.textsOf(sender).map(Number);
    expect(came).toEqual([...new Set(came)].toSorted((a, b) => a - b));
    expect(came.filter((number) => number >= sentBefore).length).toBe(sent - sentBefore);
    expect(came.filter((number) => number < sentBefore).length).toBeGreaterThan(500);
  });

  it('asks again who is there when the answers were lost with the link', async () => {
    recordLog();
    const { server, sender, receiver } = await startTwo();
    sender.transport.announce(bytesOf('here'));
    await sender.transport.flush();
    await server.kill();
    const answers = receiver.transport.hello();
    await server.start();
    await until(() => sender.states.length === 2);
    const found = await answers;
    // Whoever asks the moment it is back may be the first one to be.
    expect([[], ['a']]).toContainEqual(found.map(({ from }) => from.id));
    expect((await receiver.transport.hello()).map(({ from }) => from.id)).toEqual(['a']);
  });

  it.each(['in', 'out'])('hears of it when only one of its connections is cut (%s)', async (part) => {
    const { server, sender, receiver } = await startTwo();
    const admin = rawClient(server);
    const clients = String(await admin.client('LIST')).split('\n');
    const id = /id=(\d+)/.exec(
      clients.find((line) => line.includes(`name=pomelo:contract:b:${part}`)) ?? '',
    )?.[1];
    await admin.client('KILL', 'ID', Number(id));
    await until(() => receiver.states.length === 2);
    expect(receiver.states).toEqual(['down', 'up']);
    await sender.finish(receiver);
    await receiver.finish(sender);
    expect(sender.states).toEqual([]);
  });

  it('gives a Redis up that takes everything and answers nothing, until it answers again', async () => {
    recordLog();
    const { server, sender, receiver } = await startTwo();
    server.freeze();
    await until(() => sender.states.length === 1 && receiver.states.length === 1);
    server.thaw();
    await until(() => sender.states.length === 2 && receiver.states.length === 2);
    expect(sender.states).toEqual(['down', 'up']);
    await sender.finish(receiver);
  });

  it('can leave while it is away', async () => {
    recordLog();
    const { server, sender, receiver } = await startTwo();
    await server.kill();
    await until(() => sender.states.length === 1);
    await sender.transport.listen(false);
    await sender.transport.flush();
    const answers = sender.transport.hello();
    await sender.transport.close();
    expect(await answers).toEqual([]);
    await receiver.transport.close();
    expect(sender.states).toEqual(['down']);
  });
});

describe('a Redis that is behind', () => {
  it('makes send() say so, takes what was sent nevertheless, and is caught up with after flush()', async () => {
    const server = await RedisServer.start();
    const sender = await ContractPeer.open(engineOn(server, { pressureBytes: 64 * 1024 }), 'a');
    const receiver = await ContractPeer.open(engineOn(server), 'b');
    const { transport } = sender;
    server.freeze();
    const bytes = Buffer.alloc(30_000);
    const accepted = [1, 2, 3, 4].map((batchNo) => transport.send('b', batchNo, bytes));
    expect(accepted).toEqual([true, true, false, false]);
    server.thaw();
    await transport.flush();
    expect(transport.send('b', 5, bytes)).toBe(true);
    await sender.finish(receiver);
    expect(receiver.got.filter((batch) => batch.bytes.length === bytes.length).length).toBe(5);
    expect(sender.states).toEqual([]);
  });
});
