import { ChannelService, Handler, OnSessionClosed, type PomeloLimits, type Session } from 'nestjs-pomelo';
import { PackageType } from 'nestjs-pomelo-protocol';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { RawClient, readMessage, request } from './support/raw-client.js';
import { until } from './support/until.js';

const FILLER = 'x'.repeat(60_000);
const MEBIBYTE = 1024 * 1024;

@Handler('t.flow')
class Flow {
  readonly closings: string[] = [];
  answered = 0;
  @Handler() large(): string {
    this.answered += 1;
    return FILLER;
  }
  @Handler() small(): void {}
  @OnSessionClosed() closed(_session: Session, reason: string): void {
    this.closings.push(reason);
  }
}

interface Fixture extends RunningApp {
  readonly flow: Flow;
  readonly channels: ChannelService;
  /** A client that has stopped reading for good. */
  readonly deaf: () => Promise<RawClient>;
}

async function start(limits: Partial<PomeloLimits>): Promise<Fixture> {
  const running = await startApp({ providers: [Flow], options: { limits } });
  const deaf = async (): Promise<RawClient> => {
    const client = await RawClient.ready(running.port);
    client.send(request(1, 't.flow.small'));
    await client.packages.take();
    client.socket.pause();
    return client;
  };
  return { ...running, flow: running.app.get(Flow), channels: running.app.get(ChannelService), deaf };
}

describe('a client that does not read', () => {
  it('is not read from either: its requests wait, and memory does not grow', async () => {
    const { deaf, connect, flow } = await start({ writeBufferSoftBytes: MEBIBYTE });
    const client = await deaf();
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    for (let id = 2; id <= 2_000; id += 1) client.send(request(id, 't.flow.large', FILLER));
    const bystander = await connect();
    for (let round = 0; round < 200; round += 1) await bystander.request('t.flow.small');
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before;
    // The requests themselves, 120 MB, wait on the side of the client, which is in this process, too.
    expect(grown - client.socket.writableLength).toBeLessThan(48 * MEBIBYTE);
    expect(flow.answered).toBeLessThan(1_000);
    expect(flow.closings).toEqual([]);
  });

  it('gets everything, in order, when it reads on before its time is over, also if it asked for all at once', async () => {
    const { deaf, flow } = await start({});
    const client = await deaf();
    const total = 300;
    const all = Array.from({ length: total }, (_unused, index) => request(index + 2, 't.flow.large'));
    client.send(...all);
    await until(() => flow.answered > 20);
    client.socket.resume();
    for (let id = 2; id < total + 2; id += 1) {
      expect(readMessage(await client.packages.take()).head.id).toBe(id);
    }
    expect(flow.closings).toEqual([]);
  });

  it('is cut as a slow consumer when more than limits.writeBufferHardBytes wait for it', async () => {
    const { deaf, channels, connect, flow } = await start({ writeBufferHardBytes: 2 * MEBIBYTE });
    const client = await deaf();
    const reader = await connect();
    let received = 0;
    reader.on('onNews', () => (received += 1));
    let sent = 0;
    while (flow.closings.length === 0) {
      await channels.broadcastHere('onNews', FILLER);
      sent += 1;
      await reader.request('t.flow.small');
    }
    expect(flow.closings).toEqual(['slow_consumer']);
    expect(received).toBe(sent);
    client.socket.resume();
    await client.closed;
  });

  it('is cut as a slow consumer when bytes wait longer than limits.writeStallMs', async () => {
    const { deaf, channels, flow } = await start({ writeBufferHardBytes: 64 * MEBIBYTE, writeStallMs: 80 });
    const client = await deaf();
    // 24 MB are more than the kernel takes for a peer that does not read.
    for (let count = 0; count < 400; count += 1) await channels.broadcastHere('onNews', FILLER);
    await until(() => flow.closings.length === 1);
    expect(flow.closings).toEqual(['slow_consumer']);
    client.socket.resume();
    await client.closed;
  });

  it('is not cut for a burst below the hard limit', async () => {
    const { deaf, channels, flow } = await start({ writeBufferHardBytes: 16 * MEBIBYTE });
    const client = await deaf();
    const total = 100;
    for (let count = 0; count < total; count += 1) await channels.broadcastHere('onNews', FILLER);
    client.socket.resume();
    for (let count = 0; count < total; count += 1) {
      expect((await client.packages.take())?.type).toBe(PackageType.Data);
    }
    expect(flow.closings).toEqual([]);
  });
});
