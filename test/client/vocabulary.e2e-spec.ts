import { deflateSync, inflateSync } from 'node:zlib';
import { parseProtos, ProtobufSchema } from 'nestjs-pomelo-protocol';
import { nextEvent } from './next-event.js';
import { OpenThings } from './open-things.js';

const open = new OpenThings();
afterEach(() => open.close());

const ENTER = 'connector.entryHandler.enter';
const DICT = { [ENTER]: 1, onChat: 2 };
const PROTOS = {
  client: parseProtos({ [ENTER]: { 'required string name': 1, 'optional uInt32 level': 2 } }),
  server: parseProtos({ onChat: { 'required string msg': 1 }, [ENTER]: { 'repeated string users': 1 } }),
  version: 'p1',
};
const toServer = new ProtobufSchema(PROTOS.client);
const toClient = new ProtobufSchema(PROTOS.server);

function replying(...replies: Record<string, unknown>[]): { handshake: () => unknown } {
  return { handshake: () => ({ code: 200, sys: replies.length > 1 ? replies.shift() : replies[0] }) };
}

const FAST = { reconnect: { minDelayMs: 1, maxDelayMs: 1 } };

describe('the route dictionary', () => {
  it.each([
    ['routeToCode', { useDict: true, routeToCode: DICT, dictVersion: 'd1' }],
    ['dict alone, as pitaya servers send it', { dict: DICT }],
  ])('is used both ways when the handshake brings %s', async (_, sys) => {
    const { client, peer } = await open.connected(await open.server('tcp', replying(sys)));
    client.notify(ENTER, {});
    client.notify('connector.entryHandler.other', {});
    expect((await peer.messages.take()).route).toBe(1);
    expect((await peer.messages.take()).route).toBe('connector.entryHandler.other');
    const next = client.once('onChat');
    peer.push(2, { msg: 'hi' });
    expect(await next).toEqual({ msg: 'hi' });
  });

  it('is kept over a reconnect whose server knows that the client has it', async () => {
    const script = replying({ useDict: true, dict: DICT, dictVersion: 'd1' }, { useDict: true });
    const server = await open.server('tcp', script);
    const { client, peer } = await open.connected(server, FAST);
    expect((await peer.handshakes.take())['sys']).not.toHaveProperty('dictVersion');
    const reconnected = nextEvent(client, 'reconnected');
    peer.destroy();
    const again = await server.peers.take();
    expect(await again.handshakes.take()).toMatchObject({ sys: { dictVersion: 'd1' } });
    await reconnected;
    client.notify(ENTER, {});
    expect((await again.messages.take()).route).toBe(1);
  });

  it('is forgotten when the server does not use it any more', async () => {
    const server = await open.server('tcp', replying({ dict: DICT, dictVersion: 'd1' }, {}));
    const { client, peer } = await open.connected(server, FAST);
    const reconnected = nextEvent(client, 'reconnected');
    peer.destroy();
    const again = await server.peers.take();
    await reconnected;
    client.notify(ENTER, {});
    expect((await again.messages.take()).route).toBe(ENTER);
  });
});

describe('pomelo-protobuf', () => {
  it('encodes requests, decodes answers and pushes of routes that have a schema', async () => {
    const server = await open.server('ws', replying({ useProto: true, protos: PROTOS }));
    const { client, peer } = await open.connected(server);
    const answer = client.request(ENTER, { name: 'ann', level: 300 });
    const request = await peer.messages.take();
    expect(toServer.decode(ENTER, request.bytes, 0, request.bytes.length)).toEqual({
      name: 'ann',
      level: 300,
    });
    peer.respond(request, toClient.encode(ENTER, { users: ['ann', 'bob'] }));
    expect(await answer).toEqual({ users: ['ann', 'bob'] });
    const next = client.once('onChat');
    peer.push('onChat', toClient.encode('onChat', { msg: 'hi' }));
    expect(await next).toEqual({ msg: 'hi' });
  });

  it('leaves routes without a schema to JSON', async () => {
    const server = await open.server('ws', replying({ useProto: true, protos: PROTOS }));
    const { client, peer } = await open.connected(server);
    const answer = client.request('a.b.c', { x: 1 });
    const request = await peer.messages.take();
    expect(request.body).toBe('{"x":1}');
    peer.respond(request, { y: 2 });
    expect(await answer).toEqual({ y: 2 });
  });

  it('takes an empty body, which Pomelo sends when its encoder failed, for an empty object', async () => {
    const server = await open.server('ws', replying({ useProto: true, protos: PROTOS }));
    const { client, peer } = await open.connected(server);
    const next = client.once('onChat');
    peer.push('onChat', new Uint8Array(0));
    expect(await next).toEqual({});
  });

  it('rejects a request that the schema cannot hold', async () => {
    const server = await open.server('ws', replying({ useProto: true, protos: PROTOS }));
    const { client } = await open.connected(server);
    await expect(client.request(ENTER, { level: 1 })).rejects.toMatchObject({
      code: 'PROTOBUF_MISSING_FIELD',
    });
  });

  it('is kept over a reconnect whose server knows that the client has it', async () => {
    const script = replying({ useProto: true, protos: PROTOS }, { useProto: true });
    const server = await open.server('ws', script);
    const { client, peer } = await open.connected(server, FAST);
    const reconnected = nextEvent(client, 'reconnected');
    peer.destroy();
    const again = await server.peers.take();
    expect(await again.handshakes.take()).toMatchObject({ sys: { protoVersion: 'p1' } });
    await reconnected;
    const next = client.once('onChat');
    again.push('onChat', toClient.encode('onChat', { msg: 'still here' }));
    expect(await next).toEqual({ msg: 'still here' });
  });
});

describe('compressed bodies', () => {
  const compression = {
    deflate: (bytes: Uint8Array) => deflateSync(bytes),
    inflate: (bytes: Uint8Array, maxBytes: number) => inflateSync(bytes, { maxOutputLength: maxBytes }),
  };

  it('are inflated when the application gives the means, in the handshake too', async () => {
    const reply = deflateSync(JSON.stringify({ code: 200, sys: {}, user: 'zipped' }));
    const server = await open.server('tcp', { handshake: () => reply });
    const { client, peer } = await open.connected(server, { compression });
    expect(client.user).toBe('zipped');
    const answer = client.request('a.b.c');
    const body = deflateSync(JSON.stringify({ large: 'x'.repeat(5_000) }));
    peer.respond(await peer.messages.take(), body, { compressedBody: true });
    expect(await answer).toEqual({ large: 'x'.repeat(5_000) });
  });

  it('end the connection when it does not', async () => {
    const { client, peer } = await open.connected(await open.server('tcp'));
    const closed = nextEvent(client, 'close');
    const answer = client.request('a.b.c');
    peer.respond(await peer.messages.take(), deflateSync('{}'), { compressedBody: true });
    await expect(answer).rejects.toMatchObject({ code: 'CLOSED', cause: { code: 'PROTOCOL' } });
    expect(await closed).toMatchObject({ reason: 'PROTOCOL' });
  });
});
