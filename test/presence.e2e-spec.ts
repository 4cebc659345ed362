import {
  ChannelService,
  memory,
  type Channel,
  type ChannelOptions,
  type PresenceEvent,
  type PresenceNews,
} from 'nestjs-pomelo';
import {
  acquainted,
  backend,
  frontend,
  startServer,
  type ChannelServer,
} from './support/channels/channel-servers.js';
import { until } from './support/until.js';

interface Fixture extends ChannelServer {
  readonly room: Channel;
  readonly events: PresenceEvent[];
}

async function start(presence: ChannelOptions['presence']): Promise<Fixture> {
  const server = await startServer({ id: 'server-1', types: ['t'] });
  return { ...server, ...makeRoom(server, presence) };
}

function makeRoom(
  { app }: ChannelServer,
  presence: ChannelOptions['presence'],
): Pick<Fixture, 'room' | 'events'> {
  const room = app.get(ChannelService).createChannel('room', presence === undefined ? {} : { presence });
  const events: PresenceEvent[] = [];
  room.onPresence((event) => events.push(event));
  return { room, events };
}

describe('the listeners of a channel', () => {
  it('hear at once who comes and goes, once a user, and how many there are', async () => {
    const { room, events, visit } = await start(false);
    const [first, second] = [await visit('ann'), await visit('ann')];
    for (const { session } of [first, second, first]) room.add(session);
    room.add('bob', 'server-1');
    room.leave(second.session);
    room.leave('bob');
    room.leave('nobody');
    expect(events).toEqual([
      { type: 'join', uid: 'ann', count: 1 },
      { type: 'join', uid: 'bob', count: 2 },
      { type: 'leave', uid: 'bob', count: 1 },
    ]);
    await first.client.close();
    await until(() => events.length === 4);
    expect(events[3]).toEqual({ type: 'leave', uid: 'ann', count: 0 });
  });

  it('hear that everybody leaves when the channel is destroyed, and nothing after they were removed', async () => {
    const { room, events } = await start(false);
    const late: PresenceEvent[] = [];
    const remove = room.onPresence((event) => late.push(event));
    room.add('ann', 'server-1');
    remove();
    room.destroy();
    expect([events.map(({ type }) => type), late.length]).toEqual([['join', 'leave'], 1]);
  });

  it('cost nobody anything when they throw', async () => {
    const { room, events, log } = await start(false);
    room.onPresence(() => {
      throw new Error('listener');
    });
    expect(room.add('ann', 'server-1')).toBe(true);
    expect([events.length, log.matching('error', 'listener').length]).toEqual([1, 1]);
  });

  it('hear who was on a frontend that is gone', async () => {
    const cluster = memory();
    const [one, host] = [await frontend(cluster, 'connector-1'), await backend(cluster, 'room-1')];
    await acquainted(one, host);
    const { room, events } = makeRoom(host, false);
    room.add('ann', one.id);
    room.add('bob', 'connector-9');
    await one.close();
    await until(() => events.length === 3);
    expect(events[2]).toEqual({ type: 'leave', uid: 'ann', count: 1 });
  });
});

describe('the members of a channel with presence', () => {
  it('are told in one push who came and went, and how many there are', async () => {
    const { room, visit } = await start({ route: 'onRoom', intervalMs: 1 });
    const ann = await visit('ann');
    const heard: PresenceNews[] = [];
    ann.client.on('onRoom', (news) => heard.push(news as PresenceNews));
    room.add(ann.session);
    room.add('bob', 'server-1');
    room.add('passing', 'server-1');
    room.leave('passing');
    await until(() => heard.length === 1);
    room.leave('bob');
    room.leave(ann.session);
    room.add(ann.session);
    await until(() => heard.length === 2);
    expect(heard).toEqual([
      { joined: ['ann', 'bob'], left: [], count: 2 },
      { joined: [], left: ['bob'], count: 1 },
    ]);
  });

  it('are named at most 200 at once; the number is right', async () => {
    const { room, visit } = await start(true);
    const ann = await visit('ann');
    const heard = ann.client.once('onPresence');
    room.add(ann.session);
    for (let user = 0; user < 250; user += 1) room.add(`user-${user}`, 'server-9');
    const { joined, ...rest } = (await heard) as PresenceNews;
    expect([joined.length, rest]).toEqual([200, { left: [], count: 251, more: 51 }]);
  });

  it('are told nothing any more when it is destroyed', async () => {
    const { room, channels, visit } = await start({ intervalMs: 1 });
    const ann = await visit('ann');
    const heard: unknown[] = [];
    ann.client.on('onPresence', (news) => heard.push(news));
    room.add(ann.session);
    room.destroy();
    const other = channels.createChannel('other', { presence: { intervalMs: 2 } });
    other.add(ann.session);
    await until(() => heard.length === 1);
    expect(heard).toEqual([{ joined: ['ann'], left: [], count: 1 }]);
  });
});
