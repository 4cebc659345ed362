import { PomeloStatistics } from 'nestjs-pomelo';
import { rejectsDuring } from '../support/rejects.js';
import { until } from '../support/until.js';
import { agentOf, startGate, type GateApp } from './gate.app.js';
import { GatePeer, pack } from './gate-peer.js';

const MEBIBYTE = 1024 * 1024;

/** A client that has stopped reading, and what it was pushed before it was too much. */
async function overflow({ open, hall }: GateApp, transport: 'tcp' | 'ws'): Promise<[GatePeer, number]> {
  const peer = await open(transport);
  await peer.ask('hall/enter', 'ann');
  peer.link.pause();
  const body = Buffer.alloc(32_000);
  let accepted = 0;
  while (await hall.session.send('hall/onNews', body)) {
    accepted += 1;
    // Between two turns the system takes what it can.
    await new Promise(setImmediate);
  }
  return [peer, accepted];
}

describe.each(['tcp', 'ws'] as const)('what a client of a gate may cost, over %s', (transport) => {
  it('sendPackBuffNum: what would be one more waits for nobody, and the sender is told', async () => {
    const running = await startGate({ sendPackBuffNum: 10 });
    const rejects = rejectsDuring();
    const [peer, accepted] = await overflow(running, transport);
    const agent = agentOf(running.hall.session);
    expect(agent).toMatchObject({ isClosed: false, lastError: 'push_dropped', sendNum: accepted + 1 });
    expect(rejects()).toEqual([{ layer: 'session', reason: 'push_dropped', transport }]);
    peer.link.resume();
    for (let count = 0; count < accepted; count += 1) await peer.packs.take();
    await until(() => agent.sendNum === accepted + 1);
    expect((await peer.ask('hall/echo', 'next'))?.json).toBe('next');
  });

  it('sendPackBuffNum: drops of a buffered scheduler, whose sender has gone on, are counted too', async () => {
    const { hall, open } = await startGate(
      { sendPackBuffNum: 10 },
      { options: { push: { scheduler: 'buffered', flushIntervalMs: 1 } } },
    );
    const rejects = rejectsDuring();
    const peer = await open(transport);
    await peer.ask('hall/enter', 'ann');
    peer.link.pause();
    while (rejects().length === 0) {
      await hall.session.send('hall/onNews', Buffer.alloc(32_000));
      await new Promise(setImmediate);
    }
    expect(rejects()[0]).toEqual({ layer: 'session', reason: 'push_dropped', transport });
    expect(agentOf(hall.session).isClosed).toBe(false);
  });

  it('onFullBuffer: "close" ends the connection of who does not read', async () => {
    const running = await startGate({ sendPackBuffNum: 10, onFullBuffer: 'close' });
    const rejects = rejectsDuring();
    const [peer] = await overflow(running, transport);
    expect(agentOf(running.hall.session)).toMatchObject({ isClosed: true, lastError: 'slow_consumer' });
    expect(rejects().map(({ reason }) => reason)).toEqual(['slow_consumer', 'push_dropped']);
    peer.link.resume();
    await peer.closed;
  });

  it('sendPackBuffNum: a client that reads gets everything, however much is sent at once', async () => {
    const { hall, open } = await startGate({ sendPackBuffNum: 2 });
    const peer = await open(transport);
    await peer.ask('hall/enter', 'ann');
    const sent = Array.from({ length: 300 }, (_, index) => hall.session.send('hall/onNews', index));
    expect(new Set(await Promise.all(sent))).toEqual(new Set([true]));
    for (let index = 0; index < 300; index += 1) expect((await peer.packs.take())?.json).toBe(index);
  });

  it('overTime: who says nothing at all is closed, and who has said something is not', async () => {
    const { hall, open } = await startGate({ overTime: 1000 });
    const speaker = await open(transport);
    await speaker.ask('hall/enter', 'ann');
    const rejects = rejectsDuring();
    const mute = await open(transport);
    await mute.closed;
    expect(rejects()).toEqual([{ layer: 'handshake', reason: 'handshake_timeout', transport }]);
    expect(agentOf(hall.session).isClosed).toBe(false);
  });

  it('heartOverTimer: who falls silent is closed', async () => {
    const { hall, open } = await startGate({ heartOverTimer: 500 });
    const peer = await open(transport);
    await peer.ask('hall/enter', 'ann');
    await peer.closed;
    expect(agentOf(hall.session).lastError).toBe('heartbeat_timeout');
  });

  it('heartOverTimer: the bytes of a pack that does not end are no sign of life', async () => {
    const { hall, open } = await startGate({ heartOverTimer: 500 });
    const peer = await open(transport);
    await peer.ask('hall/enter', 'ann');
    const drip = setInterval(() => peer.link.drip(), 10);
    await peer.closed;
    clearInterval(drip);
    expect(agentOf(hall.session).lastError).toBe('heartbeat_timeout');
  });

  it('concurrentTasks: what is beyond it is not begun, and is not lost', async () => {
    const { hall, open } = await startGate({ concurrentTasks: 2 });
    const [peer, bystander] = [await open(transport), await open(transport)];
    for (let n = 1; n <= 5; n += 1) peer.send(pack('hall/wait', n));
    await until(() => hall.notes.length === 2);
    for (let round = 0; round < 20; round += 1) await bystander.ask('hall/echo', round);
    expect(hall.notes).toEqual([1, 2]);
    hall.release();
    expect((await peer.packs.take())?.json).toBe(1);
    await until(() => hall.notes.length === 3);
    for (let n = 2; n <= 5; n += 1) {
      hall.release();
      expect((await peer.packs.take())?.json).toBe(n);
      await until(() => hall.notes.length === Math.min(n + 2, 5));
    }
  });

  it.each([
    [{ concurrentTasks: 1 }, {}],
    [{}, { requestsInFlight: 1 }],
  ])(
    'concurrentTasks: 1 answers in the order of the questions, as every gate did: %j %j',
    async (given, limits) => {
      const { hall, open } = await startGate(given, { options: { limits } });
      const peer = await open(transport);
      peer.send(pack('hall/wait', 'slow'));
      for (const word of ['a', 'b', 'c']) peer.send(pack('hall/echo', word));
      await until(() => hall.notes.length === 1);
      hall.release();
      const answers = [];
      for (let count = 0; count < 4; count += 1) answers.push((await peer.packs.take())?.json);
      expect(answers).toEqual(['slow', 'a', 'b', 'c']);
    },
  );
});

describe('what a client of a gate may cost', () => {
  it('heartOverTimer: pings of WebSocket are no sign of life, and empty messages are', async () => {
    const { hall, ports } = await startGate({ heartOverTimer: 1000 });
    const [pinging, beating] = [
      await GatePeer.overWebSocket(ports.ws),
      await GatePeer.overWebSocket(ports.ws),
    ];
    await pinging.ask('hall/enter', 'ann');
    await beating.ask('hall/enter', 'bob');
    const signs = setInterval(() => {
      pinging.link.ping();
      beating.send(Buffer.alloc(0));
    }, 50);
    await pinging.closed;
    clearInterval(signs);
    expect(hall.sessions.map((session) => agentOf(session).lastError)).toEqual([
      'heartbeat_timeout',
      undefined,
    ]);
  });

  it('bufSize: what is read ahead of a client that has to wait', async () => {
    const [narrow, wide] = [
      await startGate({ concurrentTasks: 1 }),
      await startGate({ concurrentTasks: 1, bufSize: MEBIBYTE }),
    ];
    for (const { hall, open } of [narrow, wide]) {
      const peer = await open();
      peer.send(pack('hall/wait'));
      await until(() => hall.notes.length === 1);
      for (let count = 0; count < 200; count += 1) peer.send(pack('hall/echo', 'x'.repeat(40_000)));
    }
    const bytesReadBy = ({ app }: GateApp): number => app.get(PomeloStatistics).snapshot().bytesRead;
    await until(() => bytesReadBy(wide) >= MEBIBYTE);
    expect(bytesReadBy(narrow)).toBeLessThan(MEBIBYTE / 2);
  });
});
