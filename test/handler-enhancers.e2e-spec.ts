import {
  Body,
  Catch,
  Inject,
  Injectable,
  ParseIntPipe,
  Scope,
  StandardSchemaValidationPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, REQUEST } from '@nestjs/core';
import { ConnectedSession, Handler, HandlerRequest, PomeloException, Session } from 'nestjs-pomelo';
import { EMPTY, filter, map, of, throwError, type Observable } from 'rxjs';
import { z } from 'zod';
import { ask } from './support/ask.js';
import { startApp } from './support/pomelo-app.js';

@Injectable()
class Registry {
  readonly members = new Set(['ann']);
}

/** Lets members in, by the name in the body; made by DI. */
@Injectable()
class MembersOnly implements CanActivate {
  constructor(private readonly registry: Registry) {}
  canActivate(context: ExecutionContext): boolean {
    const { name } = context.switchToWs().getData<{ name?: string }>();
    return name !== undefined && this.registry.members.has(name);
  }
}

const FORBIDDEN = { code: 403, msg: expect.any(String) };

describe('guards', () => {
  class Async implements CanActivate {
    async canActivate(): Promise<boolean> {
      return false;
    }
  }
  class Streaming implements CanActivate {
    canActivate(): Observable<boolean> {
      return of(false);
    }
  }
  class Throwing implements CanActivate {
    canActivate(): boolean {
      throw new PomeloException(402, 'Pay first', { data: { price: 5 } });
    }
  }

  it('on the class or the method keep messages away from the handler', async () => {
    const reached: string[] = [];
    @UseGuards(MembersOnly)
    @Handler('t.club')
    class Club {
      @Handler() enter(): string {
        reached.push('enter');
        return 'in';
      }
    }
    @Handler('t.bar')
    class Bar {
      @Handler() open(): string {
        return 'open';
      }
      @UseGuards(MembersOnly) @Handler() vip(): string {
        reached.push('vip');
        return 'in';
      }
    }
    const client = await (await startApp({ providers: [Registry, MembersOnly, Club, Bar] })).connect();
    expect(await ask(client, 't.club.enter', { name: 'bob' })).toEqual(FORBIDDEN);
    expect(await ask(client, 't.bar.vip', { name: 'bob' })).toEqual(FORBIDDEN);
    expect(reached).toEqual([]);
    expect(await client.request('t.club.enter', { name: 'ann' })).toBe('in');
    expect(await client.request('t.bar.vip', { name: 'ann' })).toBe('in');
    expect(await client.request('t.bar.open')).toBe('open');
  });

  it('that answer later, or as a stream, or throw, refuse just the same', async () => {
    @Handler('t.club')
    class Club {
      @UseGuards(Async) @Handler() later(): void {}
      @UseGuards(Streaming) @Handler() stream(): void {}
      @UseGuards(Throwing) @Handler() paid(): void {}
    }
    const client = await (await startApp({ providers: [Club] })).connect();
    expect(await ask(client, 't.club.later')).toEqual(FORBIDDEN);
    expect(await ask(client, 't.club.stream')).toEqual(FORBIDDEN);
    expect(await ask(client, 't.club.paid')).toEqual({ code: 402, msg: 'Pay first', price: 5 });
  });

  it('given as APP_GUARD guard every handler, and see session, body and route', async () => {
    const seen: unknown[] = [];
    class Watching implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const ws = context.switchToWs();
        const session = ws.getClient<Session>();
        seen.push(context.getType(), session.isGuest, ws.getData(), ws.getPattern());
        seen.push(context.getClass().name, context.getHandler().name);
        return true;
      }
    }
    @Handler('t.club')
    class Club {
      @Handler() enter(@Body() body: unknown, @ConnectedSession() session: Session): unknown {
        return { body, guest: session.isGuest };
      }
    }
    const providers = [Club, { provide: APP_GUARD, useClass: Watching }];
    const client = await (await startApp({ providers })).connect();
    expect(await client.request('t.club.enter', { n: 1 })).toEqual({ body: { n: 1 }, guest: true });
    expect(seen).toEqual(['ws', true, { n: 1 }, 't.club.enter', 'Club', 'enter']);
  });

  it('given as a request-scoped APP_GUARD are not skipped', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerMessage implements CanActivate {
      static made = 0;
      constructor(@Inject(REQUEST) private readonly request: HandlerRequest) {
        PerMessage.made += 1;
      }
      canActivate(): boolean {
        return this.request.route === 't.club.open';
      }
    }
    @Handler('t.club')
    class Club {
      @Handler() open(): string {
        return 'open';
      }
      @Handler() closed(): string {
        return 'reached although the guard denies';
      }
    }
    const providers = [Club, { provide: APP_GUARD, useClass: PerMessage }];
    const client = await (await startApp({ providers })).connect();
    expect(await ask(client, 't.club.closed')).toEqual(FORBIDDEN);
    expect(await client.request('t.club.open')).toBe('open');
    expect(PerMessage.made).toBe(2);
  });
});

describe('interceptors', () => {
  class Wrapping implements NestInterceptor {
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      return next.handle().pipe(map((value: unknown) => ({ wrapped: value })));
    }
  }
  class Dropping implements NestInterceptor {
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      return next.handle().pipe(filter(() => false));
    }
  }
  class Failing implements NestInterceptor {
    intercept(): Observable<unknown> {
      return throwError(() => new PomeloException(423, 'Locked'));
    }
  }

  it('change, replace or refuse the answer, on a method and as APP_INTERCEPTOR', async () => {
    @Handler('t.shop')
    class Shop {
      @Handler() buy(): string {
        return 'sword';
      }
      @UseInterceptors(Wrapping) @Handler() twice(): string {
        return 'sword';
      }
      @UseInterceptors(Failing) @Handler() locked(): string {
        return 'sword';
      }
    }
    const providers = [Shop, { provide: APP_INTERCEPTOR, useClass: Wrapping }];
    const client = await (await startApp({ providers })).connect();
    expect(await client.request('t.shop.buy')).toEqual({ wrapped: 'sword' });
    expect(await client.request('t.shop.twice')).toEqual({ wrapped: { wrapped: 'sword' } });
    expect(await ask(client, 't.shop.locked')).toEqual({ code: 423, msg: 'Locked' });
  });

  it('get the last value of a stream; one that ends without a value is an error, as everywhere in Nest', async () => {
    @UseInterceptors(Wrapping)
    @Handler('t.shop')
    class Shop {
      @Handler() stream(): Observable<number> {
        return of(1, 2);
      }
      @Handler() empty(): Observable<never> {
        return EMPTY;
      }
      @UseInterceptors(Dropping) @Handler() dropped(): string {
        return 'sword';
      }
    }
    const client = await (await startApp({ providers: [Shop] })).connect();
    expect(await client.request('t.shop.stream')).toEqual({ wrapped: 2 });
    expect(await ask(client, 't.shop.empty')).toEqual({ code: 500 });
    expect(await ask(client, 't.shop.dropped')).toEqual({ code: 500 });
  });
});

describe('pipes', () => {
  const Enter = z.object({ name: z.string().min(1), level: z.coerce.number().default(1) });

  it('check bodies by a zod schema on the parameter, and answer 400 with what is wrong', async () => {
    @UsePipes(StandardSchemaValidationPipe)
    @Handler('t.entry')
    class Entry {
      @Handler() enter(@Body({ schema: Enter }) body: z.infer<typeof Enter>): unknown {
        return body;
      }
    }
    const client = await (await startApp({ providers: [Entry] })).connect();
    expect(await client.request('t.entry.enter', { name: 'ann', extra: 1 })).toEqual({
      name: 'ann',
      level: 1,
    });
    expect(await ask(client, 't.entry.enter', { name: '' })).toEqual({ code: 400, msg: expect.any(String) });
    expect(await ask(client, 't.entry.enter', 'text')).toMatchObject({ code: 400 });
  });

  it('given as APP_PIPE check every body', async () => {
    @Handler('t.entry')
    class Entry {
      @Handler() enter(@Body({ schema: Enter }) body: z.infer<typeof Enter>): unknown {
        return body.level;
      }
    }
    const providers = [Entry, { provide: APP_PIPE, useClass: StandardSchemaValidationPipe }];
    const client = await (await startApp({ providers })).connect();
    expect(await client.request('t.entry.enter', { name: 'ann', level: '7' })).toBe(7);
    expect(await ask(client, 't.entry.enter', {})).toMatchObject({ code: 400 });
  });

  it('on one parameter change it alone, made by DI or given as instances', async () => {
    @Injectable()
    class Known implements PipeTransform<string, string> {
      constructor(private readonly registry: Registry) {}
      transform(name: string): string {
        if (!this.registry.members.has(name)) throw new PomeloException(404, `Who is ${name}?`);
        return name.toUpperCase();
      }
    }
    @Handler('t.entry')
    class Entry {
      @Handler() enter(@Body('name', Known) name: string, @Body('age', ParseIntPipe) age: number): unknown {
        return { name, age };
      }
    }
    const client = await (await startApp({ providers: [Registry, Known, Entry] })).connect();
    expect(await client.request('t.entry.enter', { name: 'ann', age: '30' })).toEqual({
      name: 'ANN',
      age: 30,
    });
    expect(await ask(client, 't.entry.enter', { name: 'bob', age: '1' })).toEqual({
      code: 404,
      msg: 'Who is bob?',
    });
    expect(await ask(client, 't.entry.enter', { name: 'ann', age: 'x' })).toMatchObject({ code: 400 });
  });
});

describe('exception filters', () => {
  class NoMoney extends Error {}
  @Catch(NoMoney)
  class NoMoneyFilter implements ExceptionFilter {
    catch(): unknown {
      return { code: 418, msg: 'No money' };
    }
  }
  @Catch()
  class Everything implements ExceptionFilter {
    catch(error: unknown): unknown {
      return { code: 599, name: error instanceof Error ? error.constructor.name : typeof error };
    }
  }
  @Handler('t.bank')
  class Bank {
    @UseFilters(NoMoneyFilter) @Handler() pay(): void {
      throw new NoMoney();
    }
    @Handler() async steal(): Promise<void> {
      throw new TypeError('caught');
    }
  }

  it('answer with what they return, nearest filter first, also as APP_FILTER', async () => {
    const providers = [Bank, { provide: APP_FILTER, useClass: Everything }];
    const client = await (await startApp({ providers })).connect();
    expect(await ask(client, 't.bank.pay')).toEqual({ code: 418, msg: 'No money' });
    expect(await ask(client, 't.bank.steal')).toEqual({ code: 599, name: 'TypeError' });
  });

  it('leave errors that they do not name to the default answer', async () => {
    @UseFilters(NoMoneyFilter)
    @Handler('t.bank')
    class Filtered extends Bank {}
    const client = await (await startApp({ providers: [Filtered] })).connect();
    expect(await ask(client, 't.bank.pay')).toMatchObject({ code: 418 });
    expect(await ask(client, 't.bank.steal')).toEqual({ code: 500 });
  });
});
