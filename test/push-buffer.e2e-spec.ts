import { ChannelService, Handler, OnSessionClosed, type PomeloLimits, type Session } from 'nestjs-pomelo';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { RawClient, readMessage, request } from './support/raw-client.js';
import { until } from './support/until.js';

const FILLER = 'x'.repeat(60_000);
const NEVER_MS = 60_000;

@Handler('t.buffer')
class Buffers {
  readonly closings: string[] = [];
  answered = 0;
  @Handler() small(): void {}
  @Handler() now(): string {
    this.answered += 1;
    return FILLER;
  }
  @Handler() async later(): Promise<string> {
    await new Promise(setImmediate);
    return this.now();
  }
  @OnSessionClosed() closed(_session: Session, reason: string): void {
    this.closings.push(reason);
  }
}

interface Fixture extends RunningApp {
  readonly buffers: Buffers;
  readonly channels: ChannelService;
}

async function start(flushIntervalMs: number, limits: Partial<PomeloLimits> = {}): Promise<Fixture> {
  const running = await startApp({
    providers: [Buffers],
    options: { push: { scheduler: 'buffered', flushIntervalMs }, limits },
  });
  return { ...running, buffers: running.app.get(Buffers), channels: running.app.get(ChannelService) };
}

/** Takes so many answers, which must come in the order of their ids. */
async function takeAnswers(client: RawClient, firstId: number, count: number): Promise<void> {
  for (let id = firstId; id < firstId + count; id += 1) {
    expect(readMessage(await client.packages.take()).head.id).toBe(id);
    client.chunks.length = 0;
  }
}

describe('what the buffered scheduler holds for one client', () => {
  it('is sent early, in order, when it reaches limits.writeBufferSoftBytes', async () => {
    const { channels, port } = await start(NEVER_MS, { writeBufferSoftBytes: 200_000 });
    const client = await RawClient.ready(port);
    for (let count = 0; count < 8; count += 1) await channels.broadcastHere(`on${count}`, FILLER);
    for (let count = 0; count < 8; count += 1)
      expect(readMessage(await client.packages.take()).head.route).toBe(`on${count}`);
  });

  it('still waits for the interval below that', async () => {
    const { channels, port, connect } = await start(NEVER_MS);
    const client = await RawClient.ready(port);
    for (let count = 0; count < 4; count += 1) await channels.broadcastHere('onNews', FILLER);
    client.chunks.length = 0;
    await (await connect()).close();
    expect(client.chunks).toEqual([]);
  });

  it('counts towards limits.writeBufferHardBytes of a client that does not read', async () => {
    const { channels, buffers, port } = await start(NEVER_MS, { writeBufferHardBytes: 2 * 1024 * 1024 });
    const client = await RawClient.ready(port);
    client.socket.pause();
    while (buffers.closings.length === 0) {
      await channels.broadcastHere('onNews', FILLER);
      await new Promise(setImmediate);
    }
    expect(buffers.closings).toEqual(['slow_consumer']);
    client.socket.resume();
    await client.closed;
  });
});

describe('with the buffered scheduler, thousands of requests in one go', () => {
  const total = 3_000;
  const limits = { messageBurst: total };
  const requests = (route: string): Uint8Array[] =>
    Array.from({ length: total }, (_unused, index) => request(index + 1, route));

  it.each(['t.buffer.now', 't.buffer.later'])('are all answered when the client reads: %s', async (route) => {
    const { buffers, port } = await start(20, limits);
    const client = await RawClient.ready(port);
    client.send(...requests(route));
    await takeAnswers(client, 1, total);
    expect(buffers.closings).toEqual([]);
  });

  it('wait while the client does not read, and are answered when it reads on', async () => {
    const { buffers, port, connect } = await start(5, limits);
    const client = await RawClient.ready(port);
    client.socket.pause();
    client.send(...requests('t.buffer.now'));
    await until(() => buffers.answered > 20);
    const bystander = await connect();
    for (let round = 0; round < 20; round += 1) await bystander.request('t.buffer.small');
    expect(buffers.answered).toBeLessThan(total / 2);
    client.socket.resume();
    await takeAnswers(client, 1, total);
    expect(buffers.closings).toEqual([]);
  });
});
