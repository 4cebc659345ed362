import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { connect as connectTcp, type LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import {
  ConnectedSession,
  Handler,
  hybrid,
  type HybridConnector,
  SessionService,
  type Session,
  type TlsOptions,
} from 'nestjs-pomelo';
import { WebSocket } from 'ws';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { closeAfterTest, refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { certificate, clientCertificate, tlsPath, tlsText } from './support/tls-files.js';
import { until } from './support/until.js';

const AUTHORITY = tlsText('authority.crt');

/** The certificate names a host; no resolver is needed to find it. */
const toLoopback: LookupFunction = (_host, options, done) => {
  if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};

@Handler('t.tls')
class Secure {
  @Handler() whoami(@ConnectedSession() session: Session): { name: string | undefined; address: string } {
    return { name: session.certificateName, address: session.remoteAddress };
  }
}

function start(tls: Partial<TlsOptions> = {}, limits = {}): Promise<RunningApp> {
  return startApp({
    providers: [Secure],
    hybrid: { tls: { ...certificate('server'), ...tls } },
    options: { limits },
  });
}

/** A TLS connection, with its handshake done. */
async function open(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: AUTHORITY, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** Asks who it is. */
async function whoami(socket: TLSSocket): Promise<unknown> {
  const client = closeAfterTest(new RawClient(socket));
  client.send(handshake({ sys: POMELO_SYS }));
  await client.packages.take();
  client.send(HANDSHAKE_ACK_PACKAGE, request(1, 't.tls.whoami'));
  return readMessage(await client.packages.take()).json;
}

/** Whether a server that is not satisfied with a client ends the connection before it answers anything. */
async function isTurnedAway(port: number, options: ConnectionOptions): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: AUTHORITY, ...options });
  socket.on('error', () => {});
  let answered = false;
  socket.on('data', () => (answered = true));
  socket.on('secureConnect', () => socket.write(handshake({ sys: POMELO_SYS })));
  await new Promise((resolve) => socket.once('close', resolve));
  return !answered;
}

describe('with TLS on the port', () => {
  it('TCP clients are served', async () => {
    const { port } = await start();
    expect(await whoami(await open(port))).toEqual({ address: '127.0.0.1' });
  });

  it('WebSocket clients are served', async () => {
    const { port } = await start();
    const socket = new WebSocket(`wss://localhost:${port}`, { ca: AUTHORITY, lookup: toLoopback });
    await once(socket, 'open');
    socket.send(handshake({ sys: POMELO_SYS }));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(answer[0]).toBe(1);
    socket.terminate();
  });

  it('HTTP is served', async () => {
    const { port } = await start();
    const status = await new Promise((resolve, reject) => {
      get(`https://localhost:${port}/healthz`, { ca: AUTHORITY, lookup: toLoopback }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(200);
  });

  it('bytes that come one by one make no difference', async () => {
    const { port } = await start();
    const socket = await open(port);
    const client = closeAfterTest(new RawClient(socket));
    for (const byte of handshake({ sys: POMELO_SYS })) socket.write(Buffer.from([byte]));
    expect((await client.packages.take())?.json).toMatchObject({ code: 200 });
  });

  it('a client that speaks without it is closed and counted', async () => {
    const { port } = await start();
    const rejects = rejectsDuring('transport');
    const client = await RawClient.open(port);
    client.send(handshake({ sys: POMELO_SYS }));
    await client.closed;
    expect(client.chunks).toEqual([]);
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'bad_first_byte', transport: 'tcp' }]);
  });

  it('a client that speaks without it is served when allowPlain says so', async () => {
    const { port, connect: client } = await start({ allowPlain: true });
    expect(await (await client()).request('t.tls.whoami')).toEqual({ address: '127.0.0.1' });
    expect(await whoami(await open(port))).toEqual({ address: '127.0.0.1' });
  });

  it('nothing below TLS 1.2 and no suite without forward secrecy is spoken', async () => {
    const { port } = await start();
    const old: ConnectionOptions = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    };
    expect(await isTurnedAway(port, old)).toBe(true);
    const weak: ConnectionOptions = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' };
    expect(await isTurnedAway(port, weak)).toBe(true);
    expect((await open(port, { maxVersion: 'TLSv1.2' })).destroy().destroyed).toBe(true);
  });

  it('nothing below TLS 1.3 is spoken when minVersion says so', async () => {
    const { port } = await start({ minVersion: 'TLSv1.3' });
    expect(await isTurnedAway(port, { maxVersion: 'TLSv1.2' })).toBe(true);
  });

  it('a handshake that stops is cut after limits.handshakeMs', async () => {
    const { port } = await start({}, { handshakeMs: 100 });
    const rejects = rejectsDuring('transport');
    const client = await RawClient.open(port);
    client.send(Buffer.from('1603010100', 'hex'));
    await client.closed;
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'tls_timeout', transport: 'tls' }]);
  });

  it('a handshake that is none is closed and counted', async () => {
    const { port, app } = await start();
    const rejects = rejectsDuring('transport');
    const client = await RawClient.open(port);
    client.send(Buffer.from('160301000500ffffff00', 'hex'));
    await client.closed;
    await until(() => rejects().length > 0);
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'tls_error', transport: 'tls' }]);
    expect(app.get(SessionService).getSessionsCount()).toBe(0);
  });

  it('a client that resets the connection in the middle hurts nobody', async () => {
    const { port } = await start();
    for (let round = 0; round < 20; round += 1) {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(Buffer.from('160301', 'hex'));
      socket.resetAndDestroy();
    }
    expect(await whoami(await open(port))).toEqual({ address: '127.0.0.1' });
  });
});

describe('the certificate', () => {
  it('is that of the host name that the client asks for', async () => {
    const { port } = await start({ hosts: { '*.example': certificate('games') } });
    const nameFor = async (servername: string): Promise<unknown> => {
      const socket = await open(port, { servername, checkServerIdentity: () => undefined });
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return subject.CN;
    };
    expect(await nameFor('games.example')).toBe('games.example');
    expect(await nameFor('GAMES.example')).toBe('games.example');
    expect(await nameFor('localhost')).toBe('localhost');
    expect(await nameFor('other.test')).toBe('localhost');
  });

  it('is replaced without a restart, and those who are connected stay', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
    closeAfterTest({ close: async () => rmSync(folder, { recursive: true }) });
    const tls = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), watch: 10 };
    const put = (name: string): void => {
      copyFileSync(tlsPath(`${name}.crt`), tls.cert);
      copyFileSync(tlsPath(`${name}.key`), tls.key);
    };
    put('server');
    const { port, log } = await start(tls);
    const before = await open(port);
    const first = before.getPeerCertificate().fingerprint256;
    put('renewed');
    await until(() => log.matching('log', 'The certificates were read again').length > 0);
    const after = await open(port);
    expect(after.getPeerCertificate().fingerprint256).not.toBe(first);
    after.destroy();
    expect(await whoami(before)).toEqual({ address: '127.0.0.1' });
  });

  it('stays when what replaces it cannot be read, and the log says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
    closeAfterTest({ close: async () => rmSync(folder, { recursive: true }) });
    const tls = { ...certificate('server'), cert: join(folder, 'tls.crt'), watch: false as const };
    copyFileSync(tlsPath('server.crt'), tls.cert);
    const connector: HybridConnector = hybrid({ port: 0, host: '127.0.0.1', heartbeat: false, tls });
    const { port, log } = await startApp({ providers: [Secure], options: { connectors: [connector] } });
    copyFileSync(tlsPath('renewed.crt'), tls.cert);
    connector.reload();
    expect(log.matching('error', 'The certificates stay as they are')).toHaveLength(1);
    expect(await whoami(await open(port))).toEqual({ address: '127.0.0.1' });
  });

  it('that cannot be used stops the start', async () => {
    const wrongKey = { ...certificate('server'), key: tlsPath('games.key') };
    expect(await refusalOf(() => start(wrongKey))).toMatch(
      /certificate or key .*server\.crt cannot be used: .*mismatch/,
    );
    expect(await refusalOf(() => start({ cert: '/nowhere.crt' }))).toMatch(
      /\/nowhere.crt cannot be used: .*ENOENT/,
    );
    expect(await refusalOf(() => start({ cert: '' }))).toContain('hybrid.tls.cert is ""');
  });
});

describe('certificates of clients', () => {
  const mutual = { clientAuthority: tlsPath('authority.crt') };

  it('give the session the name in them', async () => {
    const { port } = await start(mutual);
    const socket = await open(port, clientCertificate('client'));
    expect(await whoami(socket)).toEqual({ name: 'player-1', address: '127.0.0.1' });
  });

  it.each([
    ['an expired one', clientCertificate('expired')],
    ['one of another authority', clientCertificate('foreign')],
    ['none', {}],
  ])('are required: %s makes no session', async (_name, options) => {
    const { port, app } = await start(mutual);
    const rejects = rejectsDuring('transport');
    expect(await isTurnedAway(port, options)).toBe(true);
    await until(() => rejects().length > 0);
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'tls_error', transport: 'tls' }]);
    expect(app.get(SessionService).getSessionsCount()).toBe(0);
  });

  it('may be optional: without a good one there is no name', async () => {
    const { port } = await start({ ...mutual, clientCertificateOptional: true });
    expect(await whoami(await open(port))).toEqual({ address: '127.0.0.1' });
    expect(await whoami(await open(port, clientCertificate('foreign')))).toEqual({ address: '127.0.0.1' });
    expect(await whoami(await open(port, clientCertificate('client')))).toMatchObject({ name: 'player-1' });
  });
});
