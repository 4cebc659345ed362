import type { ClusterDriver } from 'nestjs-pomelo';
import { until } from '../until.js';
import { acquainted, arrived, backend, frontend, inAnyOrder, type ChannelServer } from './channel-servers.js';

interface Fleet {
  readonly one: ChannelServer;
  readonly two: ChannelServer;
  readonly room: ChannelServer;
}

/** What channels promise between servers, on any engine. */
export function channelsSuite(engine: string, makeCluster: () => Promise<ClusterDriver>): void {
  /** Two frontends, and a backend that holds the channels. */
  async function start(): Promise<Fleet> {
    const cluster = await makeCluster();
    const one = await frontend(cluster, 'connector-1');
    const two = await frontend(cluster, 'connector-2');
    const room = await backend(cluster, 'room-1');
    await acquainted(one, two, room);
    return { one, two, room };
  }

  describe(`a channel with members on other servers, on ${engine}`, () => {
    it('reaches users on every frontend once, and nobody else', async () => {
      const { one, two, room } = await start();
      const [ann, bob, eve] = [await one.visit('ann'), await two.visit('bob'), await two.visit('eve')];
      const lobby = room.channels.createChannel('lobby');
      expect([lobby.add('ann', one.id), lobby.add('bob', two.id), lobby.add('bob', two.id)]).not.toContain(
        false,
      );
      expect(await lobby.pushMessage('onChat', { text: 'hi' })).toEqual([]);
      expect(await ann.received()).toEqual([{ text: 'hi' }]);
      expect(await bob.received()).toEqual([{ text: 'hi' }]);
      expect(await eve.received()).toEqual([]);
    });

    it('gives the same body to clients of its own server and of another one', async () => {
      const { one, two } = await start();
      const [ann, bob] = [await one.visit('ann'), await two.visit('bob')];
      const lobby = one.channels.createChannel('lobby');
      lobby.add(ann.session);
      lobby.add('bob', two.id);
      const body = { at: new Date(0), no: undefined, list: [1, null, 'é'], big: 2 ** 52, deep: { a: {} } };
      await lobby.pushMessage('onChat', body);
      expect(await bob.received()).toEqual([JSON.parse(JSON.stringify(body))]);
      expect(await bob.received()).toEqual(await ann.received());
    });

    it('is joined by a session of a client elsewhere, which leaves when that closes', async () => {
      const { one, two, room } = await start();
      const [inside, outside, bob] = [await one.visit('ann'), await one.visit('ann'), await two.visit('bob')];
      const lobby = room.channels.createChannel('lobby');
      for (const { client } of [inside, bob])
        expect(await room.probe.as(client, (session) => lobby.add(session))).toBe(true);
      expect(lobby.getMember('ann')).toEqual({ uid: 'ann', sid: one.id });
      expect(await lobby.pushMessage('onChat', 1)).toEqual([]);
      expect([await inside.received(), await outside.received(), await bob.received()]).toEqual([
        [1],
        [],
        [1],
      ]);
      await inside.client.close();
      await until(() => lobby.getUserAmount() === 1);
      expect(lobby.getMembers()).toEqual(['bob']);
      expect(await lobby.pushMessage('onChat', 2)).toEqual([]);
    });

    it('keeps a user until the last of his sessions on all frontends has left', async () => {
      const { one, two, room } = await start();
      const [first, second] = [await one.visit('ann'), await two.visit('ann')];
      const lobby = room.channels.createChannel('lobby');
      for (const { client } of [first, second]) await room.probe.as(client, (session) => lobby.add(session));
      expect(lobby.getUserAmount()).toBe(1);
      expect(await lobby.pushMessage('onChat', 1)).toEqual([]);
      expect([await first.received(), await second.received()]).toEqual([[1], [1]]);
      await first.client.close();
      await until(() => lobby.getMember('ann')?.sid === two.id);
      await room.probe.as(second.client, (session) => lobby.leave(session));
      expect(lobby.getMembers()).toEqual([]);
    });

    it('takes no guest and no session of a frontend that has left', async () => {
      const { one, two, room } = await start();
      const [guest, ann] = [await one.visit(), await two.visit('ann')];
      const lobby = room.channels.createChannel('lobby');
      expect(await room.probe.as(guest.client, (session) => lobby.add(session))).toBe(false);
      const remote = await room.probe.as(ann.client, (session) => session);
      await two.close();
      await until(() => room.registry.get(two.id) === undefined);
      expect(lobby.add(remote)).toBe(false);
      expect(lobby.getMembers()).toEqual([]);
    });

    it('drops a session that had closed before its frontend was asked to watch it', async () => {
      const { one, room } = await start();
      const ann = await one.visit('ann');
      const remote = await room.probe.as(ann.client, (session) => session);
      await ann.client.close();
      await until(() => one.sessions.getSessionsCount() === 0);
      const lobby = room.channels.createChannel('lobby');
      expect(lobby.add(remote)).toBe(true);
      await until(() => lobby.getUserAmount() === 0);
    });

    it('tells who was not reached: users who are not there, and users of servers that are not there', async () => {
      const { one, two, room } = await start();
      const ann = await one.visit('ann');
      const lobby = room.channels.createChannel('lobby');
      lobby.add('nowhere', 'connector-9');
      lobby.add('ann', one.id);
      lobby.add('offline', two.id);
      expect(await lobby.pushMessage('onChat', 1)).toEqual(['nowhere', 'offline']);
      expect(await ann.received()).toEqual([1]);
    });

    it('loses the members of a frontend that leaves, and only those', async () => {
      const { one, two, room } = await start();
      const [ann, bob] = [await one.visit('ann'), await two.visit('bob')];
      const lobby = room.channels.createChannel('lobby');
      lobby.add('ann', one.id);
      lobby.add('eve', two.id);
      await room.probe.as(bob.client, (session) => lobby.add(session));
      await two.close();
      await until(() => room.registry.get(two.id) === undefined);
      expect(lobby.getMembers()).toEqual(['ann']);
      expect(await lobby.pushMessage('onChat', 1)).toEqual([]);
      expect(await ann.received()).toEqual([1]);
    });

    it('brings pushes in their order, and before the answer that follows them', async () => {
      const { one, room } = await start();
      const ann = await one.visit('ann');
      const lobby = room.channels.createChannel('lobby');
      const heard: unknown[] = [];
      ann.client.on('onChat', (body) => heard.push(body));
      await room.probe.as(ann.client, (session) => {
        lobby.add(session);
        for (let count = 0; count < 20; count += 1) void lobby.pushMessage('onChat', count);
      });
      // No round trip: the answer has come, and so have they.
      expect(heard).toEqual(Array.from({ length: 20 }, (_, index) => index));
    });

    it('rejects a body that cannot be written at the frontend, or that cannot travel', async () => {
      const { one, room } = await start();
      const ann = await one.visit('ann');
      const lobby = room.channels.createChannel('lobby');
      lobby.add('ann', one.id);
      await expect(lobby.pushMessage('onChat', { gold: 1n })).rejects.toMatchObject({
        reason: 'REMOTE_FAILED',
      });
      const loop: Record<string, unknown> = {};
      loop['loop'] = loop;
      await expect(lobby.pushMessage('onChat', loop)).rejects.toMatchObject({ reason: 'REMOTE_ARGUMENTS' });
      expect(await ann.received()).toEqual([]);
    });
  });

  describe(`pushMessageByUids, on ${engine}`, () => {
    it('reaches users of many servers, and tells whom it did not reach', async () => {
      const { one, two, room } = await start();
      const [ann, bob] = [await one.visit('ann'), await two.visit('bob')];
      const members = [
        { uid: 'bob', sid: two.id },
        { uid: 'far', sid: 'x-9' },
        { uid: 'ann', sid: one.id },
        { uid: 'offline', sid: one.id },
      ];
      expect(await room.channels.pushMessageByUids('onChat', 1, members)).toEqual(['far', 'offline']);
      expect([await ann.received(), await bob.received()]).toEqual([[1], [1]]);
    });

    it('finds users wherever they are, on every server on which they are', async () => {
      const { one, two, room } = await start();
      const visitors = [await one.visit('ann'), await two.visit('ann'), await two.visit('bob')];
      const push = room.channels.pushMessageByUids('onChat', 1, ['ann', 'nobody', 'bob']);
      expect(await push).toEqual(['nobody']);
      for (const visitor of visitors) expect(await visitor.received()).toEqual([1]);
      expect(await room.channels.pushMessageByUids('onChat', 2, ['ann'])).toEqual([]);
    });
  });

  describe(`broadcast, on ${engine}`, () => {
    it('reaches every session of every frontend of a type once, also from a frontend itself', async () => {
      const cluster = await makeCluster();
      const one = await frontend(cluster, 'connector-1', ['gate', 'connector']);
      const two = await frontend(cluster, 'connector-2');
      const gate = await frontend(cluster, 'gate-1', ['gate']);
      const room = await backend(cluster, 'room-1', ['t', 'connector']);
      const servers = [one, two, gate, room];
      await acquainted(...servers);
      const clients = [await one.visit('ann'), await two.visit(), await two.visit('bob')];
      const outside = await gate.visit('eve');
      for (const server of servers)
        expect(await server.channels.broadcast('connector', 'onChat', server.id)).toBe(2);
      for (const server of servers) await arrived(server);
      for (const visitor of clients) expect(await inAnyOrder(visitor)).toEqual(servers.map(({ id }) => id));
      expect(await outside.received()).toEqual([]);
      expect(await room.channels.broadcast('nothing', 'onChat', 1)).toBe(0);
    });

    it('reaches bound sessions only, when asked to', async () => {
      const { one, two, room } = await start();
      const [ann, guest] = [await one.visit('ann'), await two.visit()];
      expect(await room.channels.broadcast('connector', 'onChat', 1, { bound: true })).toBe(2);
      await arrived(room);
      expect([await ann.received(), await guest.received()]).toEqual([[1], []]);
    });

    it('rejects a body that cannot travel', async () => {
      const { room } = await start();
      const loop: unknown[] = [];
      loop.push(loop);
      const sent = room.channels.broadcast('connector', 'onChat', loop);
      await expect(sent).rejects.toMatchObject({ reason: 'REMOTE_ARGUMENTS' });
    });
  });
}
