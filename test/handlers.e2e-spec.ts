import { Body, Controller, Injectable, Session as NestSession } from '@nestjs/common';
import { MessageBody } from '@nestjs/websockets';
import { ConnectedSession, Handler, MessageId, Route, Session } from 'nestjs-pomelo';
import { EMPTY, of } from 'rxjs';
import { ask } from './support/ask.js';
import { refusalOf, startApp } from './support/pomelo-app.js';
import { RawClient, readMessage, request } from './support/raw-client.js';

describe('routes', () => {
  it('are the prefix of the class and the name that @Handler gives the method', async () => {
    @Handler('room.chatHandler')
    class ChatHandler {
      @Handler('say')
      speak(): string {
        return 'said';
      }
    }
    const client = await (await startApp({ providers: [ChatHandler] })).connect();
    expect(await client.request('room.chatHandler.say')).toBe('said');
    expect(await ask(client, 'room.chatHandler.speak')).toMatchObject({ code: 404 });
  });

  it('end with the name of the method when @Handler gives none', async () => {
    @Handler('room.chatHandler')
    class ChatHandler {
      @Handler()
      say(): string {
        return 'said';
      }
    }
    const client = await (await startApp({ providers: [ChatHandler] })).connect();
    expect(await client.request('room.chatHandler.say')).toBe('said');
  });

  it('are written in full on methods of a class without a prefix', async () => {
    @Injectable()
    class Everything {
      @Handler('gate.gateHandler.queryEntry')
      gate(): string {
        return 'gate';
      }
      @Handler('room.chatHandler.say')
      room(): string {
        return 'room';
      }
    }
    const client = await (await startApp({ providers: [Everything] })).connect();
    expect(await client.request('gate.gateHandler.queryEntry')).toBe('gate');
    expect(await client.request('room.chatHandler.say')).toBe('room');
  });

  it('are inherited from a base class under the prefix of each subclass', async () => {
    abstract class CrudHandler {
      @Handler()
      find(): string {
        return this.constructor.name;
      }
    }
    @Handler('shop.itemHandler')
    class ItemHandler extends CrudHandler {}
    @Handler('shop.orderHandler')
    class OrderHandler extends CrudHandler {}
    const client = await (await startApp({ providers: [ItemHandler, OrderHandler] })).connect();
    expect(await client.request('shop.itemHandler.find')).toBe('ItemHandler');
    expect(await client.request('shop.orderHandler.find')).toBe('OrderHandler');
  });

  it('never reach what is not decorated: private methods, inherited ones, prototypes', async () => {
    @Handler('room.chatHandler')
    class ChatHandler {
      @Handler()
      say(): string {
        return this.grantGold();
      }
      grantGold(): string {
        return 'gold';
      }
    }
    const client = await (await startApp({ providers: [ChatHandler] })).connect();
    const names = ['grantGold', 'toString', 'valueOf', 'constructor', '__proto__', 'hasOwnProperty', ''];
    for (const name of names) {
      expect(await ask(client, `room.chatHandler.${name}`)).toEqual({ code: 404, msg: expect.any(String) });
    }
    for (const route of ['constructor', '__proto__', 'toString', 'a.b.c.d', 'room', '', '.'.repeat(250)]) {
      expect(await ask(client, route)).toMatchObject({ code: 404 });
    }
  });

  it('work when the same handler class is provided by two modules through an alias', async () => {
    @Handler('room.chatHandler')
    class ChatHandler {
      @Handler()
      say(): string {
        return 'said';
      }
    }
    const providers = [ChatHandler, { provide: 'alias', useExisting: ChatHandler }];
    const client = await (await startApp({ providers })).connect();
    expect(await client.request('room.chatHandler.say')).toBe('said');
  });
});

describe('what a handler returns', () => {
  @Handler('t.values')
  class Values {
    @Handler('null') null(): null {
      return null;
    }
    @Handler() zero(): number {
      return 0;
    }
    @Handler() no(): boolean {
      return false;
    }
    @Handler() empty(): string {
      return '';
    }
    @Handler() list(): number[] {
      return [];
    }
    @Handler() nothing(): void {}
    @Handler() text(): string {
      return 'ä€😀';
    }
    @Handler() async later(): Promise<unknown> {
      return { later: true };
    }
    @Handler() async laterNothing(): Promise<void> {}
    @Handler() stream(): unknown {
      return of(1, 2, 3);
    }
    @Handler() async laterStream(): Promise<unknown> {
      return of('last');
    }
    @Handler() emptyStream(): unknown {
      return EMPTY;
    }
    @Handler() bytes(): Buffer {
      return Buffer.from('{"raw":true}');
    }
  }

  it.each([
    ['null', null],
    ['zero', 0],
    ['no', false],
    ['empty', ''],
    ['list', []],
    ['text', 'ä€😀'],
    ['later', { later: true }],
    ['stream', 3],
    ['laterStream', 'last'],
    ['bytes', { raw: true }],
  ])('reaches the client exactly: %s', async (route, expected) => {
    const client = await (await startApp({ providers: [Values] })).connect();
    expect(await client.request(`t.values.${route}`)).toEqual(expected);
  });

  it.each(['nothing', 'laterNothing', 'emptyStream'])('is {} when it is nothing: %s', async (route) => {
    const client = await (await startApp({ providers: [Values] })).connect();
    expect(await client.request(`t.values.${route}`)).toEqual({});
  });

  it.each([
    [
      'a BigInt',
      (): unknown => {
        return { gold: 1n };
      },
    ],
    [
      'a cycle',
      (): unknown => {
        const self: Record<string, unknown> = {};
        self['self'] = self;
        return self;
      },
    ],
    [
      'a toJSON that throws',
      (): unknown => ({
        toJSON: (): never => {
          throw new Error('private');
        },
      }),
    ],
  ])('that cannot be written is answered with 500 and logged: %s', async (_name, make) => {
    @Handler('t.broken')
    class Broken {
      @Handler() now(): unknown {
        return make();
      }
      @Handler() async later(): Promise<unknown> {
        return make();
      }
      @Handler() fine(): string {
        return 'fine';
      }
    }
    const { connect, log } = await startApp({ providers: [Broken] });
    const client = await connect();
    expect(await ask(client, 't.broken.now')).toEqual({ code: 500 });
    expect(await ask(client, 't.broken.later')).toEqual({ code: 500 });
    expect(await client.request('t.broken.fine')).toBe('fine');
    expect(log.matching('error', 't.broken')).toHaveLength(2);
  });
});

describe('parameters', () => {
  @Handler('t.params')
  class Params {
    @Handler() body(@Body() body: unknown): unknown {
      return [body];
    }
    @Handler() payload(@MessageBody() body: unknown): unknown {
      return [body];
    }
    @Handler() key(@Body('name') name: unknown, @Body('__proto__') proto: unknown): unknown {
      return { name, proto: proto === undefined ? 'undefined' : proto };
    }
    @Handler() undecorated(session: Session, body: { n: number }): unknown {
      return { n: body.n, session: session.id };
    }
    @Handler() sessions(@ConnectedSession() ours: Session, @NestSession() theirs: Session): unknown {
      return { same: ours === theirs, isSession: ours instanceof Session };
    }
    @Handler() message(@MessageId() id: unknown, @Route() route: string, @Body() body: unknown): unknown {
      return { id, route, body };
    }
  }

  it('give the body whole or by key, and never a key that the body inherits', async () => {
    const client = await (await startApp({ providers: [Params] })).connect();
    expect(await client.request('t.params.body', { a: [1] })).toEqual([{ a: [1] }]);
    expect(await client.request('t.params.payload', 'text')).toEqual(['text']);
    expect(await client.request('t.params.key', { name: 'ann' })).toEqual({
      name: 'ann',
      proto: 'undefined',
    });
    expect(await client.request('t.params.key', [1])).toEqual({ proto: 'undefined' });
  });

  it.each([[null], [0], [false], ['x'], [[]], [[{ a: 1 }, { uid: 'admin' }]]])(
    'give the body %j exactly as one value',
    async (body) => {
      const { port } = await startApp({ providers: [Params] });
      const client = await RawClient.ready(port);
      client.send(request(1, 't.params.body', body));
      expect(readMessage(await client.packages.take()).json).toEqual([body]);
    },
  );

  it('are session and body when none is decorated', async () => {
    const client = await (await startApp({ providers: [Params] })).connect();
    expect(await client.request('t.params.undecorated', { n: 5 })).toEqual({
      n: 5,
      session: expect.stringContaining('server-1.'),
    });
  });

  it("give the same session to @ConnectedSession() and to Nest's @Session()", async () => {
    const client = await (await startApp({ providers: [Params] })).connect();
    expect(await client.request('t.params.sessions')).toEqual({ same: true, isSession: true });
  });

  it('give id and route of the message', async () => {
    const { port } = await startApp({ providers: [Params] });
    const client = await RawClient.ready(port);
    client.send(request(2 ** 40, 't.params.message', { n: 1 }));
    const { head, json } = readMessage(await client.packages.take());
    expect(head.id).toBe(2 ** 40);
    expect(json).toEqual({ id: 2 ** 40, route: 't.params.message', body: { n: 1 } });
  });
});

describe('a wrong declaration stops the start with a sentence', () => {
  it('when two methods have one route', async () => {
    @Handler('a.b')
    class First {
      @Handler('c') one(): void {}
    }
    @Injectable()
    class Second {
      @Handler('a.b.c') two(): void {}
    }
    expect(await refusalOf(() => startApp({ providers: [First, Second] }))).toBe(
      'Route "a.b.c" is declared by both First.one and Second.two. Rename one of them.',
    );
  });

  it.each([
    ['a', 'a.method'],
    ['a.b.c', 'a.b.c.method'],
    ['a.', 'a..method'],
    [`a.${'é'.repeat(127)}`, 'a.ééé'],
  ])('when the prefix %s does not make three parts of at most 255 bytes', async (prefix, shown) => {
    @Handler(prefix)
    class Wrong {
      @Handler() method(): void {}
    }
    const sentence = await refusalOf(() => startApp({ providers: [Wrong] }));
    expect(sentence).toContain(`Route "${shown}`);
    expect(sentence).toMatch(/of Wrong\.method must have exactly three parts/);
  });

  it('when a handler is listed in controllers, where Nest would skip its guards', async () => {
    @Controller()
    @Handler('a.b')
    class Misplaced {
      @Handler() method(): void {}
    }
    expect(await refusalOf(() => startApp({ controllers: [Misplaced] }))).toBe(
      'Misplaced has @Handler() but is listed in controllers. Nest would skip its guards there: move it to providers.',
    );
  });

  it('but a route of the longest legal length is served', async () => {
    const method = 'm'.repeat(251);
    @Handler('a.b')
    class Long {
      @Handler(method) answer(): string {
        return 'here';
      }
    }
    const client = await (await startApp({ providers: [Long] })).connect();
    expect(await client.request(`a.b.${method}`)).toBe('here');
  });
});
