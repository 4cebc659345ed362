import { PomeloRequestError, type ClientOptions, type PomeloClient } from 'nestjs-pomelo-client';
import { MessageType } from 'nestjs-pomelo-protocol';
import { OpenThings } from './open-things.js';
import type { ScriptedPeer } from './scripted-peer.js';

const open = new OpenThings();
afterEach(() => open.close());

const ROUTE = 'connector.entryHandler.enter';

describe.each(['tcp', 'ws'] as const)('a request over %s', (kind) => {
  async function connect(options?: ClientOptions): Promise<{ client: PomeloClient; peer: ScriptedPeer }> {
    return await open.connected(await open.server(kind), options);
  }

  it('is answered', async () => {
    const { client, peer } = await connect();
    const answer = client.request<{ users: string[] }>(ROUTE, { rid: 'lobby' });
    const request = await peer.messages.take();
    expect(request).toMatchObject({
      type: MessageType.Request,
      id: 1,
      route: ROUTE,
      body: '{"rid":"lobby"}',
    });
    peer.respond(request, { users: ['ann'] });
    expect(await answer).toEqual({ users: ['ann'] });
  });

  it('finds its own answer, in whatever order answers come', async () => {
    const { client, peer } = await connect();
    const answers = [1, 2, 3].map((n) => client.request(ROUTE, { n }));
    const requests = [await peer.messages.take(), await peer.messages.take(), await peer.messages.take()];
    expect(requests.map(({ id }) => id)).toEqual([1, 2, 3]);
    for (const request of requests.toReversed()) peer.respond(request, { echo: request.body });
    expect(await Promise.all(answers)).toEqual([
      { echo: '{"n":1}' },
      { echo: '{"n":2}' },
      { echo: '{"n":3}' },
    ]);
  });

  it('sends an empty object for no body, and bytes as they are', async () => {
    const { client, peer } = await connect();
    client.notify(ROUTE);
    client.notify(ROUTE, new Uint8Array([1, 2, 255]));
    expect((await peer.messages.take()).body).toBe('{}');
    expect([...(await peer.messages.take()).bytes]).toEqual([1, 2, 255]);
  });

  it('is answered with nothing when the answer has no body', async () => {
    const { client, peer } = await connect();
    const answer = client.request(ROUTE);
    peer.respond(await peer.messages.take(), new Uint8Array(0));
    expect(await answer).toBeUndefined();
  });

  it('rejects with code, message and body when the answer reports an error', async () => {
    const { client, peer } = await connect();
    const answer = client.request(ROUTE);
    peer.respond(await peer.messages.take(), { code: 403, msg: 'not yours' });
    await expect(answer).rejects.toThrow(PomeloRequestError);
    await expect(answer).rejects.toMatchObject({
      route: ROUTE,
      code: 403,
      message: `${ROUTE}: not yours`,
      body: { code: 403, msg: 'not yours' },
    });
  });

  it('rejects with the code of an answer that has the error flag', async () => {
    const { client, peer } = await connect();
    const answer = client.request(ROUTE);
    peer.respond(await peer.messages.take(), { code: 'PIT-404', msg: 'no such route' }, { error: true });
    await expect(answer).rejects.toMatchObject({ code: 'PIT-404', message: `${ROUTE}: no such route` });
  });

  it.each([[{ code: 200 }], [{ code: 399 }], [{ code: '500' }], [{ code: 400.5 }], [[{ code: 500 }]], [500]])(
    'takes %j for data',
    async (body) => {
      const { client, peer } = await connect();
      const answer = client.request(ROUTE);
      peer.respond(await peer.messages.take(), body);
      expect(await answer).toEqual(body);
    },
  );

  it('returns errors as data for an application that asks for it, per client or per request', async () => {
    const { client, peer } = await connect({ errors: 'return' });
    const returned = client.request(ROUTE);
    peer.respond(await peer.messages.take(), { code: 500 });
    expect(await returned).toEqual({ code: 500 });
    const thrown = client.request(ROUTE, {}, { errors: 'throw' });
    peer.respond(await peer.messages.take(), { code: 500 });
    await expect(thrown).rejects.toMatchObject({ code: 500 });
  });

  it('rejects when no answer comes in time, and ignores a late one', async () => {
    const { client, peer } = await connect();
    const late = client.request(ROUTE, {}, { timeoutMs: 20 });
    const request = await peer.messages.take();
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT' });
    peer.respond(request, 'late');
    const answer = client.request(ROUTE);
    peer.respond(await peer.messages.take(), 'in time');
    expect(await answer).toBe('in time');
  });

  it('waits as long as it takes when the time is unlimited', async () => {
    const { client, peer } = await connect({ requestTimeoutMs: Infinity });
    const answer = client.request(ROUTE);
    peer.respond(await peer.messages.take(), 1);
    expect(await answer).toBe(1);
  });

  it('rejects when it is aborted, before or after it was sent', async () => {
    const { client, peer } = await connect();
    const controller = new AbortController();
    const aborted = client.request(ROUTE, {}, { signal: controller.signal });
    await peer.messages.take();
    controller.abort('changed my mind');
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED', cause: 'changed my mind' });
    const never = client.request(ROUTE, {}, { signal: controller.signal });
    await expect(never).rejects.toMatchObject({ code: 'ABORTED' });
    client.notify('a.b.next');
    expect((await peer.messages.take()).route).toBe('a.b.next');
  });

  it('rejects when the connection ends while it waits, with the reason', async () => {
    const { client, peer } = await connect();
    const pending = client.request(ROUTE);
    await peer.messages.take();
    peer.destroy();
    await expect(pending).rejects.toMatchObject({ code: 'CLOSED', cause: { code: 'DISCONNECTED' } });
  });

  it('rejects when the client is closed while it waits', async () => {
    const { client } = await connect();
    const pending = client.request(ROUTE);
    void client.close();
    await expect(pending).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.request(ROUTE)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('rejects when it cannot be sent, and the connection goes on', async () => {
    const { client, peer } = await connect();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await expect(client.request('r'.repeat(256))).rejects.toMatchObject({ code: 'ROUTE_TOO_LONG' });
    await expect(client.request(ROUTE, circular)).rejects.toThrow(TypeError);
    const answer = client.request(ROUTE);
    peer.respond(await peer.messages.take(), 'fine');
    expect(await answer).toBe('fine');
  });
});
