import { once } from 'node:events';
import { createServer } from 'node:net';
import { PomeloClient } from 'nestjs-pomelo-client';
import { assert, asyncProperty, uint8Array } from 'fast-check';
import { fromHex } from '../support/vectors.js';
import { nextEvent } from './next-event.js';
import { OpenThings } from './open-things.js';

const open = new OpenThings();
afterEach(() => open.close());

const ROUTE_A = '0161';

describe.each(['tcp', 'ws'] as const)('a server that sends garbage over %s', (kind) => {
  it.each([
    ['a package type that does not exist', '00000000'],
    ['an acknowledgement', '02000000'],
    ['a second handshake', '010000027b7d'],
    ['an empty message', '04000000'],
    ['an answer without an id', '0400000104'],
    ['an answer whose id never ends', '0400000a04ffffffffffffffffff'],
    ['a message type that does not exist', '040000020e01'],
    ['a request', `04000006000101617b7d`],
    ['a push whose route is cut off', '04000003060561'],
    ['a push with an unknown route code', '0400000507000a7b7d'],
    ['a push that is not JSON', `0400000506${ROUTE_A}7b7b`],
    ['a push that is not UTF-8', `0400000706${ROUTE_A}22ff2220`],
    ['a package beyond the limit', '04010001'],
  ])('is left, with an error event: %s', async (_, hex) => {
    const { client, peer } = await open.connected(await open.server(kind), { maxPackageBytes: 0x10000 });
    const error = nextEvent(client, 'error');
    const closed = nextEvent(client, 'close');
    const pending = client.request('a.b.c');
    await peer.messages.take();
    peer.send(fromHex(hex));
    expect(await error).toMatchObject({ code: 'PROTOCOL' });
    expect(await closed).toMatchObject({ reason: 'PROTOCOL' });
    await expect(pending).rejects.toMatchObject({ code: 'CLOSED', cause: { code: 'PROTOCOL' } });
    await peer.closed;
  });

  it.each([
    ['no JSON', fromHex('7b')],
    ['nothing', new Uint8Array(0)],
    ['an array', []],
    ['no code', {}],
    ['a code that is text', { code: '200' }],
    ['a compressed reply', fromHex('789c010203')],
  ])('in place of a handshake makes connecting fail: %s', async (_, reply) => {
    const server = await open.server(kind, { handshake: () => reply });
    await expect(PomeloClient.connect(server.url)).rejects.toMatchObject({ code: 'PROTOCOL' });
    await (
      await server.peers.take()
    ).closed;
  });

  it.each([
    { heartbeat: 1e300 },
    { heartbeat: {} },
    { dict: [], routeToCode: 'x', useDict: true },
    { dict: { a: 'x', b: -1, c: 70_000, d: 1.5, __proto__: null } },
    { protos: { client: 1, server: [], version: {} }, useProto: true },
    { protos: { client: { r: { a: 1, __messages: 2, __tags: null } } } },
  ])('may say nonsense in `sys` without breaking JSON traffic: %j', async (sys) => {
    const server = await open.server(kind, { handshake: () => ({ code: 200, sys }) });
    const { client, peer } = await open.connected(server);
    const answer = client.request('a.b.c', { x: 1 });
    const request = await peer.messages.take();
    expect(request).toMatchObject({ route: 'a.b.c', body: '{"x":1}' });
    peer.respond(request, 'fine');
    expect(await answer).toBe('fine');
  });

  it('never makes the client throw, whatever follows the handshake', async () => {
    const server = await open.server(kind);
    await assert(
      asyncProperty(uint8Array({ minLength: 1, maxLength: 64 }), async (bytes) => {
        const { client, peer } = await open.connected(server);
        const closed = nextEvent(client, 'close');
        peer.send(bytes);
        peer.destroy();
        expect(['PROTOCOL', 'DISCONNECTED', 'KICKED']).toContain((await closed).reason);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a server that does not cooperate', () => {
  it.each(['tcp', 'ws'] as const)('is left by force over %s when it stops reading', async (kind) => {
    const { client, peer } = await open.connected(await open.server(kind, { stopsReading: true }));
    await peer.acks.take();
    // More than the buffers of the two kernels hold.
    for (let sent = 0; sent < 5; sent++) client.notify('a.b.c', new Uint8Array(0xfff000));
    const pending = client.request('a.b.c');
    await Promise.all([client.close(), expect(pending).rejects.toMatchObject({ code: 'CLOSED' })]);
    expect(client.state).toBe('closed');
  });

  it('does not keep a WebSocket that is never upgraded', async () => {
    const tcp = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const address = tcp.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const connecting = PomeloClient.connect({ host: '127.0.0.1', port, protocol: 'ws' }, { timeoutMs: 50 });
    await expect(connecting).rejects.toMatchObject({ code: 'TIMEOUT' });
    tcp.close();
    await once(tcp, 'close');
  });
});
