import { HttpException, Inject, Injectable, NotFoundException, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { WsException } from '@nestjs/websockets';
import { ErrorReply, Handler, HandlerRequest, PomeloException, RemoteException } from 'nestjs-pomelo';
import { ask } from './support/ask.js';
import { startApp } from './support/pomelo-app.js';
import { RawClient, readMessage, request } from './support/raw-client.js';

const SECRET = 'password=hunter2';

@Handler('t.errors')
class Errors {
  @Handler() pomelo(): void {
    throw new PomeloException(4001, 'Not enough gold', { data: { missing: 5 } });
  }
  @Handler() http(): void {
    throw new NotFoundException('There is no such room');
  }
  @Handler() httpList(): void {
    throw new HttpException({ message: ['name is empty', 'age is no number'], inner: SECRET }, 422);
  }
  @Handler() ws(): void {
    throw new WsException('No such thing');
  }
  @Handler() wsCode(): void {
    throw new WsException({ code: 409, message: 'Taken' });
  }
  @Handler() remote(): void {
    throw new RemoteException('REMOTE_NOT_DELIVERED', { server: SECRET, method: 'm' });
  }
  @Handler() unknown(): void {
    throw new Error(SECRET);
  }
  @Handler() async rejected(): Promise<void> {
    throw new TypeError(SECRET);
  }
  @Handler() async text(): Promise<void> {
    return Promise.reject(SECRET);
  }
  @Handler() async nothing(): Promise<void> {
    return Promise.reject(undefined);
  }
  @Handler() returned(): ErrorReply {
    return new ErrorReply(451, 'Not here', { country: 'xx' });
  }
  @Handler() fine(): string {
    return 'fine';
  }
}

describe('what a handler throws', () => {
  it.each([
    ['pomelo', { code: 4001, msg: 'Not enough gold', missing: 5 }],
    ['http', { code: 404, msg: 'There is no such room' }],
    ['httpList', { code: 422, msg: 'name is empty; age is no number' }],
    ['ws', { code: 500, msg: 'No such thing' }],
    ['wsCode', { code: 409, msg: 'Taken' }],
    ['remote', { code: 503 }],
    ['returned', { code: 451, msg: 'Not here', country: 'xx' }],
  ])('on purpose tells the client code, message and data: %s', async (method, answer) => {
    const client = await (await startApp({ providers: [Errors] })).connect();
    expect(await ask(client, `t.errors.${method}`)).toEqual(answer);
  });

  it.each(['unknown', 'rejected', 'text', 'nothing'])(
    'by accident tells the client nothing but 500, and the log everything: %s',
    async (method) => {
      const { port, log } = await startApp({ providers: [Errors] });
      const client = await RawClient.ready(port);
      client.send(request(7, `t.errors.${method}`));
      const { head, body } = readMessage(await client.packages.take());
      expect(head.id).toBe(7);
      expect(Buffer.from(body).toString()).toBe('{"code":500}');
      const [line] = log.matching('error', `Errors.${method}`);
      expect(line).toContain(`"t.errors.${method}"`);
      if (method !== 'nothing') expect(line).toContain(SECRET);
      client.send(request(8, 't.errors.fine'));
      expect(readMessage(await client.packages.take()).json).toBe('fine');
    },
  );

  it('from a notify goes to the log and to nobody else', async () => {
    const { connect, log } = await startApp({ providers: [Errors] });
    const client = await connect();
    client.notify('t.errors.unknown');
    client.notify('t.errors.rejected');
    client.notify('t.errors.missing');
    expect(await client.request('t.errors.fine')).toBe('fine');
    expect(log.matching('error', SECRET)).toHaveLength(2);
    expect(log.matching('debug', 't.errors.missing')).toHaveLength(1);
  });
});

describe('a hostile route', () => {
  it('reaches the log escaped and cut, so that it cannot forge a line', async () => {
    const { connect, log } = await startApp({ providers: [Errors] });
    const client = await connect();
    client.notify(`x\nFAKE LINE ${'y'.repeat(200)}`);
    await client.request('t.errors.fine');
    const [line] = log.matching('debug', 'FAKE');
    expect(line).toContain('x\\nFAKE');
    expect(line?.length).toBeLessThan(250);
  });
});

describe('a notify', () => {
  it('ignores what the handler returns, and warns once a route', async () => {
    const { connect, log } = await startApp({ providers: [Errors] });
    const client = await connect();
    client.notify('t.errors.fine');
    client.notify('t.errors.fine');
    expect(await client.request('t.errors.fine')).toBe('fine');
    expect(log.matching('warn')).toEqual([
      'Errors.fine returned a value for a notify of {t.errors.fine}: it is ignored. Send a request to get it.',
    ]);
  });
});

describe('a request-scoped handler', () => {
  @Injectable({ scope: Scope.REQUEST })
  class Audit {
    constructor(@Inject(REQUEST) readonly request: HandlerRequest) {}
  }

  @Injectable({ scope: Scope.REQUEST })
  @Handler('t.scoped')
  class Scoped {
    static made = 0;
    private count = 0;
    constructor(
      @Inject(REQUEST) private readonly request: HandlerRequest,
      private readonly audit: Audit,
    ) {
      Scoped.made += 1;
    }
    @Handler() count1(): unknown {
      this.count += 1;
      const { request, audit } = this;
      return {
        count: this.count,
        route: request.route,
        body: request.body,
        id: request.message.id,
        guest: request.session.isGuest,
        isRequest: request instanceof HandlerRequest,
        shared: audit.request === request,
      };
    }
    @Handler() fail(): void {
      throw new PomeloException(418, 'Teapot');
    }
  }

  it('is made anew for every message and knows that message', async () => {
    Scoped.made = 0;
    const client = await (await startApp({ providers: [Audit, Scoped] })).connect();
    for (const id of [1, 2, 3]) {
      expect(await client.request('t.scoped.count1', { id })).toEqual({
        count: 1,
        route: 't.scoped.count1',
        body: { id },
        id,
        guest: true,
        isRequest: true,
        shared: true,
      });
    }
    expect(Scoped.made).toBe(3);
    expect(await ask(client, 't.scoped.fail')).toEqual({ code: 418, msg: 'Teapot' });
  });

  it('that cannot be made costs its own request only', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Broken {
      constructor() {
        throw new Error(SECRET);
      }
    }
    @Injectable({ scope: Scope.REQUEST })
    @Handler('t.broken')
    class BrokenHandler {
      constructor(readonly broken: Broken) {}
      @Handler() call(): void {}
    }
    const client = await (await startApp({ providers: [Broken, BrokenHandler, Errors] })).connect();
    expect(await ask(client, 't.broken.call')).toEqual({ code: 500 });
    expect(await client.request('t.errors.fine')).toBe('fine');
  });
});
