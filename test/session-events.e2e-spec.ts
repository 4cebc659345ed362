import { Body, Injectable, Scope } from '@nestjs/common';
import {
  ConnectedSession,
  Handler,
  OnSessionBound,
  OnSessionClosed,
  OnSessionUnbound,
  Session,
  SessionEvents,
  SessionService,
  type HybridOptions,
  type PomeloModuleOptions,
} from 'nestjs-pomelo';
import { refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, request } from './support/raw-client.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

@Injectable()
class Journal {
  readonly entries: [event: string, uid: string | undefined, detail: string][] = [];
  /** The reasons of all closes. */
  get closings(): string[] {
    return this.entries.filter(([event]) => event === 'closed').map(([, , reason]) => reason);
  }
  @OnSessionBound() bound(session: Session, uid: string): void {
    this.entries.push(['bound', session.uid, uid]);
  }
  @OnSessionUnbound() unbound(session: Session, uid: string): void {
    this.entries.push(['unbound', session.uid, uid]);
  }
  @OnSessionClosed() closed(session: Session, reason: string): void {
    this.entries.push(['closed', session.uid, reason]);
  }
}

@Handler('t.storm')
class Storm {
  @Handler() async bind(@Body('uid') uid: string, @ConnectedSession() session: Session): Promise<void> {
    await session.bind(uid);
  }
}

interface Fixture extends RunningApp {
  readonly journal: Journal;
  readonly probe: SessionProbe;
  readonly sessions: SessionService;
  /** The reason of the first session that closes. */
  readonly closeReason: () => Promise<string | undefined>;
}

async function start(
  options: PomeloModuleOptions = {},
  hybrid: Partial<HybridOptions> = {},
): Promise<Fixture> {
  const running = await startApp({ providers: [SessionProbe, Journal, Storm], options, hybrid });
  const journal = running.app.get(Journal);
  return {
    ...running,
    journal,
    probe: running.app.get(SessionProbe),
    sessions: running.app.get(SessionService),
    closeReason: async () => {
      await until(() => journal.closings.length > 0);
      return journal.closings[0];
    },
  };
}

describe('the events of a session', () => {
  it('tell bind, unbind and close in order, with the uid that it had', async () => {
    const { connect, journal, probe, closeReason } = await start();
    const client = await connect();
    await probe.as(client, async (session) => {
      await session.bind('ann');
      await session.bind('ann');
      await session.unbind();
      await session.bind('bob');
    });
    await client.close();
    await closeReason();
    expect(journal.entries).toEqual([
      ['bound', 'ann', 'ann'],
      ['unbound', undefined, 'ann'],
      ['bound', 'bob', 'bob'],
      ['closed', 'bob', 'peer_closed'],
    ]);
  });

  it('give listeners a session that is closed and still has its values', async () => {
    let last: unknown;
    @Injectable()
    class Saver {
      @OnSessionClosed() save(session: Session): void {
        last = {
          room: session.get('room'),
          connected: session.isConnected,
          sent: void session.send('x', {}),
        };
      }
    }
    const { app, connect } = await startApp({ providers: [SessionProbe, Saver] });
    const client = await connect();
    await app.get(SessionProbe).as(client, (session) => session.set('room', 'lobby').push('room'));
    await client.close();
    await until(() => last !== undefined);
    expect(last).toEqual({ room: 'lobby', connected: false, sent: undefined });
  });

  it('hurt nobody when a listener fails, now or later', async () => {
    const heard: string[] = [];
    @Injectable()
    class First {
      @OnSessionClosed() now(): void {
        throw new Error('now');
      }
      @OnSessionClosed() async later(): Promise<void> {
        throw new Error('later');
      }
    }
    @Injectable()
    class Second {
      @OnSessionClosed() closed(_session: Session, reason: string): void {
        heard.push(reason);
      }
    }
    const { connect, log } = await startApp({ providers: [SessionProbe, First, Second] });
    await (await connect()).close();
    await until(() => heard.length === 1);
    await until(() => log.matching('error', 'session closed').length === 2);
    const client = await connect();
    await client.request('t.probe.run');
  });

  it('can be listened to by hand, until the listener is removed', async () => {
    const { app, connect, closeReason, journal } = await start();
    const heard: string[] = [];
    const stop = app.get(SessionEvents).on('closed', (_session, reason) => heard.push(reason));
    await (await connect()).close();
    await closeReason();
    stop();
    journal.entries.length = 0;
    await (await connect()).close();
    await closeReason();
    expect(heard).toEqual(['peer_closed']);
  });

  it('refuse a request-scoped listener at the start: there is no request to make it for', async () => {
    @Injectable({ scope: Scope.REQUEST })
    @Handler('t.scoped')
    class Scoped {
      @OnSessionClosed() closed(): void {}
    }
    expect(await refusalOf(() => startApp({ providers: [Scoped] }))).toContain('Scoped.closed');
  });
});

describe('the reason of a close', () => {
  it('is peer_closed when the client leaves', async () => {
    const { connect, closeReason } = await start();
    await (await connect()).close();
    expect(await closeReason()).toBe('peer_closed');
  });

  it('is peer_reset when the connection breaks', async () => {
    const { port, closeReason } = await start();
    const client = await RawClient.ready(port);
    client.send(request(1, 't.probe.run'));
    await client.packages.take();
    client.socket.resetAndDestroy();
    expect(await closeReason()).toBe('peer_reset');
  });

  it.each([
    ['the reason of the kick', 'cheating', 'cheating'],
    ['kick without one', undefined, 'kick'],
  ])('is %s', async (_name, reason, expected) => {
    const { connect, probe, closeReason } = await start();
    const client = await connect();
    await Promise.allSettled([probe.as(client, (session) => session.kick(reason))]);
    expect(await closeReason()).toBe(expected);
  });

  it('is closed when the server closes without a word', async () => {
    const { connect, probe, closeReason } = await start();
    const client = await connect();
    await Promise.allSettled([probe.as(client, (session) => session.close())]);
    expect(await closeReason()).toBe('closed');
  });

  it('is heartbeat_timeout when nothing comes any more', async () => {
    const { port, closeReason } = await start({}, { heartbeat: 0.05, heartbeatTimeout: 0.1 });
    await RawClient.ready(port);
    expect(await closeReason()).toBe('heartbeat_timeout');
  });

  it('is handshake_timeout when the client never acknowledges', async () => {
    const { port, closeReason } = await start({ limits: { handshakeMs: 80 } });
    const client = await RawClient.open(port);
    client.send(handshake({ sys: POMELO_SYS }));
    expect(await closeReason()).toBe('handshake_timeout');
  });

  it('is stopping when the server stops', async () => {
    const { app, connect, journal } = await start();
    await connect();
    await app.close();
    expect(journal.entries).toEqual([['closed', undefined, 'stopping']]);
  });

  it.each([
    ['bad_type', Buffer.from([9, 0, 0, 0])],
    ['oversize', Buffer.from([4, 255, 255, 255])],
    ['empty', Buffer.from([4, 0, 0, 0])],
    ['truncated', Buffer.from([4, 0, 0, 2, 0, 5])],
    ['bad_message_type', Buffer.from([4, 0, 0, 2, 4, 1])],
  ])('is %s when the client breaks the protocol', async (reason, bytes) => {
    const { port, closeReason } = await start();
    const client = await RawClient.ready(port);
    client.send(bytes);
    expect(await closeReason()).toBe(reason);
  });
});

describe('a storm of clients', () => {
  it('leaves nothing behind: 200 connect, bind and vanish', async () => {
    const { port, journal, sessions } = await start();
    await Promise.all(
      Array.from({ length: 200 }, async (_unused, index) => {
        const client = await RawClient.ready(port);
        client.send(request(1, 't.storm.bind', { uid: `user-${index % 50}` }));
        await client.packages.take();
        if (index % 3 === 0) client.socket.resetAndDestroy();
        else if (index % 3 === 1) client.socket.end();
        else await client.close();
        await client.closed;
      }),
    );
    await until(() => journal.closings.length === 200);
    expect(journal.entries).toHaveLength(400);
    expect([sessions.getSessionsCount(), sessions.getBoundUsersCount()]).toEqual([0, 0]);
  });
});
