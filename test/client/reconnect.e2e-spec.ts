import type { ClientState, ReconnectingEvent } from 'nestjs-pomelo-client';
import { encodeKick } from 'nestjs-pomelo-protocol';
import { nextEvent } from './next-event.js';
import { OpenThings } from './open-things.js';

const open = new OpenThings();
afterEach(() => open.close());

const FAST = { minDelayMs: 1, maxDelayMs: 4 };
const SLOW = { minDelayMs: 60_000, maxDelayMs: 60_000 };

describe.each(['tcp', 'ws'] as const)('a lost connection over %s', (kind) => {
  it('comes back, after as many attempts as it takes, with listeners in place', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: FAST });
    const attempts: ReconnectingEvent[] = [];
    client.events.on('reconnecting', (event) => attempts.push(event));
    const reconnected = nextEvent(client, 'reconnected');
    const pushed = client.once('onChat');
    server.cutNext = 2;
    peer.destroy();
    await reconnected;
    expect(attempts.map(({ attempt, cause }) => [attempt, cause.code])).toEqual([
      [1, 'DISCONNECTED'],
      [2, 'CONNECT_FAILED'],
      [3, 'CONNECT_FAILED'],
    ]);
    expect(client.state).toBe('open');
    const again = await server.peers.take();
    const answer = client.request('a.b.c');
    again.respond(await again.messages.take(), 'recovered');
    expect(await answer).toBe('recovered');
    again.push('onChat', 'hello again');
    expect(await pushed).toBe('hello again');
  });

  it('asks for a fresh `user` and shows the new reply', async () => {
    let connection = 0;
    const server = await open.server(kind, {
      handshake: ({ user }) => ({ code: 200, sys: {}, user: { seen: user } }),
    });
    const { client, peer } = await open.connected(server, { reconnect: FAST, user: () => ++connection });
    expect(client.user).toEqual({ seen: 1 });
    const reconnected = nextEvent(client, 'reconnected');
    peer.destroy();
    expect(await reconnected).toEqual({ user: { seen: 2 }, recovered: false });
    expect(client.user).toEqual({ seen: 2 });
  });

  it('rejects what was in flight with CLOSED and what is asked meanwhile with NOT_CONNECTED', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: SLOW });
    const inFlight = client.request('a.b.c');
    await peer.messages.take();
    const states: ClientState[] = [];
    const waiting = nextEvent(client, 'reconnecting').then(() => states.push(client.state));
    peer.destroy();
    await expect(inFlight).rejects.toMatchObject({ code: 'CLOSED' });
    await waiting;
    expect(states).toEqual(['reconnecting']);
    await expect(client.request('a.b.c')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    expect(() => client.notify('a.b.c')).toThrow(expect.objectContaining({ code: 'NOT_CONNECTED' }));
  });

  it('is given up after the attempts allowed', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: { ...FAST, maxAttempts: 3 } });
    const closed = nextEvent(client, 'close');
    server.cutNext = Infinity;
    peer.destroy();
    expect(await closed).toMatchObject({ reason: 'CONNECT_FAILED' });
    expect(server.connections).toBe(4);
    expect(client.state).toBe('closed');
  });

  it.each([
    [401, 1],
    [501, 1],
    [500, 3],
  ])('that is refused with %i is attempted %i times of 3', async (code, attempts) => {
    const replies = [{ code: 200, sys: {} }];
    const server = await open.server(kind, { handshake: () => replies.pop() ?? { code } });
    const { client, peer } = await open.connected(server, { reconnect: { ...FAST, maxAttempts: 3 } });
    const closed = nextEvent(client, 'close');
    peer.destroy();
    expect(await closed).toMatchObject({ reason: 'HANDSHAKE_REFUSED', error: { status: code } });
    expect(server.connections).toBe(1 + attempts);
  });

  it('stays lost when the client is closed while it waits', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: SLOW });
    const waiting = nextEvent(client, 'reconnecting');
    const closed = nextEvent(client, 'close');
    peer.destroy();
    await waiting;
    await client.close();
    expect(await closed).toMatchObject({ reason: 'CLOSED' });
    expect(server.connections).toBe(1);
  });

  it('stays lost when the client is closed in the middle of an attempt', async () => {
    const replies = [{ code: 200, sys: {} }];
    const server = await open.server(kind, { handshake: () => replies.pop() });
    const { client, peer } = await open.connected(server, { reconnect: FAST });
    peer.destroy();
    const again = await server.peers.take();
    await again.handshakes.take();
    await client.close();
    await again.closed;
    expect(server.connections).toBe(2);
  });

  it('comes back after a kick only for a client that asks for it', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: FAST, reconnectAfterKick: true });
    const kicked = nextEvent(client, 'kick');
    const reconnected = nextEvent(client, 'reconnected');
    peer.send(encodeKick('server restarts'));
    expect(await kicked).toMatchObject({ reason: 'server restarts' });
    await reconnected;
    expect(client.state).toBe('open');
  });

  it('comes back by itself to a server that has not heard of it for too long, as after a sleep', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: FAST });
    const reconnected = nextEvent(client, 'reconnected');
    peer.send(encodeKick('heartbeat_timeout', { code: 4408 }));
    await reconnected;
    expect(client.state).toBe('open');
  });

  it('comes back by itself to a server that says it stops', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: FAST });
    const reconnected = nextEvent(client, 'reconnected');
    peer.send(encodeKick('stopping', { code: 4503 }));
    await reconnected;
    expect(client.state).toBe('open');
  });

  it('waits as long as a server that stops asks it to', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: FAST });
    const reconnecting = nextEvent(client, 'reconnecting');
    peer.send(encodeKick('stopping', { code: 4503, retryAfter: 0.3 }));
    const { delayMs } = await reconnecting;
    expect(delayMs).toBeGreaterThanOrEqual(300);
    expect(delayMs).toBeLessThan(300 + FAST.maxDelayMs + 1);
    await nextEvent(client, 'reconnected');
  });

  it('stays lost, without a word of reconnecting, when the client is closed because of the kick', async () => {
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: FAST, reconnectAfterKick: true });
    const events: string[] = [];
    client.events.on('reconnecting', () => events.push('reconnecting'));
    client.events.on('close', () => events.push('close'));
    client.events.on('kick', () => void client.close());
    const closed = nextEvent(client, 'close');
    peer.send(encodeKick('for good'));
    await closed;
    await peer.closed;
    expect(events).toEqual(['close']);
    expect(server.connections).toBe(1);
  });

  it('leaves no listener on the signal of the options', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      listeners--;
      remove(...args);
    };
    const server = await open.server(kind);
    const { client, peer } = await open.connected(server, { reconnect: FAST, signal });
    const reconnected = nextEvent(client, 'reconnected');
    peer.destroy();
    await reconnected;
    const again = await server.peers.take();
    const answer = client.request('a.b.c', {}, { signal });
    again.respond(await again.messages.take(), 1);
    await answer;
    await client.close();
    expect(listeners).toBe(0);
  });
});
