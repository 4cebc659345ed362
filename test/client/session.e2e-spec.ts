import { PomeloClient } from 'nestjs-pomelo-client';
import { encodeKick, MessageType } from 'nestjs-pomelo-protocol';
import { nextEvent } from './next-event.js';
import { OpenThings } from './open-things.js';

const open = new OpenThings();
afterEach(() => open.close());

describe.each(['tcp', 'ws'] as const)('a client over %s', (kind) => {
  describe('connecting', () => {
    it('introduces itself and is open when the handshake is acknowledged', async () => {
      const server = await open.server(kind, {
        handshake: () => ({ code: 200, sys: {}, user: { seat: 3 } }),
      });
      const { client, peer } = await open.connected(server, {
        user: { token: 't' },
        type: 'game',
        version: '1.2.3',
      });
      expect(await peer.handshakes.take()).toEqual({
        sys: { type: 'game', version: '1.2.3' },
        user: { token: 't' },
      });
      expect(await peer.acks.take()).toBe(true);
      expect(client.state).toBe('open');
      expect(client.user).toEqual({ seat: 3 });
    });

    it('awaits a function for `user`', async () => {
      const { peer } = await open.connected(await open.server(kind), {
        user: () => Promise.resolve({ token: 'fresh' }),
      });
      expect(await peer.handshakes.take()).toMatchObject({ user: { token: 'fresh' } });
    });

    it('rejects with the reason when `user` cannot be had', async () => {
      const server = await open.server(kind);
      const cause = new Error('no token');
      const connecting = PomeloClient.connect(server.url, { user: () => Promise.reject(cause) });
      await expect(connecting).rejects.toMatchObject({ code: 'CONNECT_FAILED', cause });
      expect(server.connections).toBe(0);
    });

    it.each([500, 501])('rejects with the status when the server refuses with %i', async (code) => {
      const server = await open.server(kind, { handshake: () => ({ code }) });
      await expect(PomeloClient.connect(server.url)).rejects.toMatchObject({
        code: 'HANDSHAKE_REFUSED',
        status: code,
        body: { code },
      });
    });

    it('rejects when nobody listens', async () => {
      const server = await open.server(kind);
      await server.close();
      await expect(PomeloClient.connect(server.url)).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    });

    it('rejects when the server hangs up before the handshake', async () => {
      const server = await open.server(kind);
      server.cutNext = 1;
      await expect(PomeloClient.connect(server.url)).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    });

    it('rejects when the handshake takes too long, and hangs up', async () => {
      const server = await open.server(kind, { handshake: () => undefined });
      const connecting = PomeloClient.connect(server.url, { timeoutMs: 50 });
      await expect(connecting).rejects.toMatchObject({ code: 'TIMEOUT' });
      await (
        await server.peers.take()
      ).closed;
    });

    it('rejects when its signal is aborted, and hangs up', async () => {
      const server = await open.server(kind, { handshake: () => undefined });
      const controller = new AbortController();
      const connecting = PomeloClient.connect(server.url, { signal: controller.signal });
      const peer = await server.peers.take();
      await peer.handshakes.take();
      controller.abort(new Error('left the page'));
      await expect(connecting).rejects.toMatchObject({
        code: 'ABORTED',
        cause: { message: 'left the page' },
      });
      await peer.closed;
    });

    it('rejects without dialling when its signal is aborted already', async () => {
      const server = await open.server(kind);
      const connecting = PomeloClient.connect(server.url, { signal: AbortSignal.abort() });
      await expect(connecting).rejects.toMatchObject({ code: 'ABORTED' });
      expect(server.connections).toBe(0);
    });
  });

  describe('pushes', () => {
    it('calls the listeners of the route, then those of every push', async () => {
      const { client, peer } = await open.connected(await open.server(kind));
      const seen: unknown[] = [];
      client.on('onChat', (body) => seen.push(['onChat', body]));
      client.on('onAdd', (body) => seen.push(['onAdd', body]));
      client.events.on('push', (push) => seen.push(push));
      const next = client.once('onChat');
      peer.push('onChat', { msg: 'hi' });
      expect(await next).toEqual({ msg: 'hi' });
      expect(seen).toEqual([['onChat', { msg: 'hi' }], { route: 'onChat', body: { msg: 'hi' } }]);
    });

    it('stops calling a listener that was removed, by the function or by `off`', async () => {
      const { client, peer } = await open.connected(await open.server(kind));
      const seen: unknown[] = [];
      const first = (): unknown => seen.push('first');
      const stop = client.on('a', () => seen.push('second'));
      client.on('a', first);
      client.off('a', first);
      stop();
      const next = client.once('a');
      peer.push('a', 1);
      await next;
      expect(seen).toEqual([]);
    });

    it('keeps going when a listener throws, and reports what it threw', async () => {
      const { client, peer } = await open.connected(await open.server(kind));
      const failure = new Error('a bug of the application');
      client.on('a', () => {
        throw failure;
      });
      const reported = nextEvent(client, 'error');
      const next = client.once('a');
      peer.push('a', 1);
      expect(await next).toBe(1);
      expect(await reported).toBe(failure);
      expect(client.state).toBe('open');
    });

    it('rejects the wait for a push when the client closes or the wait is aborted', async () => {
      const { client } = await open.connected(await open.server(kind));
      const controller = new AbortController();
      const aborted = client.once('a', { signal: controller.signal });
      const closed = client.once('a');
      controller.abort();
      await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
      void client.close();
      await expect(closed).rejects.toMatchObject({ code: 'CLOSED' });
      await expect(client.once('a')).rejects.toMatchObject({ code: 'CLOSED' });
    });
  });

  describe('the end', () => {
    it('tells the kick, then the close', async () => {
      const { client, peer } = await open.connected(await open.server(kind), { reconnect: true });
      const events: unknown[] = [];
      client.events.on('kick', (kick) => events.push(kick));
      const closed = nextEvent(client, 'close');
      peer.send(encodeKick('another device', { code: 4001 }));
      expect(await closed).toMatchObject({ reason: 'KICKED', kicked: true });
      expect(events).toEqual([{ reason: 'another device', body: { reason: 'another device', code: 4001 } }]);
      expect(client.state).toBe('closed');
      await peer.closed;
    });

    it('takes a kick without a body, as pitaya sends it', async () => {
      const { client, peer } = await open.connected(await open.server(kind));
      const kicked = nextEvent(client, 'kick');
      peer.send(Buffer.from('05000000', 'hex'));
      expect(await kicked).toEqual({ reason: '', body: undefined });
    });

    it('tells when the server hangs up', async () => {
      const { client, peer } = await open.connected(await open.server(kind));
      const closed = nextEvent(client, 'close');
      peer.destroy();
      expect(await closed).toMatchObject({ reason: 'DISCONNECTED', kicked: false });
    });

    it('closes once, whoever asks, and hangs up', async () => {
      const { client, peer } = await open.connected(await open.server(kind));
      const reasons: string[] = [];
      client.events.on('close', ({ reason }) => reasons.push(reason));
      await Promise.all([client.close(), client.close()]);
      await peer.closed;
      expect(reasons).toEqual(['CLOSED']);
      expect(() => client.notify('a.b.c')).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    });

    it('closes when the signal of its options is aborted', async () => {
      const controller = new AbortController();
      const { client, peer } = await open.connected(await open.server(kind), { signal: controller.signal });
      const closed = nextEvent(client, 'close');
      controller.abort();
      expect(await closed).toMatchObject({ reason: 'ABORTED' });
      await peer.closed;
    });

    it('sends what was queued before it closes', async () => {
      const { client, peer } = await open.connected(await open.server(kind));
      client.notify('chat.chatHandler.bye', { last: 'words' });
      await client.close();
      expect(await peer.messages.take()).toMatchObject({
        type: MessageType.Notify,
        route: 'chat.chatHandler.bye',
        body: '{"last":"words"}',
      });
    });
  });
});
