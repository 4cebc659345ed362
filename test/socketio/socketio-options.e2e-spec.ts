import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { socketio, type SocketioOptions } from 'nestjs-pomelo/socketio';
import { FORMER_NAMES } from '../../libs/pomelo/src/connectors/socketio/former-names.js';
import { refusalOf } from '../support/pomelo-app.js';
import { rejectsDuring } from '../support/rejects.js';
import { certificate, tlsText } from '../support/tls-files.js';
import { until } from '../support/until.js';
import { poll, RawPolls } from './raw-polls.js';
import { RawSio } from './raw-sio.js';
import { messageText, SIO_KINDS, SioPeer, type SioKind } from './sio-peer.js';
import { startSocketio } from './socketio.app.js';

const ECHO = 'connector.main.echo';
const ADDRESS = 'connector.main.address';
const COME = 'EIO=4&transport=polling';
const PAGE = 'https://game.example';

describe.each(SIO_KINDS)('for the %s client over %s', (...kind: SioKind) => {
  it('path says where socket.io is', async () => {
    const { port } = await startSocketio({ path: '/my/game' });
    const peer = await SioPeer.open(kind, port, { path: '/my/game' });
    expect(await peer.ask(1, ECHO, 'here')).toBe('here');
    await expect(SioPeer.open(kind, port)).rejects.toThrow();
  });

  it('tls makes everything go through TLS', async () => {
    const { port } = await startSocketio({ tls: certificate('server') });
    const ca = tlsText('authority.crt');
    const peer = await SioPeer.open(kind, port, { url: `https://localhost:${port}`, agent: undefined, ca });
    expect(await peer.ask(1, ECHO, 'secret')).toBe('secret');
    await expect(SioPeer.open(kind, port)).rejects.toThrow();
  });

  it('trustedProxies tell who the client is', async () => {
    const { port } = await startSocketio({ trustedProxies: ['loopback'] });
    const extraHeaders = { 'X-Forwarded-For': '203.0.113.7' };
    const peer = await SioPeer.open(kind, port, { extraHeaders });
    expect(await peer.ask(1, ADDRESS)).toBe('203.0.113.7');
  });

  it('origins refuse the pages of others', async () => {
    const rejects = rejectsDuring();
    const { port } = await startSocketio({ origins: [PAGE] });
    const peer = await SioPeer.open(kind, port, { extraHeaders: { Origin: PAGE } });
    expect(await peer.ask(1, ECHO, 'in')).toBe('in');
    const extraHeaders = { Origin: 'https://other.example' };
    await expect(SioPeer.open(kind, port, { extraHeaders })).rejects.toThrow();
    expect(rejects()).toContainEqual({ layer: 'transport', reason: 'origin', transport: 'http' });
  });

  it('blacklist keeps an address out', async () => {
    const { port } = await startSocketio({ blacklist: ['127.0.0.1'] });
    await expect(SioPeer.open(kind, port)).rejects.toThrow();
  });

  it('encode and decode replace the message layer', async () => {
    const { port } = await startSocketio({
      decode: (_client, message) => ({ id: 7, route: ECHO, body: message.toString() }),
      encode: (_client, id, _route, body) => Buffer.from(JSON.stringify({ id, body: [body] })),
    });
    const peer = await SioPeer.open(kind, port);
    peer.socket.emit('message', 'any text');
    expect(await peer.receive()).toEqual({ id: 7, body: ['any text'] });
  });
});

it('transports leave out a way to come', async () => {
  const rejects = rejectsDuring();
  const sockets = await startSocketio({ transports: ['websocket'] });
  await expect(SioPeer.open(['today', 'polling'], sockets.port)).rejects.toThrow();
  const one = await SioPeer.open(['today', 'websocket'], sockets.port);
  expect(await one.ask(1, ECHO, 'in')).toBe('in');
  const polls = await startSocketio({ transports: ['polling'] });
  await expect(SioPeer.open(['today', 'websocket'], polls.port)).rejects.toThrow();
  const other = await SioPeer.open(['today', 'both'], polls.port);
  expect(await other.ask(1, ECHO, 'in')).toBe('in');
  expect(other.carrier).toBe('polling');
  expect(rejects().map(({ reason }) => reason)).toEqual(['http_bad', 'upgrade_refused']);
});

it('heartbeatInterval and heartbeatTimeout are told to the clients, in ms', async () => {
  const { port } = await startSocketio();
  const beats = await startSocketio({ heartbeatInterval: 1234, heartbeatTimeout: 567 });
  expect((await poll(port, COME)).text).toMatch(/"pingInterval":25000,"pingTimeout":60000/);
  expect((await poll(beats.port, COME)).text).toMatch(/"pingInterval":1234,"pingTimeout":567/);
});

describe('pages that poll', () => {
  it('may read the answers when their origin is allowed', async () => {
    const { port } = await startSocketio({ origins: [PAGE] });
    const { status, headers } = await poll(port, COME, { headers: { origin: PAGE } });
    expect(status).toBe(200);
    expect(headers['access-control-allow-origin']).toBe(PAGE);
    expect(headers['access-control-allow-credentials']).toBe('true');
    const preflight = await poll(port, COME, { method: 'OPTIONS', headers: { origin: PAGE } });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, PAGE]);
  });

  it('get nothing when it is not, not even through a script tag', async () => {
    const rejects = rejectsDuring();
    const { port } = await startSocketio({ origins: [PAGE] });
    const stranger = await poll(port, COME, { headers: { origin: 'null' } });
    expect([stranger.status, stranger.text]).toEqual([403, '']);
    const script = await poll(port, `${COME}&j=0`);
    expect([script.status, script.text]).toEqual([400, '']);
    expect(rejects().map(({ reason }) => reason)).toEqual(['origin', 'http_bad']);
  });

  it('of the own host send no origin with GET, which requireOrigin understands', async () => {
    const { port } = await startSocketio({ origins: ['self'], requireOrigin: true });
    const own = { 'sec-fetch-site': 'same-origin' };
    expect((await poll(port, COME, { headers: own })).status).toBe(200);
    expect((await poll(port, COME)).status).toBe(403);
    expect((await poll(port, COME, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  });
});

it('proxyProtocol tells who the client is', async () => {
  const { port } = await startSocketio({ trustedProxies: ['loopback'], proxyProtocol: true });
  const createConnection = (): ReturnType<typeof connect> => {
    const socket = connect(port, '127.0.0.1');
    socket.write('PROXY TCP4 203.0.113.8 127.0.0.1 50000 3010\r\n');
    return socket;
  };
  const client = await RawPolls.ready(port, 4, { agent: undefined, createConnection });
  await client.post(`42${JSON.stringify(['message', messageText(1, ADDRESS, '{}')])}`);
  expect((await client.get()).text).toContain('203.0.113.8');
});

it('the blacklist may change while it runs', async () => {
  const connector = socketio({ port: 0, host: '127.0.0.1' });
  const { port } = await startSocketio({}, { connectors: [connector] });
  await RawSio.ready(port);
  connector.setBlacklist(['127.0.0.0/8']);
  await expect(RawSio.ready(port)).rejects.toThrow();
  connector.setBlacklist([]);
  await RawSio.ready(port);
});

it('other requests find what the port itself answers', async () => {
  const rejects = rejectsDuring();
  const { port } = await startSocketio();
  expect((await poll(port, '', { path: '/healthz' })).text).toBe('ok\n');
  expect((await poll(port, '', { path: '/' })).status).toBe(426);
  await expect(SioPeer.open(['today', 'websocket'], port, { path: '/elsewhere' })).rejects.toThrow();
  await until(() => rejects().length === 2);
  expect(rejects().map(({ reason }) => reason)).toEqual(['http_get', 'upgrade_refused']);
});

it.each<[string, Partial<Record<keyof SocketioOptions | 'resource', unknown>>, string]>([
  ['an unknown key', { resource: '/socket.io' }, 'socketio.resource is "/socket.io"'],
  ['no port', { port: undefined }, 'socketio.port is undefined'],
  ['a port beyond all ports', { port: 65_536 }, 'socketio.port is 65536'],
  ['a host that is no text', { host: 1 }, 'socketio.host is 1'],
  ['a backlog of nothing', { backlog: 0 }, 'socketio.backlog is 0'],
  ['a word for noDelay', { noDelay: 'yes' }, 'socketio.noDelay is "yes"'],
  ['a path without a slash', { path: 'game' }, 'socketio.path is "game"'],
  ['a path that ends with a slash', { path: '/game/' }, 'socketio.path is "/game/"'],
  ['a path that is no text', { path: 3 }, 'socketio.path is 3'],
  ['no transports', { transports: [] }, 'socketio.transports is []'],
  ['a transport of long ago', { transports: ['flashsocket'] }, 'socketio.transports is ["flashsocket"]'],
  ['a transport without a list', { transports: 'websocket' }, 'socketio.transports is "websocket"'],
  ['seconds between heartbeats', { heartbeatInterval: 25 }, 'socketio.heartbeatInterval is 25'],
  ['a heartbeat that is never late', { heartbeatTimeout: Infinity }, 'socketio.heartbeatTimeout is Infinity'],
  ['an encode that is none', { encode: true }, 'socketio.encode is true'],
  ['a decode that is none', { decode: {} }, 'socketio.decode is {}'],
  ['a certificate without a key', { tls: { cert: 'x' } }, 'socketio.tls.key is undefined'],
  ['an origin that is a host', { origins: ['game.example'] }, 'socketio.origins is "game.example"'],
  ['no options at all', undefined as never, 'socketio() is null'],
])('refuses %s, with a sentence', async (_what, options, sentence) => {
  const given = options === undefined ? undefined : { port: 0, ...options };
  expect(await refusalOf(() => socketio(given as never))).toContain(sentence);
});

describe('an option of sioconnector that is called something else', () => {
  it.each(Object.entries(FORMER_NAMES))('says what took the place of %s', async (name, remedy) => {
    const options: object = { port: 0, [name]: true };
    expect(await refusalOf(() => socketio(options as SocketioOptions))).toBe(
      `PomeloModule option socketio.${name} is true, but it must be absent: it is an option of Pomelo. ${remedy}`,
    );
  });

  it('has a row on the page of the connector', () => {
    const page = readFileSync(new URL('../../docs/socketio.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| '));
    const missing = Object.keys(FORMER_NAMES).filter(
      (name) => !rows.some((row) => row.split('|')[1]?.includes(`\`${name}\``)),
    );
    expect(missing).toEqual([]);
  });
});
