import { gate, type GateOptions } from 'nestjs-pomelo/gate';
import { refusalOf } from '../support/pomelo-app.js';
import { rejectsDuring } from '../support/rejects.js';
import { certificate, tlsPath, tlsText } from '../support/tls-files.js';
import { startGate } from './gate.app.js';
import { GatePeer, pack } from './gate-peer.js';

const ADDRESS = { port: 0, host: '127.0.0.1' };

describe.each(['tcp', 'ws'] as const)('an option of the gate connector, over %s', (transport) => {
  it('maxPackSize: one byte more than it says closes the client, and no less', async () => {
    const { open } = await startGate({ maxPackSize: 40 });
    const peer = await open(transport);
    const fits = pack('hall/echo', 'x'.repeat(25));
    expect(fits).toHaveLength(40);
    peer.send(fits);
    expect((await peer.packs.take())?.json).toBe('x'.repeat(25));
    peer.send(pack('hall/echo', 'x'.repeat(26)));
    expect(await peer.closed).toBe(transport === 'ws' ? 1009 : undefined);
  });

  it('body: "bytes" gives handlers the bytes', async () => {
    const peer = await (await startGate({ body: 'bytes' })).open(transport);
    expect((await peer.ask('hall/kind', Buffer.from('{"a":')))?.json).toEqual({ kind: 'bytes' });
    expect((await peer.ask('hall/echo', Buffer.of(0, 255)))?.body).toEqual(Buffer.of(0, 255));
  });

  it('handler: the second part of every route', async () => {
    const peer = await (await startGate({ handler: 'other' })).open(transport);
    expect((await peer.ask('hall/echo'))?.json).toMatchObject({ code: 404 });
  });

  it('routeOf and topicOf: routes and topics of your own', async () => {
    const { hall, open } = await startGate({
      routeOf: (topic, session) => (session.isGuest ? `hall.handler.${topic}` : undefined),
      topicOf: (route) => route.toUpperCase(),
    });
    const peer = await open(transport);
    await peer.ask('enter', 'ann');
    await hall.session.send('hall/onNews', 1);
    expect((await peer.packs.take())?.topic).toBe('HALL/ONNEWS');
    peer.send(pack('echo', 1));
    expect(await peer.closed).toBe(transport === 'ws' ? 4400 : undefined);
  });
});

describe('an option of the gate connector', () => {
  it('blacklist: for both ports, and changed while they are open', async () => {
    const connector = gate({ tcp: ADDRESS, ws: ADDRESS, blacklist: ['127.0.0.1'] });
    const { open } = await startGate({}, { options: { connectors: [connector] } });
    const rejects = rejectsDuring();
    // The reset may come while it still connects.
    await open('tcp').then(
      ({ closed }) => closed,
      () => undefined,
    );
    await expect(open('ws')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(rejects().map(({ reason }) => reason)).toEqual(['ip_denied', 'ip_denied']);
    connector.setBlacklist([]);
    for (const transport of ['tcp', 'ws'] as const)
      expect((await (await open(transport)).ask('hall/echo', 1))?.json).toBe(1);
    await expect(connector.updateBlacklist()).rejects.toThrow('gate.blacklist');
  });

  it('certFile and keyFile: TLS on both ports, and nothing else', async () => {
    const { cert, key } = certificate('server');
    const { ports } = await startGate({ certFile: cert, keyFile: key });
    const peer = await GatePeer.overTls(ports.tcp, tlsText('authority.crt'));
    expect((await peer.ask('hall/echo', 'secret'))?.json).toBe('secret');
    const secure = await GatePeer.overWebSocket(ports.ws, {
      url: `wss://127.0.0.1:${ports.ws}`,
      servername: 'localhost',
      ca: tlsText('authority.crt'),
    });
    expect((await secure.ask('hall/echo', 'secret'))?.json).toBe('secret');
    const rejects = rejectsDuring();
    const plain = await GatePeer.open('tcp', ports.tcp);
    plain.send(pack('hall/echo', 'open'));
    await plain.closed;
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'bad_first_byte', transport: 'tcp' }]);
  });

  it('encryptKey: says at the start that it is obsolete, and closes who does not use it', async () => {
    const { log, open } = await startGate({ encryptKey: '0123456789abcdef' });
    expect(log.matching('warn', 'Use TLS')).toHaveLength(1);
    for (const bytes of [pack('hall/echo', 'plain'), pack('hall/echo', 'x'.repeat(60))]) {
      const peer = await open('tcp');
      peer.send(bytes);
      await peer.closed;
    }
  });

  it.each([
    [{ tcp: undefined, ws: undefined }, 'gate.tcp is undefined, but it must be given, or ws'],
    [{ tcp: { port: 70_000 } }, 'gate.tcp.port is 70000'],
    [{ ws: { port: '80' } }, 'gate.ws.port is "80"'],
    [{ ws: 80 }, 'gate.ws is 80'],
    [{ ws: { port: 0, path: '/' } }, 'gate.ws.path is "/", but it must be absent'],
    [{ tcp: { port: 0, host: 1 } }, 'gate.tcp.host is 1'],
    [{ bufSize: 0 }, 'gate.bufSize is 0'],
    [{ maxPackSize: 65_536 }, 'gate.maxPackSize is 65536'],
    [{ maxPackSize: 3 }, 'gate.maxPackSize is 3'],
    [{ sendPackBuffNum: 0 }, 'gate.sendPackBuffNum is 0'],
    [{ onFullBuffer: 'wait' }, 'gate.onFullBuffer is "wait", but it must be "drop" or "close"'],
    [{ overTime: 0 }, 'gate.overTime is 0'],
    [{ heartOverTimer: -1 }, 'gate.heartOverTimer is -1'],
    [{ concurrentTasks: 0.5 }, 'gate.concurrentTasks is 0.5'],
    [{ certFile: 'a.crt' }, 'gate.certFile is "a.crt", but it must be given with keyFile'],
    [{ certFile: 1, keyFile: 'a.key' }, 'gate.certFile is 1'],
    [{ certFile: 'a', keyFile: 'b', tls: certificate('server') }, 'absent with tls'],
    [{ tls: { ...certificate('server'), allowPlain: true } }, 'gate.tls.allowPlain is true'],
    [{ encryptKey: 7 }, 'gate.encryptKey is 7'],
    [{ encryptKey: 'short', encryption: 'v1.2' }, 'a key of 16, 24 or 32 bytes'],
    [{ encryptKey: 'k', encryption: 'v2' }, 'gate.encryption is "v2"'],
    [{ encryption: 'v1.1' }, 'absent without encryptKey'],
    [{ encryptKey: 'k', agent: () => undefined }, 'absent with agent'],
    [{ body: 'text' }, 'gate.body is "text"'],
    [{ handler: '' }, 'gate.handler is ""'],
    [{ handler: 'a.b' }, 'gate.handler is "a.b"'],
    [{ handler: 'a', routeOf: () => undefined }, 'absent with routeOf'],
    [{ onConnect: 'log' }, 'gate.onConnect is "log"'],
    [{ serverOpts: [] }, 'gate.serverOpts is [], but it must be absent'],
    [{ origins: ['nonsense'] }, 'gate.origins is'],
  ])('with a wrong value stops the start with a sentence: %j', async (options, sentence) => {
    expect(await refusalOf(() => startGate(options as Partial<GateOptions>))).toContain(sentence);
  });

  it('does not show a key in the sentence about it', async () => {
    const options = { ws: ADDRESS, encryptKey: 'hunter2', encryption: 'v1.2' } as const;
    expect(await refusalOf(() => startGate(options))).not.toContain('hunter2');
  });

  it('certFile: one that does not load stops the start', async () => {
    const options = { certFile: tlsPath('nowhere.crt'), keyFile: tlsPath('server.key') };
    expect(await refusalOf(() => startGate(options))).toContain('nowhere.crt');
  });
});
