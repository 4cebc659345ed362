import { Body } from '@nestjs/common';
import { Packr } from 'msgpackr';
import {
  ChannelService,
  ConnectedSession,
  Handler,
  PomeloException,
  type Channel,
  type ChannelOptions,
  type HistoryAnswer,
  type HistoryOptions,
  type HistoryPosition,
  type PomeloLimits,
  type Session,
} from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { MatchHandler } from './fixtures/guide/match.handler.js';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { until } from './support/until.js';

@Handler('t.room')
class Room {
  constructor(private readonly channels: ChannelService) {}

  @Handler() async enter(@Body('uid') uid: string, @ConnectedSession() session: Session): Promise<void> {
    await session.bind(uid);
  }
  @Handler() join(
    @Body('since') since: HistoryPosition,
    @ConnectedSession() session: Session,
  ): HistoryAnswer | undefined {
    return this.channels.getChannel('room', true).join(session, { since });
  }
}

interface Fixture extends RunningApp {
  readonly room: Channel;
  readonly channels: ChannelService;
  /** Connects a client whose user is bound. */
  readonly visit: (uid: string) => Promise<PomeloClient>;
}

async function start(
  history: HistoryOptions = { size: 100 },
  limits: Partial<PomeloLimits> = {},
): Promise<Fixture> {
  const running = await startApp({ providers: [Room], options: { limits } });
  const channels = running.app.get(ChannelService);
  const visit = async (uid: string): Promise<PomeloClient> => {
    const client = await running.connect();
    await client.request('t.room.enter', { uid });
    return client;
  };
  return { ...running, channels, room: channels.createChannel('room', { history }), visit };
}

async function join(client: PomeloClient, since?: HistoryPosition): Promise<HistoryAnswer> {
  return (await client.request('t.room.join', { since })) as HistoryAnswer;
}

const bodiesOf = ({ messages }: HistoryAnswer): unknown[] => messages.map(({ body }) => body);

describe('a channel with a history', () => {
  it('gives who joins the last messages with their offsets, and says where it ends', async () => {
    const { room, visit } = await start({ size: 2 });
    for (const body of [{ n: 1 }, { n: 2 }, { n: 3 }]) await room.pushMessage('onSay', body);
    const { epoch, ...answer } = await join(await visit('ann'));
    expect(answer).toEqual({
      recovered: false,
      messages: [
        { offset: 2, route: 'onSay', body: { n: 2 } },
        { offset: 3, route: 'onSay', body: { n: 3 } },
      ],
      offset: 3,
    });
    expect(room.position).toEqual({ epoch, offset: 3 });
  });

  it('gives who comes back all that came meanwhile, or tells him that it cannot', async () => {
    const { room, visit } = await start({ size: 3 });
    const first = await visit('ann');
    const position = await join(first);
    await first.close();
    for (const body of [1, 2, 3]) await room.pushMessage('onSay', body);
    const back = await join(await visit('ann'), position);
    expect([back.recovered, bodiesOf(back)]).toEqual([true, [1, 2, 3]]);
    await room.pushMessage('onSay', 4);
    const late = await join(await visit('ann'), position);
    expect([late.recovered, bodiesOf(late)]).toEqual([false, [2, 3, 4]]);
    expect(await join(await visit('bob'), late)).toMatchObject({ recovered: true, messages: [], offset: 4 });
  });

  it('misses nothing and gives nothing twice to clients who join while others talk', async () => {
    const { room, visit } = await start({ size: 100_000, stamp: 'offset' });
    let said = 0;
    const over = new AbortController();
    const talk = (async (): Promise<void> => {
      while (!over.signal.aborted) {
        await room.pushMessage('onSay', { n: (said += 1) });
        await new Promise(setImmediate);
      }
    })();
    const heard: number[][] = [];
    for (let count = 0; count < 20; count += 1) {
      const joiner = await visit(`user-${count}`);
      const live: number[] = [];
      joiner.on('onSay', (body) => live.push((body as { offset: number }).offset));
      const { messages } = await join(joiner);
      await until(() => live.length > 10);
      await joiner.close();
      // What is pushed before the answer comes belongs behind it.
      heard.push([...messages.map(({ offset }) => offset), ...live]);
    }
    over.abort();
    await talk;
    for (const offsets of heard) expect(offsets).toEqual(offsets.map((_unused, index) => index + 1));
  });

  it('stamps bodies that are plain objects for those who want to see gaps, and no others', async () => {
    const { room, visit } = await start({ size: 9, stamp: 'seq' });
    const client = await visit('ann');
    const heard: unknown[] = [];
    client.on('onSay', (body) => heard.push(body));
    await join(client);
    for (const body of [{ n: 1 }, 'text', [1], { n: 2 }]) await room.pushMessage('onSay', body);
    const { messages } = await join(client);
    expect(heard).toEqual([{ n: 1, seq: 1 }, 'text', [1], { n: 2, seq: 4 }]);
    expect(messages.map(({ body }) => body)).toEqual([{ n: 1 }, 'text', [1], { n: 2 }]);
  });

  it('keeps a body as it was pushed, whatever becomes of the object', async () => {
    const { room } = await start();
    const body = { n: 1 };
    await room.pushMessage('onSay', body);
    body.n = 2;
    expect(bodiesOf(room.since())).toEqual([{ n: 1 }]);
  });

  it('keeps nothing of pushes that are worth something only now', async () => {
    const { room } = await start();
    await room.pushMessage('onMove', 1, { volatile: true });
    await room.pushMessage('onMove', 2, { latest: true });
    await room.pushMessage('onMove', 3, { deadlineMs: 60_000 });
    await room.pushMessage('onSay', 4, { scheduler: 'any' });
    expect(room.since()).toMatchObject({ messages: [{ offset: 1, route: 'onSay', body: 4 }], offset: 1 });
  });

  it('forgets messages at their age', async () => {
    const { room } = await start({ size: 9, ageMs: 1 });
    await room.pushMessage('onSay', 1);
    const { epoch } = room.position;
    const from = performance.now();
    await until(() => performance.now() > from + 1);
    expect(room.since()).toMatchObject({ messages: [], offset: 1 });
    expect(room.since({ epoch, offset: 0 }).recovered).toBe(false);
    expect(room.since({ epoch, offset: 1 }).recovered).toBe(true);
  });

  it.each([
    ['keeps two messages that have as many bytes', 0, [1, 2]],
    ['forgets the older one when they have one more', 1, [2]],
  ])('is bounded by limits.historyBytes: it %s', async (_name, more, kept) => {
    const { length } = new Packr({ useRecords: false, moreTypes: true }).pack([
      'onSay',
      1,
      'push',
      undefined,
    ]);
    const { room } = await start({ size: 9 }, { historyBytes: 2 * length - more });
    for (const body of [1, 2]) await room.pushMessage('onSay', body);
    expect(bodiesOf(room.since())).toEqual(kept);
  });

  it('begins another epoch when it is made again', async () => {
    const { channels, room } = await start();
    await room.pushMessage('onSay', 1);
    const position = room.position;
    room.destroy();
    const again = channels.createChannel('room', { history: { size: 9 } });
    await again.pushMessage('onSay', 2);
    expect(again.since(position)).toMatchObject({ recovered: false, messages: [{ offset: 1, body: 2 }] });
  });

  it('lets nobody in who may not be added, and gives him nothing', async () => {
    const { room, connect } = await start();
    await room.pushMessage('onSay', 1);
    const guest = await connect();
    expect(await guest.request('t.room.join', {})).toEqual({});
    expect(room.getUserAmount()).toBe(0);
  });
});

describe('the match of the documentation', () => {
  it('gives who comes back what he has missed, and who joins who is there', async () => {
    const { connect } = await startApp({ providers: [MatchHandler] });
    const [ann, bob] = [await connect(), await connect()];
    const news = ann.once('onPresence');
    const position = (await ann.request('game.match.join', { uid: 'ann' })) as HistoryAnswer;
    await bob.request('game.match.join', { uid: 'bob' });
    expect(await news).toEqual({ joined: ['ann', 'bob'], left: [], count: 2 });
    const moved = bob.once('onMove');
    const said = [ann.once('onSay'), bob.once('onSay')];
    await ann.request('game.match.move', { x: 1, y: 2 });
    await ann.request('game.match.aim', { angle: 3 });
    await ann.request('game.match.say', { text: 'hi' });
    expect([await moved, ...(await Promise.all(said))]).toEqual([
      { uid: 'ann', x: 1, y: 2 },
      { text: 'hi', offset: 1 },
      { text: 'hi', offset: 1 },
    ]);
    await ann.close();
    const answer = await (await connect()).request('game.match.join', { uid: 'ann', since: position });
    expect(answer).toMatchObject({
      recovered: true,
      messages: [{ offset: 1, route: 'onSay', body: { text: 'hi' } }],
      offset: 1,
    });
  });
});

describe('a channel without a history', () => {
  it('says so to whoever asks for it', async () => {
    const { channels } = await start();
    const plain = channels.createChannel('plain');
    const ask = (): unknown => plain.since();
    expect(ask).toThrow(PomeloException);
    expect(ask).toThrow('The channel "plain" keeps no history: create it with the option history.');
  });
});

describe('options of a channel', () => {
  it.each([
    [{ history: { size: 0 } }, 'history.size is 0'],
    [{ history: { size: 1, ageMs: 0.5 } }, 'history.ageMs is 0.5'],
    [{ history: { size: 1, stamp: 5 } }, 'history.stamp is 5'],
    [{ history: { size: 1, age: 5 } }, 'history.age is 5, but it must be absent'],
    [{ presence: { interval: 5 } }, 'presence.interval is 5, but it must be absent'],
    [{ presence: { intervalMs: 0 } }, 'presence.intervalMs is 0'],
    [{ presence: { route: 5 } }, 'presence.route is 5'],
  ])('that are wrong make no channel, and a sentence: %#', async (options, sentence) => {
    const { channels } = await start();
    expect(() => channels.createChannel('wrong', options as ChannelOptions)).toThrow(sentence);
    expect(channels.getChannel('wrong')).toBeUndefined();
  });
});
