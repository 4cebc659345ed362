import { createServer as createTlsServer, connect as connectTls } from 'node:tls';
import { PomeloClient, tcpTransport, webSocketTransport } from 'nestjs-pomelo-client';
import { encodeKick, encodePackage, PackageType } from 'nestjs-pomelo-protocol';
import { WebSocket, WebSocketServer } from 'ws';
import { PomeloClient as BrowserClient } from '../../libs/client/src/browser.js';
import { nextEvent } from './next-event.js';
import { OpenThings } from './open-things.js';
import { pushPackage } from './scripted-peer.js';
import { listenTcp } from './scripted-server.js';

const open = new OpenThings();
afterEach(() => open.close());

describe('TCP', () => {
  it('delivers packages however the stream is cut', async () => {
    const { client, peer } = await open.connected(await open.server('tcp'));
    const seen: unknown[] = [];
    client.on('a', (body) => seen.push(body));
    const last = client.once('b');
    const stream = Buffer.concat([1, 2, 3].map((n) => pushPackage('a', { n })));
    for (const byte of stream) peer.send(Buffer.of(byte));
    peer.send(stream, pushPackage('b', 'end').subarray(0, 5));
    peer.send(pushPackage('b', 'end').subarray(5));
    await last;
    expect(seen).toEqual([1, 2, 3, 1, 2, 3].map((n) => ({ n })));
  });

  it('connects to a host and a port', async () => {
    const server = await open.server('tcp');
    const client = open.add(await PomeloClient.connect({ host: '127.0.0.1', port: server.port }));
    expect(client.state).toBe('open');
  });

  it('runs over TLS when the application dials', async () => {
    const psk = { psk: Buffer.from('00112233', 'hex'), identity: 'game' };
    const ciphers = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;
    const tls = createTlsServer({ ...ciphers, pskCallback: () => psk.psk });
    const server = open.add(await listenTcp(tls, {}, 'secureConnection'));
    const { client, peer } = await open.connected(server, {
      transport: tcpTransport(({ host, port }) =>
        connectTls({ host, port, ...ciphers, pskCallback: () => psk, checkServerIdentity: () => undefined }),
      ),
    });
    const answer = client.request('a.b.c');
    peer.respond(await peer.messages.take(), 'secret');
    expect(await answer).toBe('secret');
  });
});

describe('WebSocket', () => {
  it('delivers every package of one message, in order, up to a kick', async () => {
    const { client, peer } = await open.connected(await open.server('ws'));
    const seen: unknown[] = [];
    client.events.on('push', ({ body }) => seen.push(body));
    const closed = nextEvent(client, 'close');
    peer.send(
      encodePackage(PackageType.Heartbeat),
      pushPackage('a', 1),
      pushPackage('b', 2),
      encodeKick('bye'),
      pushPackage('a', 3),
    );
    expect(await closed).toMatchObject({ reason: 'KICKED' });
    expect(seen).toEqual([1, 2]);
  });

  it('refuses a text frame', async () => {
    const ws = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => ws.once('listening', resolve));
    ws.on('connection', (socket) => socket.once('message', () => socket.send('{"code":200}')));
    const address = ws.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const connecting = PomeloClient.connect(`ws://127.0.0.1:${port}`);
    await expect(connecting).rejects.toMatchObject({ code: 'PROTOCOL' });
    await new Promise((resolve) => ws.close(resolve));
  });

  it('takes a socket that the application makes, with headers of its own', async () => {
    const server = await open.server('ws');
    const made: string[] = [];
    const { client } = await open.connected(server, {
      transport: webSocketTransport((url) => {
        made.push(url);
        return new WebSocket(url, { headers: { authorization: 'Bearer t' } });
      }),
    });
    expect(client.state).toBe('open');
    expect(made).toEqual([`${server.url}/`]);
  });
});

describe('the entry for browsers', () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  beforeAll(() => Object.defineProperty(globalThis, 'WebSocket', { value: WebSocket, configurable: true }));
  afterAll(() => {
    if (original === undefined) Reflect.deleteProperty(globalThis, 'WebSocket');
    else Object.defineProperty(globalThis, 'WebSocket', original);
  });

  it('uses the WebSocket of the environment', async () => {
    const server = await open.server('ws');
    const client = open.add(await BrowserClient.connect({ host: '127.0.0.1', port: server.port }));
    const peer = await server.peers.take();
    const answer = client.request('a.b.c', { emoji: '🎮' });
    peer.respond(await peer.messages.take(), { echo: '再见' });
    expect(await answer).toEqual({ echo: '再见' });
  });

  it('says that it cannot do TCP', async () => {
    await expect(BrowserClient.connect('tcp://127.0.0.1:3010')).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
    });
  });
});
