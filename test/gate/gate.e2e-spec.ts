import { hybrid, SessionService } from 'nestjs-pomelo';
import { gate, gateAgentOf } from 'nestjs-pomelo/gate';
import { rejectsDuring } from '../support/rejects.js';
import { until } from '../support/until.js';
import { agentOf, startGate } from './gate.app.js';
import { GatePeer, pack, type ReceivedPack } from './gate-peer.js';

const jsonOf = (received: ReceivedPack | undefined): unknown => received?.json;

describe.each(['tcp', 'ws'] as const)('a client of a gate over %s', (transport) => {
  it('gets what a handler returns as a pack of the topic that it has sent', async () => {
    const peer = await (await startGate()).open(transport);
    for (const topic of ['hall/echo', 'hall_echo', '/hall//echo/', 'hall/echo/rest', 'hall/echo_rest'])
      expect(await peer.ask(topic, { n: 1 })).toMatchObject({ topic, json: { n: 1 } });
  });

  it('gets nothing for a handler that returns nothing', async () => {
    const { hall, open } = await startGate();
    const peer = await open(transport);
    peer.send(pack('hall/note', { x: 1 }));
    expect(jsonOf(await peer.ask('hall/echo', null))).toBe(null);
    expect(hall.notes).toEqual([{ x: 1 }]);
  });

  it('may send no body, which is no value', async () => {
    const peer = await (await startGate()).open(transport);
    expect(jsonOf(await peer.ask('hall/kind'))).toEqual({ kind: 'nothing' });
  });

  it('gets errors as packs of the topic, and stays', async () => {
    const { log, open } = await startGate();
    const peer = await open(transport);
    expect(await peer.ask('hall/refuse')).toMatchObject({
      topic: 'hall/refuse',
      json: { code: 403, msg: 'Not you.' },
    });
    expect(jsonOf(await peer.ask('hall/fail'))).toEqual({ code: 500 });
    expect(jsonOf(await peer.ask('hall/nobody'))).toMatchObject({ code: 404 });
    expect(jsonOf(await peer.ask('nowhere/echo'))).toMatchObject({ code: 404 });
    expect(jsonOf(await peer.ask('hall/echo', Buffer.from('{"a":')))).toMatchObject({ code: 400 });
    const deep = '['.repeat(65) + ']'.repeat(65);
    expect(jsonOf(await peer.ask('hall/echo', Buffer.from(deep)))).toMatchObject({ code: 400 });
    expect(jsonOf(await peer.ask('hall/echo', 'still here'))).toBe('still here');
    expect(log.matching('error')).toHaveLength(1);
  });

  it('gets the pushes of a channel, whose route is their topic', async () => {
    const { open } = await startGate();
    const [ann, bob] = [await open(transport), await open('tcp')];
    await ann.ask('hall/enter', 'ann');
    await bob.ask('hall/enter', 'bob');
    bob.send(pack('hall/say', { text: 'hi' }));
    expect(await ann.packs.take()).toMatchObject({ topic: 'hall/onSay', json: { text: 'hi' } });
    expect(await bob.packs.take()).toMatchObject({ topic: 'hall/onSay', json: { text: 'hi' } });
  });

  it('gets the answer to a pack that it has sent again while the first one was worked on, to each', async () => {
    const { hall, open } = await startGate();
    const peer = await open(transport);
    peer.send(pack('hall/wait', 1));
    peer.send(pack('hall/wait', 2));
    await until(() => hall.notes.length === 2);
    hall.release();
    hall.release();
    expect([jsonOf(await peer.packs.take()), jsonOf(await peer.packs.take())]).toEqual([1, 2]);
  });

  it('is served before it has said anything: an application may speak first', async () => {
    const { app, open } = await startGate({
      onConnect: (session) => session.send('hall/welcome', 'who are you?'),
    });
    const peer = await open(transport);
    expect(await peer.packs.take()).toMatchObject({ topic: 'hall/welcome', json: 'who are you?' });
    expect(app.get(SessionService).getSessionsCount()).toBe(1);
  });

  it('is forgotten when it leaves', async () => {
    const { app, open } = await startGate();
    const peer = await open(transport);
    await peer.ask('hall/enter', 'ann');
    expect(app.get(SessionService).getByUid('ann')).toHaveLength(1);
    peer.link.end();
    await until(() => app.get(SessionService).getSessionsCount() === 0);
  });

  it('is told by its close code alone why it is closed, as far as its transport has one', async () => {
    const { app, hall, open } = await startGate();
    const peer = await open(transport);
    await peer.ask('hall/enter', 'ann');
    await app.get(SessionService).kick('ann', 'cheating');
    expect(await peer.packs.take()).toBeUndefined();
    expect(await peer.closed).toBe(transport === 'ws' ? 4410 : undefined);
    expect(agentOf(hall.session)).toMatchObject({ isClosed: true, lastError: 'cheating' });
  });

  it('costs itself alone the connection with bytes that are no pack', async () => {
    const { open } = await startGate();
    const [peer, bystander] = [await open(transport), await open('tcp')];
    const rejects = rejectsDuring();
    peer.send(Buffer.from('0700ff00616263', 'hex'));
    expect(await peer.closed).toBe(transport === 'ws' ? 4400 : undefined);
    expect(rejects()).toEqual([{ layer: 'package', reason: 'malformed', transport }]);
    expect(jsonOf(await bystander.ask('hall/echo', 1))).toBe(1);
  });

  it('is known to the application by its numbers', async () => {
    const before = Date.now();
    const { hall, open } = await startGate();
    const peer = await open(transport);
    await peer.ask('hall/enter', 'ann');
    peer.send(pack('hall/say', 'hi'));
    await peer.packs.take();
    const agent = agentOf(hall.session);
    expect(agent).toMatchObject({
      recvNum: 2,
      sendNum: 2,
      isClosed: false,
      isShaked: true,
      lastError: undefined,
      ip: '127.0.0.1',
      network: transport === 'ws' ? 'websocket' : 'tcp',
    });
    expect(agent.connTime).toBeGreaterThanOrEqual(before);
    expect(agent.connTime).toBeLessThanOrEqual(Date.now());
    peer.link.destroy();
    await until(() => agent.isClosed);
  });
});

describe('a gate', () => {
  it('serves both transports on ports of their own, and reaches the same sessions with both', async () => {
    const { app, open, ports } = await startGate();
    expect(ports.tcp).not.toBe(ports.ws);
    await (await open('tcp')).ask('hall/enter', 'ann');
    await (await open('ws')).ask('hall/enter', 'bob');
    expect(app.get(SessionService).getBoundUsersCount()).toBe(2);
  });

  it('knows no agent of a session that is not its own', async () => {
    const own = gate({ tcp: { port: 0, host: '127.0.0.1' } });
    const other = hybrid({ port: 0, host: '127.0.0.1' });
    const { connect, hall } = await startGate({}, { options: { connectors: [other, own] } });
    await (await connect()).request('hall.handler.enter', 'ann');
    expect(hall.sessions.map(gateAgentOf)).toEqual([undefined]);
  });

  it('behind a proxy that speaks the PROXY protocol knows the address of who it speaks to first', async () => {
    const { ports } = await startGate({
      trustedProxies: ['loopback'],
      proxyProtocol: true,
      onConnect: (session) => session.send('hall/welcome', session.remoteAddress),
    });
    const peer = await GatePeer.open('tcp', ports.tcp);
    peer.send(Buffer.from('PROXY TCP4 6.6.6.6 127.0.0.1 1 2\r\n'));
    expect((await peer.packs.take())?.json).toBe('6.6.6.6');
  });

  it('takes packs that come in one write, and in pieces', async () => {
    const { open } = await startGate();
    const peer = await open('tcp');
    const bytes = Buffer.concat([1, 2, 3].map((n) => pack('hall/echo', n)));
    peer.send(bytes);
    for (const byte of bytes) peer.send(Buffer.of(byte));
    const answers = [];
    for (let count = 0; count < 6; count += 1) answers.push(jsonOf(await peer.packs.take()));
    expect(answers).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('takes an empty WebSocket message for nothing but a sign of life', async () => {
    const { hall, open } = await startGate();
    const peer = await open('ws');
    peer.send(Buffer.alloc(0));
    await peer.ask('hall/enter', 'ann');
    expect(agentOf(hall.session).recvNum).toBe(1);
  });

  it('closes who floods it with them', async () => {
    const { open } = await startGate({}, { options: { limits: { pingsPerSecond: 5 } } });
    const peer = await open('ws');
    for (let count = 0; count < 6; count += 1) peer.send(Buffer.alloc(0));
    expect(await peer.closed).toBe(4429);
  });

  it.each([
    ['one byte', Buffer.of(1)],
    ['a length that is longer', Buffer.from('63000600742f6563686f6869', 'hex')],
    ['two packs', Buffer.concat([pack('hall/note', 1), pack('hall/note', 2)])],
  ])('closes who sends a WebSocket message that is not one pack: %s', async (_name, bytes) => {
    const { hall, open } = await startGate();
    const rejects = rejectsDuring();
    const peer = await open('ws');
    peer.send(bytes);
    expect(await peer.closed).toBe(4400);
    expect(rejects()).toEqual([{ layer: 'package', reason: 'truncated', transport: 'ws' }]);
    expect(hall.notes).toEqual([]);
  });

  it('decides about clients with the guards of the handshake, and reads nothing before', async () => {
    const decisions: ((isWelcome: boolean) => void)[] = [];
    const guard = { canActivate: () => new Promise<boolean>((resolve) => void decisions.push(resolve)) };
    const { hall, open } = await startGate({}, { options: { handshakeGuards: [guard] } });
    const first = await open('tcp');
    first.send(pack('hall/note', 'x'.repeat(30_000)));
    await until(() => decisions.length === 1);
    const bystander = await open('tcp');
    await until(() => decisions.length === 2);
    decisions[1]?.(true);
    for (let round = 0; round < 20; round += 1) await bystander.ask('hall/echo', round);
    expect(hall.notes).toEqual([]);
    decisions[0]?.(true);
    expect(jsonOf(await first.ask('hall/echo', 'in'))).toBe('in');
    expect(hall.notes).toHaveLength(1);
    const second = await open('ws');
    second.send(pack('hall/note', 'never'));
    await until(() => decisions.length === 3);
    decisions[2]?.(false);
    await second.closed;
    expect(hall.notes).toHaveLength(1);
  });
});
