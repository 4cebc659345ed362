import { Controller, Get } from '@nestjs/common';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { PomeloAdapter, SessionService } from 'nestjs-pomelo';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { startApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

const UPGRADE = [
  'GET /any/path HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n');

@Controller()
class Pages {
  @Get('hello') hello(): string {
    return 'hello';
  }
}

async function fetchText(port: number, path: string): Promise<[status: number | undefined, text: string]> {
  const asked = get({ port, path, host: '127.0.0.1', agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return [response.statusCode, (await response.toArray()).join('')];
}

/** Writes each byte in a turn of its own. */
async function drip(write: (byte: Buffer) => void, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
}

describe('one port', () => {
  it('serves TCP and WebSocket clients, and the HTTP application of Nest', async () => {
    const { connect: open, port } = await startApp({
      providers: [SessionProbe],
      controllers: [Pages],
      http: true,
    });
    expect(await fetchText(port, '/hello')).toEqual([200, 'hello']);
    expect((await fetchText(port, '/nowhere'))[0]).toBe(404);
    for (const protocol of ['tcp', 'ws'] as const) await (await open({ protocol })).request('t.probe.run');
  });

  it('answers HTTP with 426 when there is no HTTP application', async () => {
    const { port } = await startApp();
    const [status, text] = await fetchText(port, '/');
    expect([status, text]).toEqual([426, expect.stringContaining('WebSocket')]);
  });

  it('answers what is no HTTP after all with 400 and closes', async () => {
    const { port } = await startApp();
    const socket = connect(port, '127.0.0.1', () => socket.write('GARBAGE\r\n\r\n'));
    const chunks = await socket.toArray();
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('accepts a TCP client whose bytes come one by one', async () => {
    const { port } = await startApp({ providers: [SessionProbe] });
    const client = await RawClient.open(port);
    const bytes = [handshake({ sys: POMELO_SYS }), HANDSHAKE_ACK_PACKAGE, request(1, 't.probe.run')];
    await drip((byte) => client.send(byte), Buffer.concat(bytes));
    expect(await client.packages.take()).toMatchObject({ json: { code: 200 } });
    expect(readMessage(await client.packages.take()).head.id).toBe(1);
  });

  it('accepts a WebSocket upgrade whose bytes come one by one', async () => {
    const { port } = await startApp();
    const client = await RawClient.open(port);
    await drip((byte) => client.send(byte), Buffer.from(UPGRADE));
    await until(() => client.chunks.length > 0);
    expect(client.chunks[0]?.toString()).toMatch(/^HTTP\/1\.1 101 /);
  });

  it.each([
    ['a TLS hello', [0x16, 0x03, 0x01, 0x00, 0xa5]],
    ['a zero', [0]],
    ['package type 6', [6, 0, 0, 0]],
    ['small letters', [...Buffer.from('get / http/1.1\r\n\r\n')]],
    ['a PROXY v2 header', [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a]],
  ])('closes on a first byte that is neither: %s', async (_name, bytes) => {
    const { app, port } = await startApp();
    const client = await RawClient.open(port);
    client.send(Buffer.from(bytes));
    expect(await client.rest()).toEqual([]);
    expect(app.get(SessionService).getSessionsCount()).toBe(0);
  });

  it.each([
    ['text', (socket: WebSocket): void => socket.send('{"route":"x"}'), 1003],
    ['a cut package', (socket: WebSocket): void => socket.send(Buffer.from([4, 0])), 4400],
    ['an empty message', (socket: WebSocket): void => socket.send(Buffer.alloc(0)), 4400],
    [
      'a lie about the length',
      (socket: WebSocket): void => socket.send(Buffer.from([4, 255, 255, 255])),
      4400,
    ],
    ['too much', (socket: WebSocket): void => socket.send(Buffer.alloc(70_000, 1)), 1009],
  ])('closes a WebSocket that sends %s, with a code', async (_name, send, expected) => {
    const { port } = await startApp();
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'open');
    send(socket);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(expected);
  });

  it('reads several packages in one WebSocket message, and sends one in each', async () => {
    const { port } = await startApp({ providers: [SessionProbe] });
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'open');
    const messages: Buffer[] = [];
    socket.on('message', (data: Buffer) => messages.push(data));
    socket.send(handshake({ sys: POMELO_SYS }));
    await until(() => messages.length === 1);
    socket.send(Buffer.concat([HANDSHAKE_ACK_PACKAGE, request(1, 't.probe.run'), request(2, 't.probe.run')]));
    await until(() => messages.length === 3);
    expect(messages.slice(1).map((message) => message.readUIntBE(1, 3) + 4 === message.length)).toEqual([
      true,
      true,
    ]);
    socket.close();
    await once(socket, 'close');
  });

  it('leaves no connection open after the stop, whatever it was doing', async () => {
    const { app, port } = await startApp({ controllers: [Pages], http: true });
    const clients = await Promise.all([1, 2, 3, 4, 5].map(() => RawClient.open(port)));
    const [, half, upgraded, http, ready] = clients;
    half?.send(Buffer.from([1, 0]));
    upgraded?.send(Buffer.from(UPGRADE));
    http?.send(Buffer.from('GET /hello HTTP/1.1\r\nHost: x\r\n\r\n'));
    ready?.send(handshake({ sys: POMELO_SYS }), HANDSHAKE_ACK_PACKAGE);
    await until(() => [upgraded, http, ready].every((client) => (client?.chunks.length ?? 0) > 0));
    await app.close();
    await Promise.all(clients.map(({ closed }) => closed));
    expect(app.get(PomeloAdapter).addresses()).toEqual([]);
  });
});
