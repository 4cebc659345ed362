import { SessionService, type Session } from 'nestjs-pomelo';
import { refusalOf, type RunningApp } from '../support/pomelo-app.js';
import { rejectsDuring } from '../support/rejects.js';
import { until } from '../support/until.js';
import { frame, message, MydogPeer } from './mydog-peer.js';
import { Main, startMydog } from './mydog.app.js';

const HANDSHAKE = frame(2, '{"md5":""}');
const PUSH_ROUTES = ['onPush', 'onGroup', 'onKick'];

async function bystanderOf({ port }: RunningApp): Promise<() => Promise<void>> {
  const bystander = await MydogPeer.ready('tcp', port);
  return async () => expect((await bystander.ask('connector.main.echo', 'here'))?.json).toBe('here');
}

describe.each(['tcp', 'ws'] as const)('a mydog client over %s', (transport) => {
  it('is told every route of the application, then its pushes, unless it knows them', async () => {
    const { port } = await startMydog({ pushRoutes: PUSH_ROUTES, heartbeat: 60 });
    const first = await MydogPeer.open(transport, port);
    first.send(HANDSHAKE);
    const { md5, route = [], heartbeat } = await first.handshakeReply();
    expect({ heartbeat, last: route.slice(-3) }).toEqual({ heartbeat: 60, last: PUSH_ROUTES });
    const second = await MydogPeer.open(transport, port);
    second.send(frame(2, JSON.stringify({ md5 })));
    expect(await second.handshakeReply()).toEqual({ md5, heartbeat: 60 });
  });

  it('may send its first messages with the handshake', async () => {
    const { port } = await startMydog({ routes: ['connector.main.echo'] });
    const peer = await MydogPeer.open(transport, port);
    peer.send(HANDSHAKE, message(0, '1'), message(0, '2'));
    expect((await peer.frames.take())?.type).toBe(2);
    expect([(await peer.frames.take())?.json, (await peer.frames.take())?.json]).toEqual([1, 2]);
  });

  it('gets answers in the order of its requests of the same command, and of no other', async () => {
    const { port } = await startMydog();
    const peer = await MydogPeer.ready(transport, port);
    const next = async (): Promise<unknown> => (await peer.frames.take())?.json;
    peer.send(peer.message('connector.main.slow', 'first'), peer.message('connector.main.slow', 'second'));
    expect((await peer.ask('connector.main.echo', 'other'))?.json).toBe('other');
    // The newest ends first.
    expect((await peer.ask('connector.main.go', null))?.json).toBe('went');
    expect((await peer.ask('connector.main.go', null))?.json).toBe('went');
    expect([await next(), await next()]).toEqual(['first', 'second']);
  });

  it('gets nothing for a handler that returns nothing', async () => {
    const { app, port } = await startMydog();
    const peer = await MydogPeer.ready(transport, port);
    peer.send(peer.message('connector.main.note', { x: 1 }));
    expect((await peer.ask('connector.main.echo', null))?.json).toBe(null);
    expect(app.get(Main).notes).toEqual([{ x: 1 }]);
  });

  it('gets errors as the answer of their command', async () => {
    const { port } = await startMydog({ pushRoutes: PUSH_ROUTES });
    const peer = await MydogPeer.ready(transport, port);
    expect((await peer.ask('connector.main.refuse', {}))?.json).toEqual({ code: 403, msg: 'Not you.' });
    expect((await peer.ask('connector.main.fail', {}))?.json).toEqual({ code: 500 });
    expect((await peer.ask('onPush', {}))?.json).toMatchObject({ code: 404 });
    peer.send(message(peer.routes.indexOf('connector.main.echo'), '{"a":'));
    expect((await peer.frames.take())?.json).toMatchObject({ code: 400 });
    expect((await peer.ask('connector.main.lost', {}))?.json).toEqual({
      code: 500,
      msg: 'The request failed.',
    });
  });

  it('gets the pushes of a channel, by the place of their route', async () => {
    const { port } = await startMydog({ pushRoutes: PUSH_ROUTES });
    const [ann, bob] = [await MydogPeer.ready(transport, port), await MydogPeer.ready('tcp', port)];
    for (const [index, peer] of [ann, bob].entries()) {
      await peer.ask('connector.main.login', { uid: index + 1 });
      await peer.ask('connector.main.join', {});
    }
    bob.send(bob.message('connector.main.groupSend', { text: 'hi' }));
    expect(await ann.frames.take()).toMatchObject({
      cmd: ann.routes.indexOf('onGroup'),
      json: { text: 'hi' },
    });
  });

  it('is forgotten when it leaves', async () => {
    const { app, port } = await startMydog();
    const peer = await MydogPeer.ready(transport, port);
    await peer.ask('connector.main.login', { uid: 7 });
    expect(app.get(SessionService).getByUid('7')).toHaveLength(1);
    peer.end();
    await until(() => app.get(SessionService).getSessionsCount() === 0);
    expect(app.get(Main).closings).toEqual(['peer_closed']);
  });

  it('is closed when it sends no heartbeat for twice its time, and not before', async () => {
    const running = await startMydog({ heartbeat: 0.05 });
    const peer = await MydogPeer.ready(transport, running.port);
    peer.send(frame(3));
    expect((await peer.frames.take())?.hex).toBe('0000000103');
    await peer.closed;
    await until(() => running.app.get(Main).closings.length === 1);
    expect(running.app.get(Main).closings).toEqual(['heartbeat_timeout']);
  });

  it('is told nothing before an interval has passed, but everything before it is closed', async () => {
    const { port } = await startMydog({ interval: 60_000, pushRoutes: PUSH_ROUTES });
    const peer = await MydogPeer.open(transport, port);
    const routes = ['connector.main.echo', 'connector.main.kick'];
    peer.send(HANDSHAKE);
    const app = await startMydog({ routes: [...routes, 'onKick'], interval: 60_000 });
    const other = await MydogPeer.open(transport, app.port);
    other.send(HANDSHAKE, message(0, '"x"'), message(1, 'null'));
    expect((await other.frames.take())?.type).toBe(2);
    expect((await other.frames.take())?.json).toBe('x');
    expect((await other.frames.take())?.json).toEqual({ why: 'kicked' });
    await other.closed;
    expect(peer.pieces).toEqual([]);
  });

  it.each([
    ['a message first', message(0, '1'), 'before_handshake'],
    ['a heartbeat first', frame(3), 'before_handshake'],
    ['a handshake that is no JSON', frame(2, '{'), 'bad_handshake'],
    ['a handshake that says null', frame(2, 'null'), 'bad_handshake'],
    ['an empty handshake', frame(2), 'bad_handshake'],
    ['a handshake of more than 50 bytes', frame(2, JSON.stringify({ md5: 'x'.repeat(60) })), 'oversize'],
    ['a length of zero', Buffer.alloc(8), 'truncated'],
    ['a length of 4 GB', Buffer.from('00ffffff02', 'hex'), 'oversize'],
    ['a second handshake', Buffer.concat([HANDSHAKE, HANDSHAKE]), 'double_handshake'],
    ['an unknown type', Buffer.concat([HANDSHAKE, frame(9)]), 'bad_type'],
    ['a message without a command', Buffer.concat([HANDSHAKE, frame(1, 'x')]), 'truncated'],
  ])('costs itself the connection with %s, and nobody else anything', async (_name, bytes, reason) => {
    const running = await startMydog();
    const bystander = await bystanderOf(running);
    const rejects = rejectsDuring();
    const peer = await MydogPeer.open(transport, running.port);
    peer.send(bytes);
    await peer.closed;
    expect(rejects().map((reject) => reject.reason)).toEqual([reason]);
    await bystander();
  });

  it('may send a command that names no route: it is counted, and the connection goes on', async () => {
    const { port } = await startMydog();
    const rejects = rejectsDuring();
    const peer = await MydogPeer.ready(transport, port);
    peer.send(message(60_000, '1'));
    expect((await peer.ask('connector.main.echo', 2))?.json).toBe(2);
    expect(rejects()).toEqual([{ layer: 'message', reason: 'unknown_route', transport }]);
  });
});

describe('what kills mydog over WebSocket', () => {
  it.each([
    ['one byte', Buffer.from([1])],
    ['three bytes', Buffer.from([0, 0, 0])],
    ['a length beyond the message', message(0, '12345').subarray(0, 8)],
  ])('costs its sender alone the connection: %s', async (_name, bytes) => {
    const running = await startMydog();
    const bystander = await bystanderOf(running);
    const rejects = rejectsDuring();
    const peer = await MydogPeer.ready('ws', running.port);
    peer.send(bytes);
    await peer.closed;
    expect(rejects().map(({ reason }) => reason)).toEqual(['truncated']);
    await bystander();
  });
});

describe('an option of the mydog connector', () => {
  it.each([
    [{ port: -1 }, 'mydog.port is -1'],
    [{ transport: 'udp' }, 'mydog.transport is "udp"'],
    [{ heartbeat: -1 }, 'mydog.heartbeat is -1'],
    [{ maxConnectionNum: 0 }, 'mydog.maxConnectionNum is 0'],
    [{ maxLen: 0 }, 'mydog.maxLen is 0'],
    [{ interval: 9 }, 'mydog.interval is 9'],
    [{ noDelay: 'yes' }, 'mydog.noDelay is "yes"'],
    [{ routes: ['a', 'a'] }, 'mydog.routes is ["a","a"]'],
    [{ pushRoutes: [1] }, 'mydog.pushRoutes is [1]'],
    [{ clientOnCb: 1 }, 'mydog.clientOnCb is 1'],
    [{ msgDecode: 'json' }, 'mydog.msgDecode is "json"'],
    [{ ssl: true }, 'mydog.ssl is true, but it must be absent'],
    [{ origins: ['nonsense'] }, 'mydog.origins is'],
  ])('with a wrong value stops the start with a sentence: %j', async (options, sentence) => {
    expect(await refusalOf(() => startMydog(options as object))).toContain(sentence);
  });

  it.each([
    ['tcp', 'ws'],
    ['ws', 'tcp'],
  ] as const)('transport: %s serves no client over %s', async (transport, other) => {
    const { port } = await startMydog({ transport });
    const rejects = rejectsDuring();
    await expect(MydogPeer.ready(other, port)).rejects.toThrow();
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'bad_first_byte', transport: 'tcp' }]);
  });

  it('maxLen: one byte more than it says is refused, and no less', async () => {
    const { port } = await startMydog({ maxLen: 20, routes: ['connector.main.echo'] });
    const peer = await MydogPeer.ready('tcp', port);
    const body = JSON.stringify('x'.repeat(15));
    peer.send(message(0, body));
    expect((await peer.frames.take())?.json).toBe('x'.repeat(15));
    peer.send(message(0, JSON.stringify('x'.repeat(16))));
    await peer.closed;
  });

  it('maxConnectionNum: one more is cut', async () => {
    const running = await startMydog({ maxConnectionNum: 1 });
    await MydogPeer.ready('tcp', running.port);
    const rejects = rejectsDuring();
    const second = await MydogPeer.open('tcp', running.port);
    await second.closed;
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'max_connections', transport: 'tcp' }]);
  });

  it('clientOnCb and clientOffCb hear of every client that has shaken hands, and may fail', async () => {
    const heard: string[] = [];
    const { app, log, port } = await startMydog({
      clientOnCb: ({ id }: Session) => void heard.push(`on ${id}`),
      clientOffCb: ({ id }: Session) => {
        heard.push(`off ${id}`);
        throw new Error('mine');
      },
    });
    const peer = await MydogPeer.ready('tcp', port);
    const silent = await MydogPeer.open('tcp', port);
    silent.destroy();
    peer.destroy();
    await until(() => heard.length === 2);
    const [on = '', off = ''] = heard;
    expect([on.slice(0, 3), on.slice(3)]).toEqual(['on ', off.slice(4)]);
    expect(log.matching('error', 'mydog.clientOffCb failed: Error: mine')).toHaveLength(1);
    await until(() => app.get(SessionService).getSessionsCount() === 0);
  });

  it('msgEncode and msgDecode replace the body', async () => {
    const { port } = await startMydog({
      routes: ['connector.main.echo'],
      msgDecode: (_cmd, body) => body.toString().toUpperCase(),
      msgEncode: (_cmd, body) => Buffer.from(JSON.stringify(`<${String(body)}>`)),
    });
    const peer = await MydogPeer.ready('tcp', port);
    peer.send(message(0, 'abc'));
    expect((await peer.frames.take())?.json).toBe('<ABC>');
  });

  it('what msgDecode gives is the body, be it nothing', async () => {
    const { port } = await startMydog({
      routes: ['connector.main.echo'],
      msgDecode: () => null,
      msgEncode: (_cmd, body) => Buffer.from(JSON.stringify({ body })),
    });
    const peer = await MydogPeer.ready('tcp', port);
    peer.send(message(0, '{"read":"as JSON"}'));
    expect((await peer.frames.take())?.json).toEqual({ body: null });
  });

  it('protoEncode and protoDecode replace the whole frame', async () => {
    const { port } = await startMydog({
      routes: ['connector.main.echo'],
      protoDecode: (bytes) => ({ cmd: 0, msg: bytes.subarray(1) }),
      protoEncode: (cmd, body) => message(cmd, JSON.stringify({ body })),
    });
    const peer = await MydogPeer.ready('tcp', port);
    peer.send(frame(1, '"abc"'));
    expect((await peer.frames.take())?.json).toEqual({ body: 'abc' });
  });
});
