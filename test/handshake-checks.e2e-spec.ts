import { Handler, type HybridOptions } from 'nestjs-pomelo';
import { PomeloClientError } from 'nestjs-pomelo-client';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, PITAYA_SYS, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

@Handler('t.desk')
class Desk {
  @Handler() echo(_session: unknown, body: unknown): unknown {
    return body;
  }
}

function start(options: Partial<HybridOptions>): Promise<RunningApp> {
  return startApp({ providers: [Desk], hybrid: options });
}

/** What a client is told that shakes hands, and nothing after it. */
async function answerTo(port: number, sys: object = POMELO_SYS, user?: unknown): Promise<unknown> {
  const client = await RawClient.open(port);
  client.send(handshake({ sys, user }));
  return (await client.packages.take())?.json;
}

const WELCOME = { code: 200, sys: {} };

describe('checkClient', () => {
  it.each<[string, NonNullable<HybridOptions['checkClient']>, unknown]>([
    ['true', () => true, WELCOME],
    ['false', () => false, { code: 501 }],
    ['a promise of true', async () => true, WELCOME],
    ['a promise of false', async () => false, { code: 501 }],
    ['a promise that rejects', () => Promise.reject(new Error('no list')), { code: 501 }],
  ])('that gives %s answers with its code', async (_name, checkClient, answer) => {
    const { port } = await start({ checkClient });
    expect(await answerTo(port)).toEqual(answer);
  });

  it('may take its time: what the client sends meanwhile waits', async () => {
    let decide: (served: boolean) => void = () => {};
    let asked: unknown;
    const { port } = await start({
      checkClient: (type, version) => {
        asked = [type, version];
        return new Promise((resolve) => (decide = resolve));
      },
    });
    const client = await RawClient.open(port);
    client.send(handshake({ sys: POMELO_SYS }), HANDSHAKE_ACK_PACKAGE, request(1, 't.desk.echo', [7]));
    await until(() => asked !== undefined);
    expect(asked).toEqual([POMELO_SYS.type, POMELO_SYS.version]);
    decide(true);
    expect((await client.packages.take())?.json).toEqual(WELCOME);
    expect(readMessage(await client.packages.take()).json).toEqual([7]);
  });

  it('that never decides costs the client its connection after limits.handshakeMs', async () => {
    const { port } = await startApp({
      hybrid: { checkClient: () => new Promise(() => {}) },
      options: { limits: { handshakeMs: 60 } },
    });
    const rejects = rejectsDuring();
    const client = await RawClient.open(port);
    client.send(handshake({ sys: POMELO_SYS }));
    expect((await client.rest()).map(({ json }) => json)).toEqual([{ code: 500 }]);
    expect(rejects()).toMatchObject([{ reason: 'handshake_timeout' }]);
  });
});

describe('handshakeValidators', () => {
  it('see what the client says of itself, one after the other, after checkClient', async () => {
    const seen: unknown[] = [];
    const { port } = await start({
      checkClient: () => seen.push('checkClient') > 0,
      handshakeValidators: {
        first: async ({ sys }) => {
          await new Promise(setImmediate);
          seen.push(sys['clientVersion']);
        },
        second: ({ user }) => void seen.push(user),
      },
    });
    expect(await answerTo(port, PITAYA_SYS, { token: 'x' })).toEqual({
      code: 200,
      sys: { serializer: 'json' },
    });
    expect(seen).toEqual(['checkClient', '1.0', { token: 'x' }]);
  });

  it.each([
    ['gives a sentence', () => 'too old'],
    ['promises one', async () => 'too old'],
    [
      'throws',
      () => {
        throw new Error('too old');
      },
    ],
    ['rejects', () => Promise.reject(new Error('too old'))],
  ])('that %s refuses the client with 400, and the log alone knows why', async (_name, validator) => {
    const { port, log } = await start({ handshakeValidators: { version: validator } });
    const rejects = rejectsDuring();
    expect(await answerTo(port, PITAYA_SYS)).toEqual({ code: 400 });
    expect(await answerTo(port, POMELO_SYS)).toEqual({ code: 400 });
    expect(rejects().map(({ reason }) => reason)).toEqual(['handshake_refused', 'handshake_refused']);
    expect(log.matching('debug', 'Handshake validator "version" refused a client:')[0]).toContain('too old');
  });

  it('are told to the client of this package as a refusal', async () => {
    const { connect: open } = await start({ handshakeValidators: { no: () => 'no' } });
    const error: unknown = await open().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PomeloClientError);
    expect(error).toMatchObject({ code: 'HANDSHAKE_REFUSED', status: 400 });
  });
});
