import { Injectable } from '@nestjs/common';
import {
  Handler,
  InjectRemote,
  PomeloException,
  Remote,
  RemoteException,
  type RemoteClient,
  type Session,
} from 'nestjs-pomelo';
import { ask } from './support/ask.js';
import { ChatRemote, SECRET, startRemotes } from './support/remote-app.js';
import { until } from './support/until.js';

describe('a remote of the same process', () => {
  it('answers calls by key, to a server, to all, always as a promise', async () => {
    const { chat } = await startRemotes();
    expect(await chat.for('lobby').add('ann', 'lobby')).toBe('ann in lobby');
    expect(await chat.for(null).later(1)).toBe(2);
    expect(await chat.to('server-1').later(2)).toBe(3);
    expect(await chat.all().later(3)).toEqual(new Map([['server-1', 4]]));
    expect(await chat.for(null).nothing()).toBeUndefined();
  });

  it('can be called for the session of a handler', async () => {
    @Handler('chat.entry')
    class Entry {
      constructor(@InjectRemote(ChatRemote) private readonly chat: RemoteClient<ChatRemote>) {}
      @Handler() enter(session: Session, body: { uid: string }): Promise<string> {
        return this.chat.for(session).add(body.uid, session.frontendId);
      }
    }
    const { connect } = await startRemotes({ providers: [Entry] });
    expect(await (await connect()).request('chat.entry.enter', { uid: 'ann' })).toBe('ann in server-1');
  });

  it('is told something without an answer, and nobody waits for what it throws', async () => {
    const { chat, remote, log } = await startRemotes();
    chat.notify('lobby').tell({ n: 1 });
    chat.notify(null).fail();
    await until(() => remote.told.length === 1 && log.matching('error', 'chat.chatRemote.fail').length === 1);
    expect(remote.told).toEqual([{ n: 1 }]);
  });

  it('gets copies: neither side sees what the other one changes', async () => {
    const { chat } = await startRemotes();
    const [list, nested] = [[1, 2, 3], { list: [1, 2, 3] }];
    expect(await chat.for(null).mutate(list, nested)).toEqual([1, 2, 3, 4]);
    expect([list, nested]).toEqual([[1, 2, 3], { list: [1, 2, 3] }]);
  });

  it('gets values of these kinds whole', async () => {
    const { chat } = await startRemotes();
    const values = [
      null,
      0,
      -0.5,
      2 ** 53 - 1,
      '',
      'ä€😀',
      true,
      new Date(1_700_000_000_123),
      Buffer.from([0, 255, 1]),
      [[]],
      { a: { b: [1] } },
      new Set([1, 2]),
      12_345_678_901_234n,
    ];
    const echoed = await chat.for(null).echo(...values);
    expect(echoed).toEqual(values);
    expect(echoed[7]).toBeInstanceOf(Date);
    expect(Buffer.from(echoed[8] as Uint8Array)).toEqual(values[8]);
  });

  it('keeps undefined arguments in their place', async () => {
    const { chat } = await startRemotes();
    expect(await chat.for(null).echo(undefined, 1, undefined)).toEqual([undefined, 1, undefined]);
  });

  it('refuses arguments and results that cannot travel, at once', async () => {
    @Remote('chat.odd')
    class Odd {
      @Remote() result(): unknown {
        return makeCycle();
      }
      @Remote() take(value: unknown): unknown {
        return typeof value;
      }
    }
    @Injectable()
    class OddCaller {
      constructor(@InjectRemote(Odd) readonly odd: RemoteClient<Odd>) {}
    }
    const { app } = await startRemotes({ providers: [Odd, OddCaller] });
    const { odd } = app.get(OddCaller);
    await expect(odd.for(null).take(makeCycle())).rejects.toMatchObject({ reason: 'REMOTE_ARGUMENTS' });
    await expect(odd.for(null).result()).rejects.toBeInstanceOf(RemoteException);
    expect(await odd.for(null).take(1)).toBe('number');
  });
});

function makeCycle(): unknown {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

describe('what a remote throws', () => {
  it('on purpose arrives with code, message, reason and data', async () => {
    const { chat } = await startRemotes();
    const error: unknown = await chat
      .for(null)
      .refuse()
      .then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PomeloException);
    expect(error).toMatchObject({
      code: 4001,
      message: 'The room is full',
      reason: 'ROOM_FULL',
      data: { size: 9 },
    });
    await expect(chat.for(null).missing()).rejects.toMatchObject({ code: 404, message: 'No such room' });
  });

  it('by accident arrives as REMOTE_FAILED with its text for the server, and as 500 alone for the client', async () => {
    @Handler('chat.entry')
    class Entry {
      constructor(@InjectRemote(ChatRemote) private readonly chat: RemoteClient<ChatRemote>) {}
      @Handler() fail(): Promise<void> {
        return this.chat.for(null).fail();
      }
      @Handler() refuse(): Promise<void> {
        return this.chat.for(null).refuse();
      }
    }
    const { chat, connect, log } = await startRemotes({ providers: [Entry] });
    await expect(chat.for(null).fail()).rejects.toMatchObject({
      name: 'RemoteException',
      reason: 'REMOTE_FAILED',
      code: 500,
      message: expect.stringContaining(SECRET),
    });
    const client = await connect();
    expect(await ask(client, 'chat.entry.fail')).toEqual({ code: 500 });
    expect(await ask(client, 'chat.entry.refuse')).toEqual({ code: 4001, msg: 'The room is full', size: 9 });
    expect(log.matching('error', SECRET).length).toBeGreaterThan(0);
  });

  it('with data that cannot travel still ends the call', async () => {
    @Remote('chat.odd')
    class Odd {
      @Remote() refuse(): void {
        throw new PomeloException(400, 'odd', { data: { self: makeCycle() } });
      }
    }
    @Injectable()
    class OddCaller {
      constructor(@InjectRemote(Odd) readonly odd: RemoteClient<Odd>) {}
    }
    const { app } = await startRemotes({ providers: [Odd, OddCaller] });
    const call = app.get(OddCaller).odd.for(null).refuse();
    await expect(call).rejects.toMatchObject({ reason: 'REMOTE_FAILED', code: 500 });
  });
});

describe('a call that gets no answer', () => {
  it('ends with 504 after limits.requestMs, or its own time', async () => {
    const { chat } = await startRemotes({ options: { limits: { requestMs: 50 } } });
    await expect(chat.for(null).never()).rejects.toMatchObject({
      reason: 'REMOTE_TIMEOUT',
      code: 504,
      message: expect.stringContaining('within 50 ms'),
    });
    const own = chat.for(null, { timeoutMs: 20 }).never();
    await expect(own).rejects.toMatchObject({ message: expect.stringContaining('within 20 ms') });
  });

  it('ends when this server stops, and later calls end at once', async () => {
    const { chat, close } = await startRemotes();
    const failure = chat
      .for(null)
      .never()
      .then(undefined, (error: unknown) => error);
    await close();
    expect(await failure).toMatchObject({ reason: 'REMOTE_CLOSED', code: 503 });
    await expect(chat.to('server-1').later(1)).rejects.toMatchObject({ code: 503 });
  });

  it('ends when the method does not exist there, and never reaches what is not decorated', async () => {
    const { chat } = await startRemotes();
    expect('hidden' in chat.for(null)).toBe(false);
    expect('toString' in chat.for(null)).toBe(false);
    await expect(chat.to('nobody').later(1)).rejects.toMatchObject({
      reason: 'REMOTE_NOT_DELIVERED',
      code: 503,
      message: 'Server "nobody" is not running: the call to "chat.chatRemote.later" was not delivered.',
    });
  });
});
