import { Body } from '@nestjs/common';
import { ERROR_TABLE, Handler, memory, ServerRegistry, type PomeloModuleOptions } from 'nestjs-pomelo';
import {
  HANDSHAKE_ACK_PACKAGE,
  MessageType,
  encodeMessage,
  encodePackage,
  PackageType,
} from 'nestjs-pomelo-protocol';
import { refusalOf, startApp } from './support/pomelo-app.js';
import { handshake, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

const OVERLOAD = { maxLagMs: 20 };
/** What takes longer than that. */
const SPIN_MS = 30;
const BURST = 20;

/** Holds up the event loop, as work does. */
function spin(ms: number): void {
  const endsAt = performance.now() + ms;
  while (performance.now() < endsAt);
}

function busyHandler(type: string) {
  @Handler(`${type}.desk`)
  class Busy {
    readonly done: unknown[] = [];

    @Handler() work(@Body('n') n: unknown): unknown {
      spin(SPIN_MS);
      this.done.push(n);
      return { n };
    }
    @Handler('save', { essential: true }) save(@Body('n') n: unknown): unknown {
      return { n };
    }
  }
  return Busy;
}

async function startBusy(options: PomeloModuleOptions = { overload: OVERLOAD }) {
  const handler = busyHandler('t');
  const running = await startApp({ providers: [handler], options });
  return { ...running, done: running.app.get(handler).done };
}

/** Sends so many requests in one piece, and gives their answers. */
async function burst(client: RawClient, route: string, count = BURST): Promise<unknown[]> {
  client.send(...Array.from({ length: count }, (_none, index) => request(index + 1, route, { n: index })));
  const answers: unknown[] = [];
  while (answers.length < count) answers.push(readMessage(await client.packages.take()).json);
  return answers;
}

function isRefused(answer: unknown): boolean {
  return (answer as { code?: number }).code === 429;
}

/** Sends bursts until something is refused; a first one is always done, because nobody knows before what it costs. */
async function overload(client: RawClient, route = 't.desk.work'): Promise<unknown[]> {
  for (;;) {
    const answers = await burst(client, route);
    if (answers.some(isRefused)) return answers;
  }
}

function notify(route: string, body: unknown): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(body));
  return encodePackage(PackageType.Data, encodeMessage({ type: MessageType.Notify, route }, bytes));
}

describe('a server that has too much to do', () => {
  it('refuses a part with 429 and a reason, at once, and does the rest', async () => {
    const { port } = await startBusy();
    const rejects = rejectsDuring('message');
    const answers = await overload(await RawClient.ready(port));
    const refused = answers.filter(isRefused);
    expect(new Set(refused.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ reason: 'overloaded', code: 429, msg: ERROR_TABLE.OVERLOADED.text })]),
    );
    expect(refused.length).toBeLessThan(BURST);
    expect(rejects()).toEqual(
      refused.map(() => ({ layer: 'message', reason: 'overloaded', transport: 'tcp' })),
    );
  });

  it('does what is essential all the same', async () => {
    const { port } = await startBusy();
    const client = await RawClient.ready(port);
    await overload(client);
    const work = Array.from({ length: BURST }, (_none, index) => request(index + 1, 't.desk.work'));
    client.send(...work, request(BURST + 1, 't.desk.save', { n: 'saved' }));
    const answers: unknown[] = [];
    while (answers.length <= BURST) answers.push(readMessage(await client.packages.take()).json);
    expect(answers.filter(isRefused)).not.toEqual([]);
    expect(answers.at(-1)).toEqual({ n: 'saved' });
  });

  it('drops notifies, and counts them', async () => {
    const { port, done } = await startBusy();
    const client = await RawClient.ready(port);
    await overload(client);
    const rejects = rejectsDuring('message');
    done.length = 0;
    client.send(...Array.from({ length: BURST }, (_none, index) => notify('t.desk.work', { n: index })));
    client.send(request(1, 't.desk.save', {}));
    expect(readMessage(await client.packages.take()).head.id).toBe(1);
    expect(rejects().length).toBeGreaterThan(0);
    expect(rejects().length + done.length).toBe(BURST);
  });

  it('lets nobody new in, says why, and stays ready for those it has; later everybody is welcome', async () => {
    const { port, connect } = await startBusy();
    const old = await RawClient.ready(port);
    await overload(old);
    const rejects = rejectsDuring('handshake');
    const newcomer = await RawClient.open(port);
    newcomer.send(handshake({ sys: {} }));
    expect((await newcomer.packages.take())?.json).toEqual({ code: 429 });
    await newcomer.closed;
    expect(rejects().map(({ reason }) => reason)).toContain('overloaded');
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    let welcome = false;
    while (!welcome) {
      const again = await RawClient.open(port);
      again.send(handshake({ sys: {} }), HANDSHAKE_ACK_PACKAGE);
      welcome = JSON.stringify((await again.packages.take())?.json).includes('200');
    }
    expect((await burst(await RawClient.ready(port), 't.desk.save', 5)).some(isRefused)).toBe(false);
    await connect();
  });

  it('refuses also what comes from the clients of other servers', async () => {
    const cluster = memory();
    const handler = busyHandler('chat');
    const serve = (id: string, types: readonly string[], options: PomeloModuleOptions) =>
      startApp({ providers: [handler], options: { cluster, server: { id, types }, ...options } });
    const backend = await serve('chat-1', ['chat'], { connectors: [], overload: OVERLOAD });
    const { app, port, log } = await serve('connector-1', ['connector'], {});
    await until(() => app.get(ServerRegistry).byType('chat').length === 1);
    const client = await RawClient.ready(port);
    const answers = await overload(client, 'chat.desk.work');
    expect(answers.filter(isRefused)[0]).toEqual({
      reason: 'overloaded',
      code: 429,
      msg: ERROR_TABLE.OVERLOADED.text,
    });
    const rejects = rejectsDuring('message');
    client.send(...Array.from({ length: BURST }, () => notify('chat.desk.work', {})));
    await burst(client, 'chat.desk.save', 1);
    expect(rejects().length).toBeGreaterThan(0);
    // What is refused on purpose must not cost a line each, at that moment.
    for (const lines of [backend.log, log]) expect(lines.matching('error')).toEqual([]);
  });
});

describe('the option overload', () => {
  it.each([{}, { overload: false }] as const)('is off by default: %j', async (options) => {
    const { port } = await startBusy(options);
    const client = await RawClient.ready(port);
    for (let round = 0; round < 3; round += 1)
      expect((await burst(client, 't.desk.work', 5)).some(isRefused)).toBe(false);
  });

  it.each<[object | string, string]>([
    ['always', 'overload is "always", but it must be an object'],
    [{ maxLag: 70 }, 'overload.maxLag is 70, but it must be absent'],
    [{ maxLagMs: 1 }, 'overload.maxLagMs is 1, but it must be a whole number from 2 to 60000'],
    [{ calmLagMs: 70 }, 'overload.calmLagMs is 70, but it must be less than overload.maxLagMs, which is 70'],
  ])('stops the start when it is wrong: %j', async (given, sentence) => {
    const options = { overload: given } as PomeloModuleOptions;
    expect(await refusalOf(() => startApp({ options }))).toContain(sentence);
  });
});
