import fc from 'fast-check';
import { PomeloAdapter, type PomeloLimits } from 'nestjs-pomelo';
import type { SocketioOptions } from 'nestjs-pomelo/socketio';
import { WebSocket } from 'ws';
import { rejectsDuring } from '../support/rejects.js';
import { until } from '../support/until.js';
import { poll, RawPolls } from './raw-polls.js';
import { RawSio, type Revision } from './raw-sio.js';
import { messageText, SioPeer } from './sio-peer.js';
import { startSocketio, type SocketioApp } from './socketio.app.js';

const ECHO = 'connector.main.echo';
const SLOW = 'connector.main.slow';
const REVISIONS: readonly [Revision][] = [[3], [4]];
/** Loopback is the operator, and does not count; who a trusted proxy speaks for does. */
const PROXY = { trustedProxies: ['loopback'] };
const STRANGER = { headers: { 'x-forwarded-for': '203.0.113.9' } };

function start(
  limits: Partial<PomeloLimits> = {},
  options: Partial<SocketioOptions> = {},
): Promise<SocketioApp> {
  return startSocketio(options, { limits });
}

function event(id: number, route: string, body: unknown = {}): string {
  return `42${JSON.stringify(['message', messageText(id, route, JSON.stringify(body))])}`;
}

/** Events as one body of a request. */
function payload(revision: Revision, packets: readonly string[]): string {
  return revision === 4 ? packets.join('\x1e') : packets.map((one) => `${one.length}:${one}`).join('');
}

/** Somebody else is served as if nothing had happened. */
async function isServed(port: number): Promise<void> {
  const bystander = await SioPeer.open(['today', 'websocket'], port);
  expect(await bystander.ask(1, ECHO, 'served')).toBe('served');
}

describe('a client that does not ask for messages', () => {
  it.each([
    ['over a WebSocket', async (port: number) => void (await RawSio.open(port))],
    ['over polling', async (port: number) => void (await RawPolls.open(port))],
  ])('%s is cut when its time is over', async (_how, come) => {
    const rejects = rejectsDuring();
    const { app, port } = await start({ handshakeMs: 300 });
    await come(port);
    await until(() => rejects().length > 0);
    expect(rejects()).toEqual([
      { layer: 'handshake', reason: 'handshake_timeout', transport: 'SocketioConnector' },
    ]);
    await until(() => app.get(PomeloAdapter).connections.open === 0);
  });

  it.each([
    ['sends messages', event(1, ECHO), 'before_handshake'],
    ['leaves', '41', 'before_handshake'],
    ['shows a list', '40[]', 'bad_handshake'],
    ['shows what is no JSON', '40{', 'bad_handshake'],
    ['shows too much', `40{"a":"${'x'.repeat(17_000)}"}`, 'bad_handshake'],
    ['shows what is too deep', `40${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, 'bad_handshake'],
  ])('but %s is cut', async (_what, packet, reason) => {
    const rejects = rejectsDuring();
    const { port } = await start();
    const [socket, polls] = [await RawSio.open(port), await RawPolls.open(port)];
    socket.say(packet);
    await Promise.all([socket.closed, polls.post(packet)]);
    expect((await polls.get()).status).toBe(400);
    expect(rejects().map((one) => one.reason)).toEqual(expect.arrayContaining([reason, reason]));
    await isServed(port);
  });
});

describe.each(REVISIONS)('a client of revision %i that polls', (revision) => {
  it('and waits twice at once is cut', async () => {
    const rejects = rejectsDuring();
    const { port, main } = await start();
    const client = await RawPolls.ready(port, revision);
    const twice = await Promise.all([client.get(), client.get()]);
    expect(new Set(twice.map(({ status }) => status))).toEqual(new Set([200, 400]));
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['http_bad']);
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'http_bad', transport: 'SocketioConnector' }]);
    await isServed(port);
  });

  it('and hides that it waits twice behind a second sid is cut', async () => {
    const { port, main } = await start();
    const client = await RawPolls.ready(port, revision);
    const hidden = poll(port, `EIO=${revision}&transport=polling&sid=other&sid=${client.sid}#&sid=other`);
    const twice = await Promise.all([client.get(), hidden]);
    expect(new Set(twice.map(({ status }) => status))).toEqual(new Set([200, 400]));
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['http_bad']);
  });

  it('and sends twice at once is cut', async () => {
    const { port, main } = await start();
    const client = await RawPolls.ready(port, revision);
    client.begin({ method: 'POST', headers: { 'content-length': 100 } }, 'x');
    const beat = revision === 3 ? '2' : '3';
    let status: number | undefined;
    // Until the one that was begun has arrived, too.
    while (status !== 400) ({ status } = await client.post(beat));
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['http_bad']);
  });

  it.each([
    ['a length', { 'content-length': 200_000 }],
    ['chunks', { 'transfer-encoding': 'chunked' }],
  ])('and sends far too much, with %s, is cut', async (_how, headers) => {
    const rejects = rejectsDuring();
    const { port, main } = await start();
    const client = await RawPolls.ready(port, revision);
    await client.post('x'.repeat(200_000), { headers }).catch(() => undefined);
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['oversize']);
    expect(rejects()).toContainEqual({
      layer: 'package',
      reason: 'oversize',
      transport: 'SocketioConnector',
    });
    await isServed(port);
  });

  it('and sends a message beyond limits.packageBytes is told so, and cut', async () => {
    const { port, main } = await start({ packageBytes: 4096, handshakeBytes: 4096 });
    const client = await RawPolls.ready(port, revision);
    const answer = client.get();
    await client.post(event(1, ECHO, 'x'.repeat(5000)));
    expect((await answer).text).toContain('oversize');
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['oversize']);
  });

  it('and floods with heartbeats in one request is cut', async () => {
    const rejects = rejectsDuring();
    const { port, main } = await start();
    const client = await RawPolls.ready(port, revision);
    const beat = revision === 3 ? '2' : '3';
    await client.post(payload(revision, Array<string>(10_000).fill(beat)));
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['heartbeat_flood']);
    expect(rejects().length).toBeLessThan(100);
  });

  it('and floods with messages in one request is answered with 429, and cut', async () => {
    const { port, main } = await start({ messagesPerSecond: 5, messageBurst: 5 });
    const client = await RawPolls.ready(port, revision);
    const packets = Array.from({ length: 500 }, (_, index) => event(index + 1, ECHO));
    const answer = client.get();
    await client.post(payload(revision, packets));
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['rate_limited']);
    expect((await answer).status).toBe(200);
    await isServed(port);
  });

  it('is read no further while too many of its requests are in flight', async () => {
    const { port, main } = await start({ requestsInFlight: 2 });
    const client = await RawPolls.ready(port, revision);
    await client.post(
      payload(
        revision,
        [1, 2, 3].map((id) => event(id, SLOW, id)),
      ),
    );
    await until(() => main.waiting === 2);
    let isTaken = false;
    const later = client.post(event(4, SLOW, 4)).then(() => (isTaken = true));
    await isServed(port);
    expect([main.waiting, isTaken]).toEqual([2, false]);
    let answered = 0;
    const fetchAll = async (): Promise<void> => {
      while (answered < 4) answered += (await client.get()).text.split('\\"id\\":').length - 1;
    };
    const fetched = fetchAll();
    await until(() => {
      main.release();
      return answered === 4;
    });
    await fetched;
    await later;
  });

  it('and does not fetch what is pushed to it is cut as a slow consumer', async () => {
    const rejects = rejectsDuring();
    const { port, main } = await start({ writeBufferSoftBytes: 1000, writeBufferHardBytes: 20_000 });
    const deaf = await RawPolls.ready(port, revision);
    const speaker = await SioPeer.open(['today', 'websocket'], port);
    for (let round = 1; main.closings.length === 0; round += 1) {
      expect(round).toBeLessThan(100);
      speaker.send({ route: 'connector.main.tellAll', body: 'x'.repeat(400) });
      await speaker.receive();
    }
    expect(main.closings).toEqual(['slow_consumer']);
    expect(rejects().map(({ reason }) => reason)).toContain('slow_consumer');
    expect((await deaf.get()).status).toBe(400);
  });

  it('and does not fetch for too long is cut, however little waits', async () => {
    const { port, main } = await start({ writeBufferSoftBytes: 1000, writeStallMs: 150 });
    await RawPolls.ready(port, revision);
    const speaker = await SioPeer.open(['today', 'websocket'], port);
    speaker.send({ route: 'connector.main.tellAll', body: 'x'.repeat(2000) });
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['slow_consumer']);
  });

  it('costs nobody anything, whatever it sends', async () => {
    const { port } = await start();
    const pieces = fc.constantFrom(
      '2',
      '4',
      '0',
      '1',
      ':',
      '\x1e',
      '[',
      '"message"',
      '\0',
      '\xff',
      '{',
      'b',
      '6',
      '9',
    );
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(pieces).map((all) => Buffer.from(all.join(''), 'latin1')),
    );
    const types = fc.constantFrom('text/plain;charset=UTF-8', 'application/octet-stream');
    await fc.assert(
      fc.asyncProperty(bodies, types, async (body, type) => {
        const client = await RawPolls.ready(port, revision);
        const { status } = await client.post(Buffer.from(body), { headers: { 'content-type': type } });
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 60 },
    );
    await isServed(port);
  });
});

describe('clients that poll from one address', () => {
  it('are as many as limits.connectionsPerIp, and each that leaves or moves on makes room', async () => {
    const rejects = rejectsDuring();
    const { port, app } = await start({ connectionsPerIp: 2 }, PROXY);
    const [first] = [await RawPolls.ready(port, 4, STRANGER), await RawPolls.ready(port, 4, STRANGER)];
    await expect(RawPolls.open(port, 4, STRANGER)).rejects.toThrow('403');
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'max_connections', transport: 'http' }]);
    const last = first.get();
    await first.post('41');
    await last;
    await RawPolls.ready(port, 4, STRANGER);
    await expect(RawPolls.open(port, 4, STRANGER)).rejects.toThrow('403');
    expect(app.get(PomeloAdapter).connections.open).toBeGreaterThanOrEqual(2);
  });

  it('come no faster than limits.connectsPerSecond', async () => {
    const rejects = rejectsDuring();
    const { port } = await start({ connectsPerSecond: 1, connectBurst: 3 }, PROXY);
    const all = Array.from({ length: 30 }, () => RawPolls.open(port, 4, STRANGER));
    const come = (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled');
    expect(come.length).toBeGreaterThanOrEqual(3);
    expect(come.length).toBeLessThan(30);
    expect(rejects()[0]).toEqual({ layer: 'transport', reason: 'conn_rate', transport: 'http' });
  });

  it('leave no connection behind', async () => {
    const { port, app } = await start();
    const { connections } = app.get(PomeloAdapter);
    const moved = await SioPeer.open(['today', 'both'], port);
    await until(() => moved.carrier === 'websocket');
    await until(() => connections.open === 1);
    const polls = await SioPeer.open(['old', 'polling'], port);
    polls.close();
    moved.close();
    await until(() => connections.open === 0);
  });
});

describe('requests that no client sends', () => {
  it.each([
    ['of a session that is gone', 'EIO=4&transport=polling&sid=gone', 'GET', 400, 'http_bad'],
    ['for a transport that does not exist', 'EIO=4&transport=flashsocket', 'GET', 400, 'http_bad'],
    ['that begin a session with POST', 'EIO=4&transport=polling', 'POST', 400, 'http_bad'],
    ['of another method', 'EIO=4&transport=polling', 'PUT', 405, 'http_method'],
    ['of a script', 'EIO=4&transport=polling&j=1', 'GET', 400, 'http_bad'],
    ['for a WebSocket without an upgrade', 'EIO=4&transport=websocket', 'GET', 400, 'http_bad'],
  ])('%s are refused, and counted', async (_what, query, method, status, reason) => {
    const rejects = rejectsDuring();
    const { port } = await start();
    expect((await poll(port, query, { method })).status).toBe(status);
    expect(rejects()).toEqual([{ layer: 'transport', reason, transport: 'http' }]);
  });
});

describe('a WebSocket to which a polling client might move', () => {
  function probe(client: RawPolls): WebSocket {
    const query = client.query.replace('polling', 'websocket');
    return new WebSocket(`ws://127.0.0.1:${client.port}/socket.io/?${query}`).on('error', () => {});
  }

  it('is cut when it says more than it has to, and the client polls on', async () => {
    const { port } = await start();
    const client = await RawPolls.ready(port);
    const webSocket = probe(client);
    webSocket.on('open', () => Array.from({ length: 1000 }, () => webSocket.send('2probe')));
    await new Promise((resolve) => webSocket.once('close', resolve));
    await client.post(event(1, ECHO, 'still here'));
    for (let text = ''; !text.includes('still here');) text = (await client.get()).text;
  });

  it('does not outlive its client', async () => {
    const { port, main } = await start();
    const client = await RawPolls.ready(port);
    const webSocket = probe(client);
    await new Promise((resolve) => webSocket.once('open', resolve));
    const closed = new Promise((resolve) => webSocket.once('close', resolve));
    await client.post('41');
    await closed;
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['peer_closed']);
  });

  it('does not keep the server from stopping, nor does one too many', async () => {
    const running = await start();
    const client = await RawPolls.ready(running.port);
    const webSockets = [probe(client), probe(client)];
    for (const webSocket of webSockets) {
      await new Promise((resolve) => webSocket.once('open', resolve));
      webSocket.pause();
    }
    await running.close();
    for (const webSocket of webSockets) webSocket.terminate();
  });
});

describe.each(REVISIONS)('a WebSocket of revision %i', (revision) => {
  it.each([
    [
      'that floods with pings',
      (raw: RawSio) => Array.from({ length: 200 }, () => raw.webSocket.ping()),
      'ping_flood',
    ],
    [
      'that floods with heartbeats',
      (raw: RawSio) => raw.say(...Array<string>(200).fill(revision === 3 ? '2' : '3')),
      'heartbeat_flood',
    ],
    ['with a message of megabytes', (raw: RawSio) => raw.say('x'.repeat(2_000_000)), 'oversize'],
    [
      'with a message a little too long',
      (raw: RawSio) => raw.send({ route: ECHO, body: 'x'.repeat(66_000) }),
      'oversize',
    ],
    [
      'with bytes instead of text',
      (raw: RawSio) => raw.say(Buffer.from('\u0004["message","x"]')),
      'bad_message_type',
    ],
    ['with another kind of packet', (raw: RawSio) => raw.say('6'), 'bad_type'],
    ['with an event of another name', (raw: RawSio) => raw.event('other', 'x'), 'bad_message_type'],
    ['with an event that is no JSON', (raw: RawSio) => raw.say('42["message",'), 'malformed'],
    ['with half a head', (raw: RawSio) => raw.event('message', '\0\0'), 'truncated'],
  ])('%s is cut, and counted', async (_what, attack, reason) => {
    const rejects = rejectsDuring();
    const { port, main } = await start();
    const raw = await RawSio.ready(port, revision);
    attack(raw);
    await raw.closed;
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual([reason]);
    expect(rejects().at(-1)).toMatchObject({ reason, transport: 'SocketioConnector' });
    await isServed(port);
  });

  it('that pings at leisure is answered', async () => {
    const { port } = await start();
    const raw = await RawSio.ready(port, revision);
    const pong = new Promise((resolve) => raw.webSocket.once('pong', resolve));
    raw.webSocket.ping('x');
    expect(String(await pong)).toBe('x');
  });

  it('is read no further while too many of its requests are in flight', async () => {
    const { port, main } = await start({ requestsInFlight: 2 });
    const raw = await RawSio.ready(port, revision);
    raw.send(...[1, 2, 3, 4].map((id) => ({ id, route: SLOW, body: id })));
    await until(() => main.waiting === 2);
    await isServed(port);
    expect(main.waiting).toBe(2);
    await until(() => {
      main.release();
      return raw.texts.length === 4;
    });
    expect(await raw.receive()).toEqual({ id: 1, body: 1 });
  });

  it('may leave at any word', async () => {
    const { port } = await start();
    const words = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('40', '41', '42["message","x"]', '2', '3', '5'),
      ),
    );
    await fc.assert(
      fc.asyncProperty(words, async (all) => {
        const raw = await RawSio.ready(port, revision);
        raw.say(...all);
        raw.abort();
        await raw.closed;
      }),
      { numRuns: 60 },
    );
    await isServed(port);
  });
});
