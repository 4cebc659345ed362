import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import {
  hybrid,
  OnHandshake,
  OnSessionClosed,
  PomeloException,
  SessionService,
  UseHandshakeGuards,
  type HandshakeData,
  type Session,
} from 'nestjs-pomelo';
import { PomeloClientError } from 'nestjs-pomelo-client';
import { HANDSHAKE_ACK_PACKAGE, PackageType } from 'nestjs-pomelo-protocol';
import { of, type Observable } from 'rxjs';
import { LineConnector } from './fixtures/line.connector.js';
import { LineClient } from './support/line-client.js';
import { refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

/** The status with which a server refuses. */
async function refusedWith({ connect }: RunningApp, user?: unknown): Promise<unknown> {
  const error: unknown = await connect({ user }).then(
    () => 'welcome',
    (thrown: unknown) => thrown,
  );
  return error instanceof PomeloClientError ? [error.code, error.status] : error;
}

function tokenOf(context: ExecutionContext): unknown {
  const { user } = context.switchToWs().getData<HandshakeData>();
  return typeof user === 'object' && user !== null && 'token' in user ? user.token : undefined;
}

@Injectable()
class Tokens {
  readonly valid = new Set(['secret']);
}

@Injectable()
class TokenGuard implements CanActivate {
  constructor(private readonly tokens: Tokens) {}
  canActivate(context: ExecutionContext): boolean {
    return this.tokens.valid.has(String(tokenOf(context)));
  }
}

describe('@OnHandshake', () => {
  it('sees what the client says of itself, and answers as user', async () => {
    const seen: HandshakeData[] = [];
    @Injectable()
    class Welcome {
      @OnHandshake() greet(data: HandshakeData, session: Session): unknown {
        seen.push(data);
        return { hello: data.user, guest: session.isGuest };
      }
    }
    const { connect } = await startApp({ providers: [Welcome] });
    const client = await connect({ user: { name: 'ann' }, type: 'game', version: '2.0' });
    expect(client.user).toEqual({ hello: { name: 'ann' }, guest: true });
    expect(seen).toEqual([{ sys: { type: 'game', version: '2.0' }, user: { name: 'ann' } }]);
  });

  it('may take its time, and what it binds and sets is there for the first message', async () => {
    @Injectable()
    class Login {
      @OnHandshake() async login({ user }: HandshakeData, session: Session): Promise<unknown> {
        await new Promise(setImmediate);
        await session.bind(String(user));
        await session.set('level', 3).push('level');
        return { welcome: session.uid };
      }
    }
    const { app, connect } = await startApp({ providers: [Login, SessionProbe] });
    const client = await connect({ user: 'ann' });
    expect(client.user).toEqual({ welcome: 'ann' });
    const probe = app.get(SessionProbe);
    expect(await probe.as(client, (session) => [session.uid, session.get('level')])).toEqual(['ann', 3]);
  });

  it('may push: the client gets it after the answer to its handshake', async () => {
    @Injectable()
    class Welcome {
      @OnHandshake() greet(_data: HandshakeData, session: Session): void {
        void session.send('onNews', { n: 1 });
      }
    }
    const { port } = await startApp({ providers: [Welcome] });
    const client = await RawClient.open(port);
    client.send(handshake({ sys: POMELO_SYS }), HANDSHAKE_ACK_PACKAGE);
    expect(await client.packages.take()).toMatchObject({ type: PackageType.Handshake, json: { code: 200 } });
    expect(readMessage(await client.packages.take())).toMatchObject({
      head: { route: 'onNews' },
      json: { n: 1 },
    });
  });

  it.each([
    ['a PomeloException', new PomeloException(501, 'Update your client'), 501],
    ['an HttpException', new UnauthorizedException(), 401],
    ['any other error', new Error('password=hunter2'), 500],
  ])('that throws %s refuses the client with its code', async (_name, error, status) => {
    @Injectable()
    class Refuse {
      @OnHandshake() async refuse(): Promise<void> {
        throw error;
      }
    }
    const running = await startApp({ providers: [Refuse] });
    expect(await refusedWith(running)).toEqual(['HANDSHAKE_REFUSED', status]);
    const raw = await RawClient.open(running.port);
    raw.send(handshake({ sys: POMELO_SYS }));
    expect((await raw.rest()).map(({ json }) => json)).toEqual([{ code: status }]);
    await until(() => running.app.get(SessionService).getSessionsCount() === 0);
  });

  it('that never answers refuses the client after limits.handshakeHookMs', async () => {
    @Injectable()
    class Hang {
      @OnHandshake() hang(): Promise<never> {
        return new Promise(() => {});
      }
    }
    const running = await startApp({ providers: [Hang], options: { limits: { handshakeHookMs: 40 } } });
    expect(await refusedWith(running)).toEqual(['HANDSHAKE_REFUSED', 500]);
  });

  it('that answers with what is no JSON refuses the client', async () => {
    @Injectable()
    class Odd {
      @OnHandshake() odd(): unknown {
        return { gold: 1n };
      }
    }
    expect(await refusedWith(await startApp({ providers: [Odd] }))).toEqual(['HANDSHAKE_REFUSED', 500]);
  });

  it('that refuses after a bind leaves no session behind, and tells that the user is gone again', async () => {
    const heard: string[] = [];
    @Injectable()
    class Refuse {
      @OnHandshake() async refuse(_data: HandshakeData, session: Session): Promise<void> {
        await session.bind('ann');
        throw new PomeloException(403, 'No');
      }
      @OnSessionClosed() closed(_session: Session, reason: string): void {
        heard.push(reason);
      }
    }
    const running = await startApp({ providers: [Refuse] });
    for (let round = 0; round < 3; round += 1) await refusedWith(running);
    const sessions = running.app.get(SessionService);
    await until(() => heard.length === 3);
    expect(new Set(heard)).toEqual(new Set(['handshake_refused']));
    expect([sessions.getBoundUsersCount(), sessions.getSessionsCount()]).toEqual([0, 0]);
  });
});

describe('handshake guards', () => {
  class Streaming implements CanActivate {
    canActivate(context: ExecutionContext): Observable<boolean> {
      return of(tokenOf(context) === 'secret');
    }
  }
  class Later implements CanActivate {
    async canActivate(context: ExecutionContext): Promise<boolean> {
      return tokenOf(context) === 'secret';
    }
  }

  it.each([
    ['a class made by DI', TokenGuard],
    ['an instance', new Later()],
    ['a guard that answers as a stream', new Streaming()],
  ])('of the options let only those in that they allow: %s', async (_name, guard) => {
    const options = { handshakeGuards: [guard] };
    const running = await startApp({ providers: [Tokens, TokenGuard], options });
    expect(await refusedWith(running, { token: 'wrong' })).toEqual(['HANDSHAKE_REFUSED', 500]);
    expect(await refusedWith(running)).toEqual(['HANDSHAKE_REFUSED', 500]);
    expect(await refusedWith(running, { token: 'secret' })).toBe('welcome');
  });

  it('of @UseHandshakeGuards stand before the hook, on its class and its method', async () => {
    const reached: unknown[] = [];
    const allow = (name: string): CanActivate => ({
      canActivate: (context) => reached.push(name) > 0 && tokenOf(context) !== name,
    });
    @UseHandshakeGuards(TokenGuard)
    @Injectable()
    class Welcome {
      @UseHandshakeGuards(allow('method'))
      @OnHandshake()
      greet(): void {
        reached.push('hook');
      }
    }
    const running = await startApp({ providers: [Tokens, TokenGuard, Welcome] });
    expect(await refusedWith(running, { token: 'wrong' })).toEqual(['HANDSHAKE_REFUSED', 500]);
    expect(reached).toEqual([]);
    expect(await refusedWith(running, { token: 'secret' })).toBe('welcome');
    expect(reached).toEqual(['method', 'hook']);
  });

  it('of @UseHandshakeGuards that no hook would run stop the start', async () => {
    @UseHandshakeGuards(TokenGuard)
    @Injectable()
    class OnClass {}
    @Injectable()
    class OnMethod {
      @UseHandshakeGuards(TokenGuard) other(): void {}
      @OnHandshake() greet(): void {}
    }
    expect(await refusalOf(() => startApp({ providers: [OnClass] }))).toMatch(
      /^OnClass has @UseHandshakeGuards\(\) but no @OnHandshake\(\): its guards would never run\./,
    );
    expect(await refusalOf(() => startApp({ providers: [OnMethod] }))).toMatch(/^OnMethod\.other has @Use/);
  });

  it('run before hooks, and the first refusal ends it', async () => {
    const reached: string[] = [];
    const step = (name: string, verdict: boolean): CanActivate => ({
      canActivate: () => reached.push(name) > 0 && verdict,
    });
    @Injectable()
    class Welcome {
      @OnHandshake() greet(): void {
        reached.push('hook');
      }
    }
    const options = { handshakeGuards: [step('a', true), step('b', false), step('c', true)] };
    await refusedWith(await startApp({ providers: [Welcome], options }));
    expect(reached).toEqual(['a', 'b']);
  });

  it('decide for connectors without a handshake too: messages wait, refused clients are closed', async () => {
    const decisions: ((verdict: boolean) => void)[] = [];
    const guard = { canActivate: () => new Promise<boolean>((resolve) => decisions.push(resolve)) };
    const options = { connectors: [new LineConnector()], handshakeGuards: [guard] };
    const { app, port } = await startApp({ providers: [SessionProbe], options });
    const welcome = await LineClient.open(port);
    welcome.send({ id: 1, route: 't.probe.run' }, { id: 2, route: 't.probe.run' });
    await until(() => decisions.length === 1);
    decisions[0]?.(true);
    expect([await welcome.lines.take(), await welcome.lines.take()]).toEqual([{ id: 1 }, { id: 2 }]);
    const refused = await LineClient.open(port);
    refused.send({ id: 1, route: 't.probe.run' });
    await until(() => decisions.length === 2);
    decisions[1]?.(false);
    expect(await refused.lines.take()).toEqual({ kick: 'The handshake was refused.' });
    expect(await refused.lines.take()).toBeUndefined();
    await until(() => app.get(SessionService).getSessionsCount() === 1);
  });

  it('close a client that asks more than limits.requestsInFlight before they have decided', async () => {
    const guard = { canActivate: () => new Promise<boolean>(() => {}) };
    const limits = { requestsInFlight: 2, handshakeHookMs: 60_000 };
    const options = { connectors: [new LineConnector()], handshakeGuards: [guard], limits };
    const { port } = await startApp({ providers: [SessionProbe], options });
    const impatient = await LineClient.open(port);
    impatient.send(...[1, 2, 3].map((id) => ({ id, route: 't.probe.run' })));
    expect(await impatient.lines.take()).toEqual({ kick: 'before_handshake' });
    await impatient.closed;
  });
});

describe('checkClient', () => {
  it('refuses old clients with 501, which their libraries know', async () => {
    const running = await startApp({
      hybrid: { checkClient: (type, version) => `${type} ${version}` === 'game 2.0' },
    });
    const old = running.connect({ type: 'game', version: '1.9' });
    await expect(old).rejects.toMatchObject({ code: 'HANDSHAKE_REFUSED', status: 501 });
    await running.connect({ type: 'game', version: '2.0' });
  });

  it('that throws refuses, and nobody else notices', async () => {
    const checkClient = (type: string | undefined): boolean => {
      if (type === 'bad') throw new Error('check');
      return true;
    };
    const running = await startApp({ options: { connectors: [hybrid({ port: 0, checkClient })] } });
    await expect(running.connect({ type: 'bad' })).rejects.toMatchObject({ status: 501 });
    await running.connect({ type: 'good' });
  });
});

describe('a client that does not wait for the answer to its handshake', () => {
  it('is served in order once it is let in', async () => {
    let admit: (() => void) | undefined;
    @Injectable()
    class Slow {
      @OnHandshake() slow(): Promise<void> {
        return new Promise((resolve) => (admit = resolve));
      }
    }
    const { port } = await startApp({ providers: [Slow, SessionProbe] });
    const client = await RawClient.open(port);
    client.send(handshake({ sys: POMELO_SYS }), HANDSHAKE_ACK_PACKAGE, request(1, 't.probe.run'));
    client.send(request(2, 't.probe.run'));
    await until(() => admit !== undefined);
    admit?.();
    expect(await client.packages.take()).toMatchObject({ type: PackageType.Handshake });
    const ids = [await client.packages.take(), await client.packages.take()].map(
      (received) => readMessage(received).head.id,
    );
    expect(ids).toEqual([1, 2]);
  });
});
