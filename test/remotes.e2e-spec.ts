import {
  Injectable,
  NotFoundException,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  Catch,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import {
  getRemoteToken,
  Handler,
  InjectRemote,
  PomeloException,
  Remote,
  RemoteException,
  type RemoteClient,
  type Session,
} from 'nestjs-pomelo';
import { map, type Observable } from 'rxjs';
import { ask } from './support/ask.js';
import { refusalOf, startApp, type AppSetup, type RunningApp } from './support/pomelo-app.js';
import { until } from './support/until.js';

const SECRET = 'password=hunter2';

@Remote('chat.chatRemote')
class ChatRemote {
  readonly told: unknown[] = [];
  @Remote() add(uid: string, room: string): string {
    return `${uid} in ${room}`;
  }
  @Remote() async later(value: number): Promise<number> {
    return value + 1;
  }
  @Remote() echo(...args: unknown[]): unknown[] {
    return args;
  }
  @Remote() mutate(list: number[], nested: { list: number[] }): number[] {
    list.push(4);
    nested.list.push(4);
    return list;
  }
  @Remote() nothing(): void {}
  @Remote() never(): Promise<never> {
    return new Promise(() => {});
  }
  @Remote() refuse(): void {
    throw new PomeloException(4001, 'The room is full', { reason: 'ROOM_FULL', data: { size: 9 } });
  }
  @Remote() missing(): void {
    throw new NotFoundException('No such room');
  }
  @Remote() fail(): void {
    throw new TypeError(SECRET);
  }
  @Remote() tell(value: unknown): void {
    this.told.push(value);
  }
  hidden(): string {
    return 'hidden';
  }
}

@Injectable()
class Caller {
  constructor(@InjectRemote(ChatRemote) readonly chat: RemoteClient<ChatRemote>) {}
}

interface Fixture extends RunningApp {
  readonly chat: RemoteClient<ChatRemote>;
  readonly remote: ChatRemote;
}

async function start(setup: AppSetup = {}): Promise<Fixture> {
  const providers = [ChatRemote, Caller, ...(setup.providers ?? [])];
  const running = await startApp({ ...setup, providers });
  return { ...running, chat: running.app.get(Caller).chat, remote: running.app.get(ChatRemote) };
}

describe('a remote of the same process', () => {
  it('answers calls by key, to a server, to all, always as a promise', async () => {
    const { chat } = await start();
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
    const { connect } = await start({ providers: [Entry] });
    expect(await (await connect()).request('chat.entry.enter', { uid: 'ann' })).toBe('ann in server-1');
  });

  it('is told something without an answer, and nobody waits for what it throws', async () => {
    const { chat, remote, log } = await start();
    chat.notify('lobby').tell({ n: 1 });
    chat.notify(null).fail();
    await until(() => remote.told.length === 1 && log.matching('error', 'chat.chatRemote.fail').length === 1);
    expect(remote.told).toEqual([{ n: 1 }]);
  });

  it('gets copies: neither side sees what the other one changes', async () => {
    const { chat } = await start();
    const [list, nested] = [[1, 2, 3], { list: [1, 2, 3] }];
    expect(await chat.for(null).mutate(list, nested)).toEqual([1, 2, 3, 4]);
    expect([list, nested]).toEqual([[1, 2, 3], { list: [1, 2, 3] }]);
  });

  it('gets values of these kinds whole', async () => {
    const { chat } = await start();
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
    const { chat } = await start();
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
    const { app } = await start({ providers: [Odd, OddCaller] });
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
    const { chat } = await start();
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
    const { chat, connect, log } = await start({ providers: [Entry] });
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
    const { app } = await start({ providers: [Odd, OddCaller] });
    const call = app.get(OddCaller).odd.for(null).refuse();
    await expect(call).rejects.toMatchObject({ reason: 'REMOTE_FAILED', code: 500 });
  });
});

describe('around a remote', () => {
  it('guards, interceptors and filters work as they do around handlers, with the context type rpc', async () => {
    const seen: unknown[] = [];
    class Watching implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        seen.push(context.getType(), context.getArgs(), context.getHandler().name);
        return context.getArgs()[0] !== 'stranger';
      }
    }
    class Doubling implements NestInterceptor {
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        return next.handle().pipe(map((value: number) => value * 2));
      }
    }
    @Catch(RangeError)
    class Translating implements ExceptionFilter {
      catch(error: RangeError): unknown {
        return { translated: error.message };
      }
    }
    @Remote('chat.guarded')
    class Guarded {
      @UseGuards(Watching) @Remote() greet(name: string, times: number): string {
        return name.repeat(times);
      }
      @UseInterceptors(Doubling) @Remote() double(value: number): number {
        return value;
      }
      @UseFilters(Translating) @Remote() translate(text: string): unknown {
        throw new RangeError(text);
      }
    }
    @Injectable()
    class GuardedCaller {
      constructor(@InjectRemote(Guarded) readonly remote: RemoteClient<Guarded>) {}
    }
    const { app } = await start({ providers: [Guarded, GuardedCaller] });
    const remote = app.get(GuardedCaller).remote.for(null);
    expect(await remote.greet('ann', 2)).toBe('annann');
    expect(seen).toEqual(['rpc', ['ann', 2], 'greet']);
    await expect(remote.greet('stranger', 1)).rejects.toMatchObject({ code: 403 });
    expect(await remote.double(4)).toBe(8);
    expect(await remote.translate('far')).toEqual({ translated: 'far' });
  });

  it('request scope makes the remote anew for every call', async () => {
    @Injectable({ scope: Scope.REQUEST })
    @Remote('chat.scoped')
    class Scoped {
      private calls = 0;
      @Remote() count(): number {
        this.calls += 1;
        return this.calls;
      }
    }
    @Injectable()
    class ScopedCaller {
      constructor(@InjectRemote(Scoped) readonly remote: RemoteClient<Scoped>) {}
    }
    const { app } = await start({ providers: [Scoped, ScopedCaller] });
    const { remote } = app.get(ScopedCaller);
    expect([await remote.for(null).count(), await remote.for(null).count()]).toEqual([1, 1]);
  });

  it('tests replace the client by its token', async () => {
    const fake = { for: () => ({ later: async () => 42 }) };
    const override = { provide: getRemoteToken(ChatRemote), useValue: fake };
    const { chat } = await start({ providers: [override] });
    expect(await chat.for(null).later(1)).toBe(42);
  });
});

describe('a wrong declaration stops the start with a sentence', () => {
  it.each([['chat'], ['chat.a.b'], ['.a'], ['chat.'], ['']])(
    'when the name %j is not two parts',
    async (name) => {
      @Remote(name)
      class Wrong {
        @Remote() call(): void {}
      }
      expect(await refusalOf(() => startApp({ providers: [Wrong] }))).toBe(
        `Remote "${name}" of Wrong.call must have two parts, serverType.remoteName, for example @Remote("chat.chatRemote").`,
      );
    },
  );

  it('when two classes expose the same method', async () => {
    @Remote('chat.chatRemote')
    class Second {
      @Remote() add(): void {}
    }
    expect(await refusalOf(() => start({ providers: [Second] }))).toBe(
      'Remote "chat.chatRemote.add" is declared by both ChatRemote.add and Second.add. Rename one of them.',
    );
  });
});

describe('a call that gets no answer', () => {
  it('ends with 504 after limits.requestMs, or its own time', async () => {
    const { chat } = await start({ options: { limits: { requestMs: 50 } } });
    await expect(chat.for(null).never()).rejects.toMatchObject({
      reason: 'REMOTE_TIMEOUT',
      code: 504,
      message: expect.stringContaining('within 50 ms'),
    });
    const own = chat.for(null, { timeoutMs: 20 }).never();
    await expect(own).rejects.toMatchObject({ message: expect.stringContaining('within 20 ms') });
  });

  it('ends when this server stops, and later calls end at once', async () => {
    const { chat, close } = await start();
    const pending = chat.for(null).never();
    const outcome = expect(pending).rejects.toMatchObject({ reason: 'REMOTE_CLOSED', code: 503 });
    await close();
    await outcome;
    await expect(chat.to('server-1').later(1)).rejects.toMatchObject({ code: 503 });
  });

  it('ends when the method does not exist there, and never reaches what is not decorated', async () => {
    const { chat } = await start();
    expect('hidden' in chat.for(null)).toBe(false);
    expect('toString' in chat.for(null)).toBe(false);
    await expect(chat.to('nobody').later(1)).rejects.toMatchObject({
      reason: 'REMOTE_NOT_DELIVERED',
      code: 503,
      message: 'Server "nobody" is not running: the call to "chat.chatRemote.later" was not delivered.',
    });
  });
});
