import { PackageType } from 'nestjs-pomelo-protocol';
import { PomeloClient, type KickEvent } from 'nestjs-pomelo-client';
import type { CrashSettings } from './fixtures/crash/settings.js';
import { closeAfterTest, refusalOf, startApp } from './support/pomelo-app.js';
import { Program } from './support/program.js';
import { RawClient, readMessage, request } from './support/raw-client.js';
import { exitOnFatal } from 'nestjs-pomelo';

interface CrashServer {
  readonly server: Program;
  readonly port: number;
}

async function start(settings: CrashSettings = {}, node: readonly string[] = []): Promise<CrashServer> {
  const server = Program.start('specs/test/fixtures/crash/main.js', {
    args: [JSON.stringify(settings)],
    node,
  });
  return { server, port: Number(await server.printed(/^port (\d+)$/m)) };
}

/** Sends the message that is the server's end; gives everything that came until the connection ended. */
async function crash(port: number, method: string) {
  const client = await RawClient.ready(port);
  client.send(request(1, `t.crash.${method}`));
  return client.rest();
}

const times = (text: string, part: string): number => text.split(part).length - 1;

describe('an error that nobody caught, in what a handler began', () => {
  it.each([
    ['forget', 'forgotten'],
    ['forgetLater', 'forgotten later'],
    ['timer', 'in a timer'],
    ['socket', 'ECONNREFUSED'],
    ['stream', 'in a stream'],
    ['nothing', 'undefined'],
  ])('ends the server with 1, and the log names the route once: %s', async (method, text) => {
    const { server, port } = await start();
    await crash(port, method);
    expect(await server.ended()).toBe(1);
    expect(times(server.errors, `in {t.crash.${method}} (CrashHandler.${method}, session server-1.`)).toBe(1);
    expect(times(server.errors, 'stops the server')).toBe(1);
    expect(server.errors).toContain(text);
    expect(server.errors).not.toContain('while the server stops');
  });

  it('is told to every client before the connection ends: stopping, 4503', async () => {
    const { server, port } = await start();
    const webSocket = closeAfterTest(
      await PomeloClient.connect(`ws://127.0.0.1:${port}`, { reconnect: false }),
    );
    const told = new Promise<KickEvent>((resolve) => webSocket.events.on('kick', resolve));
    const bystander = await RawClient.ready(port);
    const [, kick] = await crash(port, 'forget');
    const words = { reason: 'stopping', code: 4503 };
    expect(kick).toMatchObject({ type: PackageType.Kick, json: words });
    expect(await bystander.rest()).toEqual([
      expect.objectContaining({ type: PackageType.Kick, json: words }),
    ]);
    expect(await told).toEqual({ reason: 'stopping', body: words });
    expect(await server.ended()).toBe(1);
  });

  it('is counted, under the transport of its request', async () => {
    const { server, port } = await start();
    await crash(port, 'forget');
    await server.ended();
    expect(server.output).toContain('reject handler unhandled tcp');
  });

  it('may be that of a subscriber of a diagnostics channel: Node throws it into the process', async () => {
    const { server, port } = await start();
    const [answer] = await crash(port, 'subscriber');
    expect(readMessage(answer).json).toEqual({ code: 500 });
    expect(await server.ended()).toBe(1);
    expect(server.errors).toContain('nobody caught stops the server: Error: in a subscriber');
  });

  it('is the last thing that the server does: a message that comes later is not handled', async () => {
    const { server, port } = await start();
    await crash(port, 'timer');
    await server.ended();
    expect(server.output).toContain('closing');
    // The first was before the error; the second came while the hooks of the application ran.
    expect(times(server.output, 'noted')).toBe(1);
  });

  it('is logged without a request when requests are not tracked', async () => {
    const { server, port } = await start({ trackRequests: false });
    await crash(port, 'forget');
    expect(await server.ended()).toBe(1);
    expect(server.errors).toContain('A rejection that nobody handled stops the server: Error: forgotten');
    expect(server.errors).not.toContain('t.crash');
  });

  it.each(['forget', 'nothing', 'timer'])(
    'is one error where Node tells rejections twice: %s',
    async (method) => {
      const { server, port } = await start({}, ['--unhandled-rejections=strict']);
      await crash(port, method);
      expect(await server.ended()).toBe(1);
      expect(times(server.errors, 'that nobody')).toBe(1);
      expect(server.output).toContain('closing');
    },
  );
});

describe('the shutdown after such an error', () => {
  it('ends at once with a second one', async () => {
    const { server, port } = await start({ shutdown: 'throws', drainMs: 600_000 });
    await crash(port, 'forget');
    expect(await server.ended()).toBe(1);
    expect(server.errors).toContain('while the server stops after another one: Error: while stopping');
  });

  it('ends after drainMs, whatever a hook waits for', async () => {
    const { server, port } = await start({ shutdown: 'hangs', drainMs: 50 });
    await crash(port, 'forget');
    expect(await server.ended()).toBe(1);
    expect(server.errors).toContain('The shutdown took longer than 50 ms');
  });

  it('ends with 1 when the application cannot close', async () => {
    const { server, port } = await start({ shutdown: 'rejects' });
    await crash(port, 'forget');
    expect(await server.ended()).toBe(1);
    expect(server.errors).toContain('The shutdown failed: Error: not yet');
  });

  it('asks the program that embeds the application to end, once', async () => {
    const { server, port } = await start({ embedded: true, shutdown: 'lingers', drainMs: 50 });
    await crash(port, 'forget');
    expect(await server.ended()).toBe(0);
    expect(times(server.output, 'exit 1')).toBe(1);
  });
});

describe('exitOnFatal', () => {
  it('takes its listeners away again', async () => {
    const { app } = await startApp();
    const listeners = () =>
      ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event));
    const before = listeners();
    const stop = exitOnFatal(app);
    expect(listeners()).toEqual(before.map((count) => count + 1));
    stop();
    expect(listeners()).toEqual(before);
  });

  it('refuses a time that is none', async () => {
    const { app } = await startApp();
    expect(await refusalOf(() => exitOnFatal(app, { drainMs: Infinity }))).toContain(
      'exitOnFatal.drainMs is Infinity',
    );
  });
});

describe('the server of the guide', () => {
  it('answers a failure that it awaits, and stops for one that it forgot', async () => {
    const server = Program.start('specs/test/fixtures/guide/fatal.main.js', { env: { PORT: '0' } });
    const port = Number(await server.printed(/listens on .*:(\d+)$/m));
    const client = await RawClient.ready(port);
    client.send(request(1, 'game.scoreHandler.save', { points: 3 }));
    await client.packages.take(); // the first heartbeat
    expect(readMessage(await client.packages.take()).json).toEqual({ code: 500 });
    client.send(request(2, 'game.scoreHandler.saveLater', { points: 4 }));
    expect(readMessage(await client.packages.take()).json).toEqual({ points: 4 });
    expect(await server.ended()).toBe(1);
    expect(server.output + server.errors).toContain('game.scoreHandler.save: no database for 3 points');
    expect(server.errors).toContain(
      'A rejection that nobody handled in {game.scoreHandler.saveLater} (ScoreHandler.saveLater, session server-1.',
    );
  });
});

describe('the demo', () => {
  it('ends with 1 after an error that nobody caught, and says so', async () => {
    const failing = `process.once('SIGUSR2', () => { throw new Error('out of the blue') })`;
    const demo = Program.start('main.js', {
      env: { PORT: '0' },
      node: ['--import', `data:text/javascript,${encodeURIComponent(failing)}`],
    });
    const url = await demo.printed(/^Chat: http:\/\/(\S+)$/m);
    const client = closeAfterTest(await PomeloClient.connect(`ws://${url}`, { reconnect: false }));
    const told = new Promise<KickEvent>((resolve) => client.events.on('kick', resolve));
    demo.signal('SIGUSR2');
    expect(await told).toMatchObject({ reason: 'stopping' });
    expect(await demo.ended()).toBe(1);
    expect(demo.errors).toContain('An exception that nobody caught stops the server: Error: out of the blue');
  });
});
