import {
  Catch,
  Injectable,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { getRemoteToken, InjectRemote, Remote, type RemoteClient } from 'nestjs-pomelo';
import { map, type Observable } from 'rxjs';
import { refusalOf, startApp } from './support/pomelo-app.js';
import { ChatRemote, startRemotes } from './support/remote-app.js';

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
    const { app } = await startRemotes({ providers: [Guarded, GuardedCaller] });
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
    const { app } = await startRemotes({ providers: [Scoped, ScopedCaller] });
    const { remote } = app.get(ScopedCaller);
    expect([await remote.for(null).count(), await remote.for(null).count()]).toEqual([1, 1]);
  });

  it('tests replace the client by its token', async () => {
    const fake = { for: () => ({ later: async () => 42 }) };
    const override = { provide: getRemoteToken(ChatRemote), useValue: fake };
    const { chat } = await startRemotes({ providers: [override] });
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
    expect(await refusalOf(() => startRemotes({ providers: [Second] }))).toBe(
      'Remote "chat.chatRemote.add" is declared by both ChatRemote.add and Second.add. Rename one of them.',
    );
  });
});
