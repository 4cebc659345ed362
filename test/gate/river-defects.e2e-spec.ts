import { SessionService } from 'nestjs-pomelo';
import { rejectsDuring } from '../support/rejects.js';
import { until } from '../support/until.js';
import { agentOf, startGate } from './gate.app.js';
import { GatePeer, pack } from './gate-peer.js';

/** What river publishes and does not mean: here it is as it was meant. */
describe('of what is wrong with the gates of river, this one does not copy that', () => {
  it('a pack that a handler works on closes its client, and the handler knows no session', async () => {
    const { hall, open } = await startGate();
    const peer = await open();
    expect((await peer.ask('hall/enter', 'ann'))?.json).toBe(hall.session.id);
    expect(hall.session.uid).toBe('ann');
    expect((await peer.ask('hall/fail'))?.json).toEqual({ code: 500 });
    expect((await peer.ask('hall/echo', 'again'))?.json).toBe('again');
  });

  it.each(['tcp', 'ws'] as const)(
    'a pack of more than 65535 bytes corrupts everything that follows it (%s)',
    async (transport) => {
      const { hall, open } = await startGate();
      const peer = await open(transport);
      expect((await peer.ask('hall/large', 65_535 - 14))?.body).toHaveLength(65_521);
      expect((await peer.ask('hall/large', 65_535 - 13))?.json).toEqual({
        code: 500,
        msg: 'The answer is too large.',
      });
      await peer.ask('hall/enter', 'ann');
      const push = hall.session.send('hall/onNews', Buffer.alloc(70_000));
      await expect(push).rejects.toMatchObject({ reason: 'PACK_TOO_LARGE' });
      expect(agentOf(hall.session).lastError).toContain('65535 are the most');
      expect((await peer.ask('hall/echo', 'whole'))?.json).toBe('whole');
    },
  );

  it.each(['0000', '0100', '0200', '0300'])(
    'a length of less than a pack waits for ever: %s',
    async (hex) => {
      const { open } = await startGate();
      const rejects = rejectsDuring();
      const peer = await open();
      peer.send(Buffer.from(hex, 'hex'));
      await peer.closed;
      expect(rejects()).toEqual([{ layer: 'package', reason: 'truncated', transport: 'tcp' }]);
    },
  );

  it('without heartOverTimer a WebSocket is cut after a fixed time', async () => {
    const { open } = await startGate({ heartOverTimer: 0, overTime: 2 ** 31 - 1 });
    const other = await startGate({ heartOverTimer: 200 });
    const [silent, watched] = [await open('ws'), await other.open('ws')];
    await watched.ask('hall/echo', 1);
    await watched.closed;
    expect((await silent.ask('hall/echo', 'still here'))?.json).toBe('still here');
  });

  it('a message to a client that is gone is taken for sent, or ends the process', async () => {
    const { app, hall, open } = await startGate();
    const peer = await open();
    await peer.ask('hall/enter', 'ann');
    peer.link.destroy();
    await until(() => app.get(SessionService).getSessionsCount() === 0);
    expect(await hall.session.send('hall/onNews', 1)).toBe(false);
    expect(agentOf(hall.session).isClosed).toBe(true);
  });

  it('X-Forwarded-For is believed of whoever has a private address, and the address of TCP has a port', async () => {
    const { open, ports } = await startGate();
    const headers = { 'x-forwarded-for': '6.6.6.6' };
    const liar = await GatePeer.overWebSocket(ports.ws, { headers });
    expect((await liar.ask('hall/address'))?.json).toBe('127.0.0.1');
    expect((await (await open()).ask('hall/address'))?.json).toBe('127.0.0.1');
    const behindProxy = await startGate({ trustedProxies: ['loopback'] });
    const client = await GatePeer.overWebSocket(behindProxy.ports.ws, { headers });
    expect((await client.ask('hall/address'))?.json).toBe('6.6.6.6');
  });

  it('wrong padding of an encrypted pack is not noticed', async () => {
    const { hall, open } = await startGate({ encryptKey: '0123456789abcdef' });
    const peer = await open();
    const payload = Buffer.from('8qUQYwscbjafV1Yi1invdFQuQr7dS2DIylaUo5aqJWE=');
    const head = Buffer.alloc(2);
    head.writeUInt16LE(2 + payload.length);
    peer.send(Buffer.concat([head, payload]));
    await peer.closed;
    expect(hall.notes).toEqual([]);
  });

  it('a client is let in, but not known, when its first message comes', async () => {
    const known: string[] = [];
    const { open } = await startGate({
      onConnect: async (session) => {
        await new Promise(setImmediate);
        known.push(session.id);
      },
      routeHandler: (session) => {
        if (!known.includes(session.id)) throw new Error('unknown');
        return false;
      },
    });
    const peer = await open();
    peer.send(pack('hall/echo', 'first'));
    expect((await peer.packs.take())?.json).toBe('first');
  });
});
