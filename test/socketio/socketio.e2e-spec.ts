import { once } from 'node:events';
import { rejectsDuring } from '../support/rejects.js';
import { until } from '../support/until.js';
import { SIO_KINDS, SioPeer, type SioKind } from './sio-peer.js';
import { RawPolls } from './raw-polls.js';
import { RawSio } from './raw-sio.js';
import { Doorman, startSocketio } from './socketio.app.js';

const ECHO = 'connector.main.echo';
const TEXTS = { text: 'Grüße, 世界 🎲 "\\\n', Ã: '¼' };

describe.each(SIO_KINDS)('the %s client over %s', (...kind: SioKind) => {
  it('gets the answers to its requests, in the words of Pomelo', async () => {
    const peer = await SioPeer.open(kind, (await startSocketio()).port);
    expect(await peer.ask(1, ECHO, { a: 1 })).toEqual({ a: 1 });
    expect(await peer.ask(2, ECHO, TEXTS)).toEqual(TEXTS);
    expect(await peer.ask(3, 'connector.main.nothing')).toEqual({});
    expect(await peer.ask(4, ECHO, null)).toBeNull();
    expect(peer.events[0]).toBe('{"id":1,"body":{"a":1}}');
    expect(peer.events[2]).toBe('{"id":3,"body":{}}');
  });

  it.each([127, 128, 255, 256, 0xc280, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])(
    'gets the answer to the request %i under its id',
    async (id) => {
      const peer = await SioPeer.open(kind, (await startSocketio()).port);
      expect(await peer.ask(id, ECHO, TEXTS)).toEqual(TEXTS);
    },
  );

  it('gets no answer to a notify', async () => {
    const { port, main } = await startSocketio();
    const peer = await SioPeer.open(kind, port);
    peer.send({ route: 'connector.main.note', body: TEXTS });
    expect(await peer.ask(1, ECHO)).toEqual({});
    expect(main.notes).toEqual([TEXTS]);
    expect(peer.events).toHaveLength(1);
  });

  it('gets pushes before the answer that was given after them', async () => {
    const peer = await SioPeer.open(kind, (await startSocketio()).port);
    peer.send({ id: 1, route: 'connector.main.pushMe', body: [{ n: 1 }, TEXTS] });
    const received = [await peer.receive(), await peer.receive(), await peer.receive()];
    expect(received).toEqual([
      { route: 'onPush', body: { n: 1 } },
      { route: 'onPush', body: TEXTS },
      { id: 1, body: { pushed: 2 } },
    ]);
    expect(peer.events[0]).toBe('{"route":"onPush","body":{"n":1}}');
  });

  it('gets what belongs together as one array, when the scheduler collects', async () => {
    const push = { scheduler: 'buffered' as const, flushIntervalMs: 20 };
    const peer = await SioPeer.open(kind, (await startSocketio({}, { push })).port);
    peer.send({ route: 'connector.main.pushMe', body: [1, 2, 3] });
    const received = [await peer.receive(), await peer.receive(), await peer.receive()];
    expect(received).toEqual([1, 2, 3].map((body) => ({ route: 'onPush', body })));
    const batch = [1, 2, 3].map((body) => `{"route":"onPush","body":${body}}`);
    expect(peer.events).toEqual([`[${batch.join(',')}]`]);
  });

  it('is told why it is kicked, and does not come back by itself', async () => {
    const { port, main } = await startSocketio();
    const peer = await SioPeer.open(kind, port, { reconnection: true, reconnectionDelay: 1 });
    peer.send({ route: 'connector.main.kick', body: { reason: '再见' } });
    expect(await peer.receive()).toEqual({ kick: '再见' });
    expect(await peer.closed).toBe('io server disconnect');
    expect(peer.events.map((text) => JSON.parse(text) as unknown)).toEqual([
      { route: 'onKick', reason: '再见' },
    ]);
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['再见']);
  });

  it.each([
    ['a route that nobody has', 'connector.main.nobody', 404],
    ['an exception', 'connector.main.refuse', 403],
    ['a failure', 'connector.main.fail', 500],
  ])('gets the error of %s as the answer', async (_what, route, code) => {
    const peer = await SioPeer.open(kind, (await startSocketio()).port);
    expect(await peer.ask(1, route)).toMatchObject({ code });
    expect(await peer.ask(2, ECHO, 'still here')).toBe('still here');
  });

  it('is told that its body cannot be read, and stays', async () => {
    const rejects = rejectsDuring();
    const peer = await SioPeer.open(kind, (await startSocketio()).port);
    for (const body of ['', '{', '['.repeat(65) + ']'.repeat(65)]) {
      peer.sendText(1, ECHO, body);
      expect(await peer.receive()).toMatchObject({ id: 1, body: { code: 400 } });
    }
    expect(await peer.ask(2, ECHO, 'still here')).toBe('still here');
    expect(new Set(rejects().map(({ reason }) => reason))).toEqual(new Set(['bad_body']));
  });

  it('ends its session when it leaves, and when it is cut off', async () => {
    const { port, main } = await startSocketio({ heartbeatInterval: 1000, heartbeatTimeout: 2000 });
    const [leaver, victim] = [await SioPeer.open(kind, port), await SioPeer.open(kind, port)];
    leaver.close();
    await until(() => main.closings.length === 1);
    victim.abort();
    await until(() => main.closings.length === 2);
    expect(main.closings[0]).toBe('peer_closed');
    expect(main.closings[1]).toMatch(/^(peer_closed|peer_reset|heartbeat_timeout)$/);
  });

  it('stays while it is idle', async () => {
    const beat = { heartbeatInterval: 100, heartbeatTimeout: 4_000 };
    const { port } = await startSocketio(beat);
    const peer = await SioPeer.open(kind, port);
    const beats = peer.heartbeats();
    await until(() => beats() > 3);
    expect(await peer.ask(1, ECHO, 'still here')).toBe('still here');
  });

  it('is let in, and greeted, by the hook of the handshake', async () => {
    const { port, app } = await startSocketio({}, {}, [Doorman]);
    const peer = await SioPeer.open(kind, port, { query: { token: 'right' }, auth: { name: 'Ann' } });
    expect(await peer.receive()).toEqual({ route: 'onWelcome', body: { before: 'connected' } });
    expect(await peer.ask(1, ECHO, 'in')).toBe('in');
    const isOld = kind[0] === 'old';
    expect(app.get(Doorman).seen).toMatchObject([
      {
        sys: { type: 'socketio', protocol: isOld ? 3 : 4, query: { token: 'right' } },
        user: isOld ? {} : { name: 'Ann' },
      },
    ]);
  });

  it('is told the code with which the hook of the handshake refuses it', async () => {
    const rejects = rejectsDuring();
    const { port, main } = await startSocketio({}, {}, [Doorman]);
    const refused = SioPeer.open(kind, port, { query: { token: 'wrong' } });
    await expect(refused).rejects.toMatchObject({ data: { code: 401, msg: 'Who are you?' } });
    await until(() => rejects().length > 0);
    expect(rejects()).toEqual([
      { layer: 'handshake', reason: 'handshake_refused', transport: 'SocketioConnector' },
    ]);
    expect(main.closings).toEqual([]);
  });

  it('is heard by all the others', async () => {
    const { port } = await startSocketio();
    const peer = await SioPeer.open(kind, port);
    const others = await Promise.all(SIO_KINDS.map((other) => SioPeer.open(other, port)));
    peer.send({ route: 'connector.main.tellAll', body: TEXTS });
    for (const one of [peer, ...others]) expect(await one.receive()).toEqual({ route: 'onAll', body: TEXTS });
  });
});

it.each([['old'], ['today']] as const)(
  'the %s client moves from polling to a WebSocket, and is one client all the time',
  async (library) => {
    const { port, main } = await startSocketio();
    const peer = await SioPeer.open([library, 'both'], port);
    await until(() => peer.carrier === 'websocket');
    expect(await peer.ask(1, ECHO, TEXTS)).toEqual(TEXTS);
    peer.close();
    await until(() => main.closings.length > 0);
    expect(main.closings).toHaveLength(1);
  },
);

it.each([[3], [4]] as const)('closes a client of revision %i whose heartbeats stop', async (revision) => {
  const rejects = rejectsDuring();
  const { port, main } = await startSocketio({ heartbeatInterval: 500, heartbeatTimeout: 500 });
  const silent = await RawSio.ready(port, revision);
  await silent.closed;
  await until(() => main.closings.length > 0);
  expect(main.closings).toEqual(['heartbeat_timeout']);
  expect(rejects()).toEqual([
    { layer: 'transport', reason: 'heartbeat_timeout', transport: 'SocketioConnector' },
  ]);
});

it.each([[3], [4]] as const)(
  'closes a client of revision %i that fell silent on the WebSocket to which it moved',
  async (revision) => {
    const rejects = rejectsDuring();
    const { port, main } = await startSocketio({ heartbeatInterval: 500, heartbeatTimeout: 500 });
    const silent = await (await RawPolls.ready(port, revision)).move();
    await once(silent, 'close');
    await until(() => main.closings.length > 0);
    expect(main.closings).toEqual(['heartbeat_timeout']);
    expect(rejects()).toEqual([
      { layer: 'transport', reason: 'heartbeat_timeout', transport: 'SocketioConnector' },
    ]);
  },
);

it.each(SIO_KINDS)('tells the %s client over %s that the server stops', async (...kind) => {
  const running = await startSocketio();
  const peer = await SioPeer.open(kind, running.port);
  await running.close();
  expect(await peer.receive()).toEqual({ kick: 'stopping' });
  await peer.closed;
});
