import { Handler, SessionService, type HybridOptions, type PomeloLimits } from 'nestjs-pomelo';
import { encodePackage, HANDSHAKE_ACK_PACKAGE, HEARTBEAT_PACKAGE, PackageType } from 'nestjs-pomelo-protocol';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { nextEvent } from './client/next-event.js';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

const HELLO = handshake({ sys: POMELO_SYS });

function start(limits: Partial<PomeloLimits> = {}, hybrid: Partial<HybridOptions> = {}): Promise<RunningApp> {
  return startApp({ providers: [SessionProbe], options: { limits }, hybrid });
}

/** Everything that the server sends until it closes: types of packages with their JSON. */
async function farewell(client: RawClient): Promise<unknown[]> {
  return (await client.rest()).map(({ type, json }) => [type, json]);
}

const refusal = [PackageType.Handshake, { code: 500 }];
const kick = (reason: string, code: number): unknown => [PackageType.Kick, { reason, code }];

describe('limits.handshakeMs', () => {
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['the head of a package', Buffer.from([1, 0])],
    ['a part of a handshake', HELLO.subarray(0, 9)],
    ['a handshake without an ACK', HELLO],
    ['the beginning of an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n')],
  ])('ends a connection that sends %s', async (_name, bytes) => {
    const { port, app } = await start({ handshakeMs: 80 });
    const client = await RawClient.open(port);
    client.send(bytes);
    await client.closed;
    await until(() => app.get(SessionService).getSessionsCount() === 0);
  });

  it('is absolute: bytes that drip in do not prolong it', async () => {
    const { port } = await start({ handshakeMs: 100 });
    const client = await RawClient.open(port);
    client.send(HELLO.subarray(0, 5));
    const drip = setInterval(() => client.socket.write(' '), 20);
    await client.closed;
    clearInterval(drip);
  });

  it('ends a WebSocket that was opened and says nothing', async () => {
    const { port } = await start({ handshakeMs: 80 });
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const [code] = await once(socket, 'close');
    expect(code).toBe(4408);
  });
});

describe('heartbeats', () => {
  it('begin with one from the server, and each one of the client is answered', async () => {
    const { port } = await start({}, { heartbeat: 30 });
    const client = await RawClient.open(port);
    client.send(HELLO);
    expect(await client.packages.take()).toMatchObject({ json: { code: 200, sys: { heartbeat: 30 } } });
    client.send(HANDSHAKE_ACK_PACKAGE);
    expect((await client.packages.take())?.type).toBe(PackageType.Heartbeat);
    client.send(HEARTBEAT_PACKAGE, HEARTBEAT_PACKAGE);
    expect((await client.packages.take())?.type).toBe(PackageType.Heartbeat);
    expect((await client.packages.take())?.type).toBe(PackageType.Heartbeat);
  });

  it('that stay away end the connection with a reason', async () => {
    const { port } = await start({}, { heartbeat: 0.05 });
    const client = await RawClient.ready(port);
    expect((await farewell(client)).at(-1)).toEqual(kick('heartbeat_timeout', 4408));
  });

  it('keep the client library connected, and so does data alone', async () => {
    const { connect } = await start({}, { heartbeat: 0.1, heartbeatTimeout: 0.2 });
    const client = await connect();
    let ended = false;
    void nextEvent(client, 'close').then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await client.request('t.probe.run');
    expect(ended).toBe(false);
  });

  it('need not come while requests do, unless strictHeartbeat says so', async () => {
    for (const strictHeartbeat of [false, true]) {
      const { port } = await start({}, { heartbeat: 0.1, heartbeatTimeout: 0.2, strictHeartbeat });
      const client = await RawClient.ready(port);
      let id = 0;
      const talking = setInterval(() => client.send(request((id += 1), 't.probe.run')), 20);
      const outcome = await Promise.race([
        client.closed,
        new Promise((resolve) => setTimeout(resolve, 600, 'alive')),
      ]);
      clearInterval(talking);
      expect(outcome === 'alive').toBe(!strictHeartbeat);
    }
  });

  it('are not missed while the server itself does not read, because too many requests wait', async () => {
    let finish: () => void = () => {};
    const finished = new Promise<string>((resolve) => (finish = (): void => resolve('done')));
    @Handler('t.slow')
    class Slow {
      @Handler() work(): Promise<string> {
        return finished;
      }
    }
    const limits = { requestsInFlight: 2 };
    const { port } = await startApp({
      providers: [Slow],
      options: { limits },
      hybrid: { heartbeat: 0.05, heartbeatTimeout: 0.1 },
    });
    const client = await RawClient.ready(port);
    expect((await client.packages.take())?.type).toBe(PackageType.Heartbeat);
    client.send(request(1, 't.slow.work'), request(2, 't.slow.work'));
    const beating = setInterval(() => client.send(HEARTBEAT_PACKAGE), 20);
    await Promise.race([client.closed, new Promise((resolve) => setTimeout(resolve, 300))]);
    clearInterval(beating);
    finish();
    expect(readMessage(await client.packages.take()).json).toBe('done');
  });

  it('are not asked for when they are off', async () => {
    const { port } = await start({}, { heartbeat: false });
    const client = await RawClient.open(port);
    client.send(HELLO);
    expect((await client.packages.take())?.json).toEqual({ code: 200, sys: {} });
    client.send(HANDSHAKE_ACK_PACKAGE, HEARTBEAT_PACKAGE, request(1, 't.probe.run'));
    expect((await client.packages.take())?.type).toBe(PackageType.Data);
  });
});

describe('a client that breaks the rules is told why and closed', () => {
  const ack = HANDSHAKE_ACK_PACKAGE;
  const data = request(1, 't.probe.run');
  it.each<[string, Uint8Array[], unknown[]]>([
    ['data before the handshake', [data], [refusal]],
    ['a heartbeat before the handshake', [HEARTBEAT_PACKAGE], [refusal]],
    ['an ACK before the handshake', [ack], [refusal]],
    ['a kick', [encodePackage(PackageType.Kick)], [refusal]],
    ['a handshake that is no JSON', [encodePackage(1, Buffer.from('{'))], [refusal]],
    ['an empty handshake', [encodePackage(1)], [refusal]],
    ['a handshake without sys', [handshake({ user: {} })], [refusal]],
    ['a deep handshake', [encodePackage(1, Buffer.from('['.repeat(8_000)))], [refusal]],
    ['data before the ACK', [HELLO, data], [expect.anything(), kick('before_ack', 4401)]],
    ['heartbeats before the ACK', [HELLO, HEARTBEAT_PACKAGE], [expect.anything(), kick('before_ack', 4401)]],
    [
      'an unknown package type',
      [HELLO, ack, Buffer.from([6, 0, 0, 0])],
      [expect.anything(), kick('bad_type', 4400)],
    ],
    ['an empty data package', [HELLO, ack, encodePackage(4)], [expect.anything(), kick('empty', 4400)]],
    [
      'a cut message',
      [HELLO, ack, encodePackage(4, Buffer.from([0, 1, 9]))],
      [expect.anything(), kick('truncated', 4400)],
    ],
    [
      'an endless id',
      [HELLO, ack, encodePackage(4, Buffer.alloc(40, 0x80))],
      [expect.anything(), kick('bad_id', 4400)],
    ],
    [
      'the id 0',
      [HELLO, ack, encodePackage(4, Buffer.from([0, 0, 0]))],
      [expect.anything(), kick('bad_id', 4400)],
    ],
    [
      'a response',
      [HELLO, ack, encodePackage(4, Buffer.from([4, 1]))],
      [expect.anything(), kick('bad_message_type', 4400)],
    ],
    [
      'a push',
      [HELLO, ack, encodePackage(4, Buffer.from([6, 0]))],
      [expect.anything(), kick('bad_message_type', 4400)],
    ],
  ])('%s', async (_name, packages, answer) => {
    const { app, port } = await start();
    const client = await RawClient.open(port);
    client.send(...packages);
    expect(await farewell(client)).toEqual(answer);
    await until(() => app.get(SessionService).getSessionsCount() === 0);
  });

  it('but a second handshake and a second ACK are ignored', async () => {
    const { port } = await start();
    const client = await RawClient.ready(port);
    client.send(HELLO, HANDSHAKE_ACK_PACKAGE, request(1, 't.probe.run'));
    expect(readMessage(await client.packages.take()).head.id).toBe(1);
  });
});

describe('a body that cannot be read', () => {
  it.each<[string, Uint8Array, number]>([
    ['no JSON', Buffer.from('{"a":'), 400],
    ['nothing', Buffer.alloc(0), 400],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
    ['65 nested arrays', Buffer.from('['.repeat(65) + ']'.repeat(65)), 400],
  ])('is answered with 400, never handed to the handler: %s', async (_name, body, code) => {
    const { app, port } = await start();
    const client = await RawClient.ready(port);
    client.send(request(9, 't.probe.run', body));
    const { head, json } = readMessage(await client.packages.take());
    expect([head.id, json]).toEqual([9, { code, msg: expect.any(String) }]);
    expect(app.get(SessionService).getSessionsCount()).toBe(1);
  });

  it('64 nested arrays can be read', async () => {
    const { port } = await start();
    const client = await RawClient.ready(port);
    client.send(request(9, 't.probe.run', Buffer.from('['.repeat(64) + ']'.repeat(64))));
    expect(readMessage(await client.packages.take()).json).toEqual({});
  });
});

describe('package limits', () => {
  /** A handshake whose body has exactly this many bytes. */
  const helloOf = (bytes: number): Uint8Array => {
    const bare = JSON.stringify({ sys: POMELO_SYS, user: '' }).length;
    return handshake({ sys: POMELO_SYS, user: 'x'.repeat(bytes - bare) });
  };
  /** A request whose package body has exactly this many bytes. */
  const requestOf = (bytes: number): Uint8Array => {
    const bare = request(1, 't.probe.run', '').length - 4;
    return request(1, 't.probe.run', 'x'.repeat(bytes - bare));
  };

  it('let a handshake of limits.handshakeBytes pass, and refuse one more byte', async () => {
    const { port } = await start({ handshakeBytes: 200 });
    const fits = await RawClient.open(port);
    fits.send(helloOf(200));
    expect(await fits.packages.take()).toMatchObject({ json: { code: 200 } });
    const tooBig = await RawClient.open(port);
    tooBig.send(helloOf(201));
    expect(await farewell(tooBig)).toEqual([refusal]);
  });

  it('let a package of limits.packageBytes pass after the handshake, and refuse one more byte on its head', async () => {
    const { port } = await start({ handshakeBytes: 200, packageBytes: 300 });
    const fits = await RawClient.ready(port);
    fits.send(requestOf(300));
    expect(readMessage(await fits.packages.take()).json).toEqual({});
    const tooBig = await RawClient.ready(port);
    tooBig.send(requestOf(301).subarray(0, 4));
    expect(await farewell(tooBig)).toEqual([kick('oversize', 4413)]);
  });

  it('hold for WebSocket messages as well', async () => {
    const { connect } = await start({ packageBytes: 300 });
    const client = await connect({ protocol: 'ws' });
    await client.request('t.probe.run', 'x'.repeat(250));
    const closed = nextEvent(client, 'close');
    client.notify('t.probe.run', 'x'.repeat(301));
    expect(await closed).toMatchObject({ kicked: false });
  });
});
