import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import {
  ConnectedSession,
  Handler,
  PomeloAdapter,
  type HybridOptions,
  type PomeloLimits,
  type Session,
} from 'nestjs-pomelo';
import { WebSocket, type ClientOptions } from 'ws';
import { ask } from './support/ask.js';
import { closeAfterTest, refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

const LOOPBACK = { trustedProxies: ['loopback'] };

@Handler('t.edge')
class Edge {
  @Handler() address(@ConnectedSession() session: Session): string {
    return session.remoteAddress;
  }
}

function start(hybrid: Partial<HybridOptions> = {}, limits: Partial<PomeloLimits> = {}): Promise<RunningApp> {
  return startApp({ providers: [Edge], hybrid, options: { limits } });
}

/** What an upgrade gets: 101, or the status of its refusal. */
async function upgradeStatus(port: number, options: ClientOptions = {}): Promise<number | undefined> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, options);
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (sent, response: IncomingMessage) => {
      resolve(response.statusCode);
      sent.destroy();
    });
  });
}

/** The address that the server knows of a client which sends these bytes before its handshake. */
async function addressBehind(port: number, head: string | Buffer): Promise<unknown> {
  const client = await RawClient.open(port);
  client.send(Buffer.from(head), handshake({ sys: POMELO_SYS }));
  await client.packages.take();
  client.send(HANDSHAKE_ACK_PACKAGE, request(1, 't.edge.address'));
  return readMessage(await client.packages.take()).json;
}

function page(port: number, path: string, method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, path, method, host: '127.0.0.1' }, (response) => {
      response.resume();
      resolve(response);
    });
    sent.on('error', reject).end();
  });
}

describe('the PROXY protocol', () => {
  const proxied = { ...LOOPBACK, proxyProtocol: true };

  it('gives the session the address of the client', async () => {
    const { port } = await start(proxied);
    expect(await addressBehind(port, 'PROXY TCP4 203.0.113.7 127.0.0.1 50000 3010\r\n')).toBe('203.0.113.7');
    const v2 = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071087f000001c3500bc2', 'hex');
    expect(await addressBehind(port, v2)).toBe('203.0.113.8');
  });

  it('leaves the address as it is when the proxy speaks for itself', async () => {
    const { port } = await start(proxied);
    expect(await addressBehind(port, 'PROXY UNKNOWN\r\n')).toBe('127.0.0.1');
  });

  it('may come byte by byte, in front of WebSocket too', async () => {
    const { port } = await start(proxied);
    const socket = connect(port, '127.0.0.1');
    closeAfterTest({ close: async () => void socket.destroy() });
    const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n';
    const bytes = `PROXY TCP4 203.0.113.7 127.0.0.1 50000 3010\r\nGET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n`;
    for (const byte of Buffer.from(bytes)) {
      socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 101/);
  });

  it.each([
    ['nothing of the kind', handshake({ sys: POMELO_SYS })],
    ['an address that is none', Buffer.from('PROXY TCP4 999.2.3.4 127.0.0.1 1 2\r\n')],
    ['a line without an end', Buffer.from(`PROXY ${'x'.repeat(200)}`)],
  ])('is required of a proxy that should speak it, and read exactly: %s', async (_name, bytes) => {
    const { port } = await start(proxied);
    const rejects = rejectsDuring('transport');
    const client = await RawClient.open(port);
    client.send(bytes);
    await client.closed;
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'proxy_malformed', transport: 'tcp' }]);
  });

  it.each([
    ['version 1', Buffer.from('PROXY TCP4 6.6.6.6 127.0.0.1 1 2\r\n'), 'http'],
    ['version 2', Buffer.from('0d0a0d0a000d0a515549540a2111000c060606067f00000100010002', 'hex'), 'tcp'],
  ])('is not believed of a stranger: %s', async (_name, head, transport) => {
    const { port } = await start();
    const rejects = rejectsDuring('transport');
    const client = await RawClient.open(port);
    client.send(head, handshake({ sys: POMELO_SYS }));
    await client.closed;
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'proxy_untrusted', transport }]);
  });

  it('without a proxy that is trusted stops the start', async () => {
    expect(await refusalOf(() => start({ proxyProtocol: true }))).toContain('hybrid.proxyProtocol is true');
    expect(await refusalOf(() => start({ trustedProxies: ['everyone'] }))).toContain(
      'hybrid.trustedProxies is',
    );
  });
});

describe('X-Forwarded-For', () => {
  async function addressOf(port: number, forwarded: string): Promise<unknown> {
    const url = `ws://127.0.0.1:${port}`;
    const socket = new WebSocket(url, { headers: { 'X-Forwarded-For': forwarded } });
    closeAfterTest({ close: async () => socket.terminate() });
    await once(socket, 'open');
    socket.send(handshake({ sys: POMELO_SYS }));
    await once(socket, 'message');
    socket.send(HANDSHAKE_ACK_PACKAGE);
    socket.send(request(1, 't.edge.address'));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    return JSON.parse(answer.subarray(answer.indexOf('"')).toString());
  }

  it('of a trusted proxy names the client: the last address that is no proxy of ours', async () => {
    const { port } = await start(LOOPBACK);
    expect(await addressOf(port, '6.6.6.6, 203.0.113.7')).toBe('203.0.113.7');
    expect(await addressOf(port, '6.6.6.6, 203.0.113.7, 127.0.0.9')).toBe('203.0.113.7');
  });

  it('of a trusted proxy that names nobody leaves the address as it is', async () => {
    const { port } = await start(LOOPBACK);
    expect(await addressOf(port, 'unknown')).toBe('127.0.0.1');
  });

  it('of anybody else is ignored and counted', async () => {
    const { port } = await start();
    const rejects = rejectsDuring('transport');
    expect(await addressOf(port, '6.6.6.6')).toBe('127.0.0.1');
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'xff_untrusted', transport: 'http' }]);
  });
});

describe('limits by address', () => {
  const proxied = { ...LOOPBACK, proxyProtocol: true };
  const from = (address: string): Buffer => Buffer.from(`PROXY TCP4 ${address} 127.0.0.1 1 2\r\n`);

  /** Connects from an address; whether it was served. */
  async function isServed(port: number, address: string): Promise<boolean> {
    const client = await RawClient.open(port);
    client.send(from(address), handshake({ sys: POMELO_SYS }));
    return (await client.packages.take()) !== undefined;
  }

  it('limits.connectionsPerIp: one more is reset, and another address is served', async () => {
    const { port } = await start(proxied, { connectionsPerIp: 2 });
    const rejects = rejectsDuring('transport');
    expect([await isServed(port, '203.0.113.7'), await isServed(port, '203.0.113.7')]).toEqual([true, true]);
    expect(await isServed(port, '203.0.113.7')).toBe(false);
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'max_connections', transport: 'tcp' }]);
    expect(await isServed(port, '203.0.113.8')).toBe(true);
  });

  it('limits.connectBurst and connectsPerSecond: one more is reset, and the log says what to do', async () => {
    const { port, log } = await start(proxied, { connectBurst: 2, connectsPerSecond: 1 });
    const rejects = rejectsDuring('transport');
    const served = await Promise.all(Array.from({ length: 40 }, () => isServed(port, '203.0.113.7')));
    expect(served.filter(Boolean).length).toBeGreaterThanOrEqual(2);
    expect(served.filter(Boolean).length).toBeLessThan(40);
    expect(rejects()[0]).toEqual({ layer: 'transport', reason: 'conn_rate', transport: 'tcp' });
    expect(log.matching('warn', 'name it in trustedProxies')).toHaveLength(1);
  });

  it('count the client behind X-Forwarded-For, who is told with 429', async () => {
    const { port } = await start(LOOPBACK, { connectionsPerIp: 1 });
    const first = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    closeAfterTest({ close: async () => first.terminate() });
    await once(first, 'open');
    expect(await upgradeStatus(port, { headers: { 'X-Forwarded-For': '203.0.113.7' } })).toBe(429);
    expect(await upgradeStatus(port, { headers: { 'X-Forwarded-For': '203.0.113.8' } })).toBe(101);
  });

  it('the blacklist resets its addresses, behind proxies too, and serves the others', async () => {
    const { port } = await start({ ...proxied, blacklist: ['203.0.113.0/24'] });
    const rejects = rejectsDuring('transport');
    expect(await isServed(port, '203.0.113.99')).toBe(false);
    expect(await isServed(port, '203.0.114.99')).toBe(true);
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'ip_denied', transport: 'tcp' }]);
  });
});

describe('limits.connections', () => {
  it('resets one more than it says, and counts back to zero when all have left', async () => {
    const { port, app, connect: open } = await start({}, { connections: 2 });
    const { connections } = app.get(PomeloAdapter);
    const first = await open();
    const second = await open({ protocol: 'ws' });
    const third = connect(port, '127.0.0.1');
    third.on('error', () => {});
    await new Promise((resolve) => third.once('close', resolve));
    expect(connections.open).toBe(2);
    await Promise.all([first.close(), second.close()]);
    await until(() => connections.open === 0);
    expect(await ask(await open(), 't.edge.address')).toBe('127.0.0.1');
  });
});

describe('limits.pingsPerSecond', () => {
  const PINGS = 20;

  it('closes a WebSocket client that pings more often, and answers the pings before', async () => {
    const { port } = await start({}, { pingsPerSecond: PINGS });
    const rejects = rejectsDuring();
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    let pongs = 0;
    socket.on('pong', () => (pongs += 1));
    await once(socket, 'open');
    for (let count = 0; count <= PINGS; count += 1) socket.ping();
    const [code] = (await once(socket, 'close')) as [number];
    expect({ code, pongs }).toEqual({ code: 4429, pongs: PINGS });
    expect(new Set(rejects().map(({ reason }) => reason))).toEqual(new Set(['ping_flood']));
  });

  it('closes a client that sends heartbeats more often', async () => {
    const { port } = await start({}, { pingsPerSecond: PINGS });
    const client = await RawClient.ready(port);
    client.send(
      ...Array.from({ length: PINGS }, () => Buffer.from('03000000', 'hex')),
      request(1, 't.edge.address'),
    );
    expect(readMessage(await client.packages.take()).json).toBe('127.0.0.1');
    client.send(...Array.from({ length: PINGS + 1 }, () => Buffer.from('03000000', 'hex')));
    expect(await client.rest()).toMatchObject([{ json: { reason: 'heartbeat_flood', code: 4429 } }]);
  });
});

describe('limits.messageBurst and messagesPerSecond', () => {
  const limits = { messageBurst: 5, messagesPerSecond: 1 };
  const burst = (count: number): Uint8Array[] =>
    Array.from({ length: count }, (_unused, index) => request(index + 1, 't.edge.address'));

  it('answer the message after the burst with 429', async () => {
    const { port } = await start({}, limits);
    const rejects = rejectsDuring();
    const client = await RawClient.ready(port);
    client.send(...burst(6));
    for (let count = 0; count < 5; count += 1)
      expect(readMessage(await client.packages.take()).json).toBe('127.0.0.1');
    const { head, json } = readMessage(await client.packages.take());
    expect({ id: head.id, json }).toMatchObject({ id: 6, json: { code: 429 } });
    expect(rejects()).toEqual([{ layer: 'message', reason: 'rate_limited', transport: 'tcp' }]);
  });

  it('close with 4429 who owes another burst', async () => {
    const { port } = await start({}, limits);
    const client = await RawClient.ready(port);
    client.send(...burst(11));
    const all = await client.rest();
    expect(all).toHaveLength(11);
    expect(all.at(-1)?.json).toEqual({ reason: 'rate_limited', code: 4429 });
  });
});

describe('the origin of a page', () => {
  const evil = { origin: 'https://evil.example' };

  it('that is not allowed gets 403 before the upgrade, is counted and logged', async () => {
    const { port, log } = await start({ origins: ['https://game.example'] });
    const rejects = rejectsDuring('transport');
    expect(await upgradeStatus(port, evil)).toBe(403);
    expect(await upgradeStatus(port, { origin: 'null' })).toBe(403);
    expect(rejects()).toEqual([
      { layer: 'transport', reason: 'origin', transport: 'http' },
      { layer: 'transport', reason: 'origin', transport: 'http' },
    ]);
    expect(log.matching('warn', '"https://evil.example"')).toHaveLength(1);
  });

  it('that is allowed is served, and so is who has none', async () => {
    const { port } = await start({ origins: ['https://game.example'] });
    expect(await upgradeStatus(port, { origin: 'https://game.example' })).toBe(101);
    expect(await upgradeStatus(port)).toBe(101);
  });

  it('is refused when it is foreign, also when the option says nothing', async () => {
    const { port } = await start();
    expect(await upgradeStatus(port, evil)).toBe(403);
    expect(await upgradeStatus(port, { origin: 'http://localhost:5173' })).toBe(101);
  });
});

describe('without an HTTP application the port answers', () => {
  it.each([
    ['GET', '/healthz', 200],
    ['HEAD', '/healthz', 200],
    ['GET', '/readyz?verbose', 200],
    ['GET', '/', 426],
    ['GET', '/healthz/x', 426],
    ['POST', '/healthz', 405],
    ['DELETE', '/', 405],
  ])('%s %s with %d, and closes', async (method, path, status) => {
    const { port } = await start();
    const response = await page(port, path, method);
    expect(response.statusCode).toBe(status);
    expect(response.headers.connection).toBe('close');
  });
});
