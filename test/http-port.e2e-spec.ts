import { Controller, Get, Post, Req } from '@nestjs/common';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { startApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient } from './support/raw-client.js';
import { until } from './support/until.js';

const HANDSHAKE_MS = 100;
const GET_HELLO = 'GET /hello HTTP/1.1\r\nHost: x\r\n\r\n';

/** The head of a POST with a body of so many bytes. */
const postHead = (path: string, bytes: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`;

/** An application whose routes take their time, until the test opens the gate. */
class Gate {
  static open: () => void = () => {};
  static passed = Promise.resolve();
  static close(): void {
    Gate.passed = new Promise((resolve) => (Gate.open = resolve));
  }
}

@Controller()
class Pages {
  @Get('hello') hello(): string {
    return 'hello';
  }
  @Get('slow') async slow(): Promise<string> {
    await Gate.passed;
    return 'slow';
  }
  @Post('upload') async upload(@Req() request: IncomingMessage): Promise<string> {
    return `read ${(await readBody(request)).length}`;
  }
  @Post('late') async late(@Req() request: IncomingMessage): Promise<string> {
    await Gate.passed;
    return `read ${(await readBody(request)).length}`;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await request.toArray());
}

async function start(handshakeMs = HANDSHAKE_MS): Promise<number> {
  const { port } = await startApp({
    controllers: [Pages],
    http: true,
    options: { limits: { handshakeMs } },
  });
  return port;
}

/** Waits as long as the server lets a peer owe it bytes, by the server's own clock. */
async function deadlinePassed(port: number): Promise<void> {
  const silent = await RawClient.open(port);
  await silent.closed;
}

async function answered(client: RawClient, text: string): Promise<void> {
  await until(() => Buffer.concat(client.chunks).includes(text));
  client.chunks.length = 0;
}

/** Writes a byte now and then until the connection is closed. */
async function dripUntilClosed(client: RawClient): Promise<void> {
  const drip = setInterval(() => client.socket.write('x'), HANDSHAKE_MS / 8);
  await client.closed;
  clearInterval(drip);
}

/** A connection that was used for a plain request, and the agent that keeps it. */
async function usedConnection(port: number): Promise<{ readonly agent: Agent; readonly socket: Socket }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const freed = once(agent, 'free');
  const asked = get({ port, path: '/hello', host: '127.0.0.1', agent });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const { socket } = response;
  await response.toArray();
  await freed;
  return { agent, socket };
}

describe('limits.handshakeMs ends an HTTP connection whose bytes drip in', () => {
  it('in the head of its second request', async () => {
    const client = await RawClient.open(await start());
    client.send(Buffer.from(GET_HELLO));
    await answered(client, 'hello');
    client.send(Buffer.from('GET /hello HTTP/1.1\r\nX-Drip: '));
    await dripUntilClosed(client);
  });

  it.each([
    ['that the application reads', '/upload'],
    ['that the application has answered already', '/nowhere'],
  ])('in a body %s', async (_name, path) => {
    const client = await RawClient.open(await start());
    client.send(Buffer.from(postHead(path, 1_000_000)));
    await dripUntilClosed(client);
  });

  it('in the body of its second request', async () => {
    const client = await RawClient.open(await start());
    client.send(Buffer.from(postHead('/upload', 3) + 'abc'));
    await answered(client, 'read 3');
    client.send(Buffer.from(postHead('/upload', 1_000_000)));
    await dripUntilClosed(client);
  });
});

describe('limits.handshakeMs does not end an HTTP connection', () => {
  beforeEach(() => Gate.close());

  it('that waits for an answer', async () => {
    const port = await start();
    const client = await RawClient.open(port);
    client.send(Buffer.from('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n'));
    await deadlinePassed(port);
    await deadlinePassed(port);
    Gate.open();
    await answered(client, 'slow');
  });

  it('that rests between two requests', async () => {
    const port = await start();
    const client = await RawClient.open(port);
    for (let round = 0; round < 3; round += 1) {
      client.send(Buffer.from(GET_HELLO));
      await answered(client, 'hello');
      client.send(Buffer.from(postHead('/upload', 3) + 'abc'));
      await answered(client, 'read 3');
      await deadlinePassed(port);
    }
  });

  it('whose body the application reads late', async () => {
    const port = await start();
    const client = await RawClient.open(port);
    client.send(Buffer.from(postHead('/late', 4_000_000)), Buffer.alloc(4_000_000));
    await deadlinePassed(port);
    await deadlinePassed(port);
    Gate.open();
    await answered(client, 'read 4000000');
  });

  it('that is always in the middle of some request', async () => {
    const port = await start();
    const client = await RawClient.open(port);
    client.send(Buffer.from(postHead('/upload', 3) + 'ab'));
    for (let round = 0; round < 2; round += 1) {
      const { socket: silent } = await RawClient.open(port);
      while (!silent.destroyed) {
        client.send(Buffer.from('c' + postHead('/upload', 3) + 'ab'));
        await answered(client, 'read 3');
      }
    }
    client.send(Buffer.from('c'));
    await answered(client, 'read 3');
  });
});

describe('a WebSocket on a connection that was used for HTTP before', () => {
  it('is accepted, however long ago the connection was made', async () => {
    const port = await start();
    const { agent, socket: used } = await usedConnection(port);
    await deadlinePassed(port);
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { agent });
    const opened = once(socket, 'open');
    const [response] = (await once(socket, 'upgrade')) as [IncomingMessage];
    await opened;
    socket.send(handshake({ sys: POMELO_SYS }));
    const [reply] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(reply.subarray(4).toString())).toMatchObject({ code: 200 });
    expect(response.socket).toBe(used);
    socket.terminate();
    agent.destroy();
  });

  it('has limits.handshakeMs from its upgrade on', async () => {
    const handshakeMs = 300;
    const port = await start(handshakeMs);
    const { agent } = await usedConnection(port);
    await deadlinePassed(port);
    const ends: unknown[] = [];
    const silent = deadlinePassed(port).then(() => ends.push('silent'));
    await new Promise((resolve) => setTimeout(resolve, handshakeMs / 2));
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { agent });
    const [code] = (await once(socket, 'close')) as [number];
    ends.push(code);
    await silent;
    expect(ends).toEqual(['silent', 4408]);
    agent.destroy();
  });
});
