import { Handler, PomeloAdapter, SessionService } from 'nestjs-pomelo';
import { nextEvent } from './client/next-event.js';
import { RawClient, handshake, request } from './support/raw-client.js';
import { closeAfterTest, startApp, type RunningApp } from './support/pomelo-app.js';
import { PomeloClient } from 'nestjs-pomelo-client';

@Handler('t.slow')
class SlowHandler {
  private readonly waiting: ((answer: string) => void)[] = [];
  started = 0;

  @Handler() wait(): Promise<string> {
    this.started += 1;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  finish(answer: string): void {
    for (const resolve of this.waiting.splice(0)) resolve(answer);
  }
}

async function start(drainMs = 20_000): Promise<RunningApp & { slow: SlowHandler }> {
  const running = await startApp({ providers: [SlowHandler], options: { limits: { drainMs } } });
  return { ...running, slow: running.app.get(SlowHandler) };
}

async function connectAnew(port: number): Promise<PomeloClient> {
  return closeAfterTest(await PomeloClient.connect(`tcp://127.0.0.1:${port}`, { reconnect: false }));
}

describe('a server that stops', () => {
  it('answers the requests in flight before it sends their clients away', async () => {
    const { port, slow, close } = await start();
    const client = await connectAnew(port);
    const answers = Promise.all([client.request('t.slow.wait'), client.request('t.slow.wait')]);
    const kicked = nextEvent(client, 'kick');
    while (slow.started < 2) await new Promise(setImmediate);
    const closed = close();
    await new Promise(setImmediate);
    slow.finish('saved');
    expect(await answers).toEqual(['saved', 'saved']);
    expect(await kicked).toMatchObject({ reason: 'stopping', body: { code: 4503 } });
    await closed;
  });

  it('begins nothing new: what comes meanwhile is not executed, and nobody new gets in', async () => {
    const { app, port, slow, close } = await start();
    const client = await connectAnew(port);
    const answer = client.request('t.slow.wait');
    while (slow.started < 1) await new Promise(setImmediate);
    const closed = close();
    while (app.get(PomeloAdapter).isReady()) await new Promise(setImmediate);
    const late = client.request('t.slow.wait').catch((error: unknown) => error);
    const newcomer = await RawClient.open(port);
    newcomer.send(handshake({ sys: {} }), request(1, 't.slow.wait'));
    await newcomer.closed;
    slow.finish('saved');
    expect(await answer).toBe('saved');
    expect(await late).toMatchObject({ code: 'CLOSED' });
    await closed;
    expect(slow.started).toBe(1);
  });

  it('sends idle clients away at once, and does not wait for clients that leave by themselves', async () => {
    const { app, port, slow, close } = await start();
    const [idle, busy] = [await connectAnew(port), await connectAnew(port)];
    const lost = busy.request('t.slow.wait').catch((error: unknown) => error);
    while (slow.started < 1) await new Promise(setImmediate);
    const kicked = nextEvent(idle, 'kick');
    const closed = close();
    await kicked;
    await busy.close();
    await closed;
    expect(await lost).toMatchObject({ code: 'CLOSED' });
    expect(app.get(SessionService).getSessionsCount()).toBe(0);
  });

  it('waits no longer than limits.drainMs', async () => {
    const { port, slow, close } = await start(100);
    const client = await connectAnew(port);
    const lost = client.request('t.slow.wait').catch((error: unknown) => error);
    while (slow.started < 1) await new Promise(setImmediate);
    await close();
    expect(await lost).toMatchObject({ code: 'CLOSED' });
  });
});
