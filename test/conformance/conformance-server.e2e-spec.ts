import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { NatsServer } from '../cluster/support/nats-server.js';
import { GatePeer, pack } from '../gate/gate-peer.js';
import { sealedPack } from '../gate/sealed-pack.js';
import { MydogPeer } from '../mydog/mydog-peer.js';
import { SioPeer } from '../socketio/sio-peer.js';
import { scrape } from '../support/scrape.js';
import { EVERY_TYPE } from './support/client-contract.js';
import { CodecTcpClient } from './support/tcp-client.js';

const COMMAND = join(import.meta.dirname, '../../dist/conformance/main.js');
const KEY = '0123456789abcdef';
const running: ChildProcess[] = [];

afterEach(() => {
  for (const process of running.splice(0)) process.kill('SIGKILL');
});

/** Runs the built command. */
function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  return child;
}

/** What the first line of its output says. */
async function started({ stdout }: ReturnType<typeof run>): Promise<Record<string, number>> {
  const [line] = (await once(stdout, 'data')) as [Buffer];
  return JSON.parse(line.toString()) as Record<string, number>;
}

/** The port that the first line of its output names. */
async function portOf(server: ReturnType<typeof run>): Promise<number> {
  const said = await started(server);
  expect(said).toEqual({ port: expect.any(Number), pid: server.pid });
  return said['port'] ?? 0;
}

describe('the conformance server', () => {
  it('serves a foreign client with all that its options turn on, and ends when it is told to', async () => {
    const flags = ['--heartbeat', '1', '--dictionary', '--protobuf', '--buffer', '5', '--limits', 'off'];
    const server = run('--port', '0', ...flags);
    const ended = once(server, 'exit');
    const client = await CodecTcpClient.connect(await portOf(server), { name: 'x' });
    expect(client.user).toEqual({ echo: { name: 'x' } });
    expect(await client.request('connector.echoHandler.proto', EVERY_TYPE)).toEqual(EVERY_TYPE);
    const next = client.listen('onBlast');
    await client.request('connector.entryHandler.join', {});
    await client.request('connector.echoHandler.blast', { n: 2, size: 100_000 });
    for (let blasts = 0; blasts < 2; blasts += 1) expect(await next()).toEqual({ data: 'x'.repeat(100_000) });
    await client.log.heartbeats(2);
    server.kill('SIGTERM');
    await client.closed;
    expect(await ended).toEqual([0, null]);
  });

  it('serves the other protocols on ports of their own, with the same handlers', async () => {
    const flags = ['--mydog-tcp', '--mydog-ws', '--gate-tcp', '--gate-ws', '--sio'];
    const server = run('--port', '0', ...flags.flatMap((flag) => [flag, '0']), '--encrypt-key', KEY);
    const ports = await started(server);
    const names = ['mydogTcp', 'mydogWs', 'gateTcp', 'gateWs', 'sio'];
    expect(Object.keys(ports).toSorted()).toEqual(['pid', 'port', ...names].toSorted());
    for (const [transport, name] of [
      ['tcp', 'mydogTcp'],
      ['ws', 'mydogWs'],
    ] as const) {
      const dog = await MydogPeer.ready(transport, ports[name] ?? 0);
      expect((await dog.ask('connector.main.echo', { a: 1 }))?.json).toEqual({ a: 1 });
    }
    const sio = await SioPeer.open(['old', 'websocket'], ports['sio'] ?? 0);
    sio.send({ id: 1, route: 'connector.main.echo', body: { a: 1 } });
    expect(await sio.receive()).toEqual({ id: 1, body: { a: 1 } });
  });

  it('is split into the servers for clients and the servers that handle', async () => {
    const { url } = await NatsServer.start();
    const chat = run('--port', '0', '--cluster', url, '--types', 'chat');
    await started(chat);
    const port = await portOf(run('--port', '0', '--cluster', url, '--types', 'connector'));
    const client = await CodecTcpClient.connect(port, {});
    expect(await client.request('chat.echoHandler.echo', EVERY_TYPE)).toEqual(EVERY_TYPE);
    chat.kill('SIGTERM');
    await once(chat, 'exit');
    expect(await client.request('chat.echoHandler.echo', {})).toMatchObject({ code: 503 });
    expect(await client.request('connector.echoHandler.echo', { here: 1 })).toEqual({ here: 1 });
  });

  it.each([
    ['plain', [], pack],
    ['encrypted', ['--encrypt-key', KEY], sealedPack.bind(undefined, KEY)],
  ])('gives clients of a gate their echo over TCP and WebSocket, %s', async (_name, flags, write) => {
    const server = run('--port', '0', '--gate-tcp', '0', '--gate-ws', '0', ...flags);
    const { gateTcp = 0, gateWs = 0 } = await started(server);
    const echo = write('connector/echo', { say: 'hi' });
    for (const peer of [await GatePeer.overTcp(gateTcp), await GatePeer.overWebSocket(gateWs)]) {
      peer.send(echo);
      expect((await peer.packs.take())?.hex).toBe(echo.toString('hex'));
    }
  });

  it('says nothing but where it listens, whatever its handlers do', async () => {
    const server = run('--port', '0');
    const said = text(server.stdout);
    const complained = text(server.stderr);
    const client = await CodecTcpClient.connect(await portOf(server), undefined);
    await client.request('connector.echoHandler.error', {});
    server.kill('SIGTERM');
    expect((await said).trim().split('\n')).toHaveLength(1);
    expect(await complained).toContain('the text that no client may see');
  });

  it('serves its metrics, and those of its process, on the port that it names', async () => {
    const server = run('--port', '0', '--metrics', '0');
    const { port = 0, metrics } = await started(server);
    const client = await CodecTcpClient.connect(port, undefined);
    await client.request('connector.echoHandler.ping', {});
    const { sum } = await scrape(metrics);
    expect(sum('pomelo_messages_total', { type: 'response' })).toBe(1);
    expect(sum('process_open_fds')).toBeGreaterThan(0);
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await client.closed;
    expect(await ended).toEqual([0, null]);
  });

  it.each([
    ['an unknown flag', ['--port', '0', '--colour']],
    ['no port', []],
    ['a port that is no number', ['--port', 'x']],
    ['a metrics port that is no number', ['--port', '0', '--metrics', 'x']],
    ['a value that is not offered', ['--port', '0', '--limits', 'on']],
  ])('prints how it is called for %s', async (_name, args) => {
    const server = run(...args);
    const ended = once(server, 'exit');
    expect(await text(server.stderr)).toMatch(/^Usage: conformance:server /);
    expect(await ended).toEqual([2, null]);
  });
});
