import { Handler, type HybridOptions } from 'nestjs-pomelo';
import { encodeMessage, encodePackage, MessageType, PackageType } from 'nestjs-pomelo-protocol';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, PITAYA_SYS, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { BYTES, rsaOf, signatureOf, signed } from './support/signatures.js';
import { readVectors } from './support/vectors.js';

/** The key of the recording: what its signatures have in common. */
const RECORDED_MODULUS =
  'c7a59cc8b23859911c5418c8c550c76cbcca85e3ec1e8d68258918dc921fb56f1c2d5811c4bb6db0ecdacce27b4b4342' +
  'fea43c4f5de9aabcfde26a43d03337401e9a2a41c0129f41c2a0e591e42a296e576aae3a9795baac8168542993f1545e' +
  '635444aaa6c964c399ad6959c024571b478da2a7dd486e77933ce3067065aa61';

interface Recorded {
  readonly name: string;
  readonly handshake: string;
  readonly body: object;
  readonly answered: readonly { readonly id: number; readonly body: unknown }[];
}

const recorded = (readVectors('pomelo') as { live: { crypto: Recorded[] } }).live.crypto;
/** What Pomelo lets in and never answers; here they get no further than the handshake. */
const WITHOUT_KEY = new Map<string, unknown>([
  [
    'rsa_e as hex string "10001" (what the JS client sends is rsa.e)',
    { rsa_n: RECORDED_MODULUS, rsa_e: '10001' },
  ],
  ['rsa {} in handshake', {}],
  ['rsa missing in handshake', undefined],
]);

const REFUSED = { code: 401, msg: 'The signature of the message is missing or wrong.' };

@Handler('t.desk')
class Desk {
  readonly seen: unknown[] = [];
  @Handler() echo(_session: unknown, body: unknown): unknown {
    this.seen.push(body);
    return body;
  }
}

function start(options: Partial<HybridOptions> = {}): Promise<RunningApp> {
  return startApp({ providers: [Desk], hybrid: { useCrypto: true, ...options } });
}

/** What the server says to a handshake with this key. */
async function answerTo(port: number, rsa: unknown): Promise<unknown> {
  const client = await RawClient.open(port);
  client.send(handshake({ sys: { ...POMELO_SYS, rsa } }));
  return (await client.packages.take())?.json;
}

/** A client with a key of its own. */
async function withKey(port: number): Promise<{ client: RawClient; privateKey: KeyObject }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return { client: await RawClient.ready(port, { ...POMELO_SYS, rsa: rsaOf(publicKey) }), privateKey };
}

describe('useCrypto, as Pomelo 2.2.7 was recorded', () => {
  it('is tested with every recording', () => {
    expect(recorded).toHaveLength(10);
  });

  it.each(recorded.filter(({ name }) => !WITHOUT_KEY.has(name)))(
    'answers what Pomelo answered, and refuses what it dropped: $name',
    async ({ body, answered, handshake: welcome }) => {
      const { port } = await start();
      const rejects = rejectsDuring();
      const client = await RawClient.open(port);
      client.send(handshake({ sys: { rsa: { rsa_n: RECORDED_MODULUS, rsa_e: 65_537 } } }));
      expect((await client.packages.take())?.json).toEqual(JSON.parse(welcome));
      client.send(Buffer.from('02000000', 'hex'), request(1, 't.desk.echo', body));
      expect(readMessage(await client.packages.take())).toMatchObject({
        head: { id: 1 },
        json: answered[0]?.body ?? REFUSED,
      });
      const expected =
        answered.length > 0 ? [] : [{ layer: 'message', reason: 'bad_signature', transport: 'tcp' }];
      expect(rejects()).toEqual(expected);
    },
  );

  it.each([...WITHOUT_KEY])(
    'refuses the handshake, where Pomelo dropped every message: %s',
    async (_name, rsa) => {
      const { port } = await start();
      const rejects = rejectsDuring();
      expect(await answerTo(port, rsa)).toEqual({ code: 500 });
      expect(rejects()).toMatchObject([{ layer: 'handshake', reason: 'bad_handshake' }]);
    },
  );
});

describe('the key of a handshake', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 512 });
  const { rsa_n: modulus } = rsaOf(publicKey) as { rsa_n: string };

  it.each<[string, unknown]>([
    ['has 504 bits', { rsa_n: modulus.slice(2), rsa_e: 65_537 }],
    ['has more than 4096 bits', { rsa_n: 'f'.repeat(1028), rsa_e: 65_537 }],
    ['fills the handshake', { rsa_n: 'f'.repeat(16_000), rsa_e: 65_537 }],
    ['is not hexadecimal', { rsa_n: `g${modulus.slice(1)}`, rsa_e: 65_537 }],
    ['has no modulus', { rsa_e: 65_537 }],
    ['has no exponent', { rsa_n: modulus }],
    ['has an even exponent', { rsa_n: modulus, rsa_e: 65_536 }],
    ['has the exponent 1', { rsa_n: modulus, rsa_e: 1 }],
    ['has an exponent that makes verifying dear', { rsa_n: modulus, rsa_e: 2 ** 40 + 1 }],
    ['is a list', [modulus, 65_537]],
    ['is null', null],
  ])('refuses a client whose key %s', async (_name, rsa) => {
    expect(await answerTo((await start()).port, rsa)).toEqual({ code: 500 });
  });

  it('may have 4096 bits', async () => {
    const rsa = { rsa_n: 'f'.repeat(1024), rsa_e: 65_537 };
    expect(await answerTo((await start()).port, rsa)).toEqual({ code: 200, sys: {} });
  });

  it.each([512, 2048])('may have %s bits', async (modulusLength) => {
    const pair = generateKeyPairSync('rsa', { modulusLength });
    const { port } = await start();
    const client = await RawClient.ready(port, { rsa: rsaOf(pair.publicKey) });
    client.send(request(1, 't.desk.echo', signed({ a: 1 }, pair.privateKey)));
    expect(readMessage(await client.packages.take()).json).toEqual({ a: 1 });
  });

  it('refuses clients of the pitaya family, which have none', async () => {
    const client = await RawClient.open((await start()).port);
    client.send(handshake({ sys: PITAYA_SYS }));
    expect((await client.rest()).map(({ json }) => json)).toEqual([{ code: 500 }]);
  });

  it('is not asked for without useCrypto', async () => {
    expect(await answerTo((await start({ useCrypto: false })).port, {})).toEqual({ code: 200, sys: {} });
  });
});

describe('a signed message', () => {
  it.each([
    ['你好', 'twice', true],
    ['你好', 'plainly', false],
    ['\u4e00 and \u9fa5', 'twice', true],
    ['\u4dff and \u9fa6', 'plainly', true],
    ['\u4dff and \u9fa6', 'twice', false],
    ['日本 is in the range, かな is not', 'twice', true],
    ['かな', 'plainly', true],
    ['😀', 'plainly', true],
    ['你好 😀', 'plainly', false],
    ['你好 😀', 'twice', false],
    ['你好 😀', 'halvesTwice', true],
  ] as const)('of %j, encoded %s for its signature, is taken: %s', async (text, encoded, isTaken) => {
    const { port } = await start();
    const { client, privateKey } = await withKey(port);
    client.send(request(1, 't.desk.echo', signed({ text }, privateKey, BYTES[encoded])));
    expect(readMessage(await client.packages.take()).json).toEqual(isTaken ? { text } : REFUSED);
  });

  it.each<[string, (body: Record<string, unknown>) => unknown]>([
    ['altered', (body) => ({ ...body, gold: 1_000 })],
    ['put in another order', ({ name, gold, __crypto__ }) => ({ gold, name, __crypto__ })],
    ['without its signature', ({ name, gold }) => ({ name, gold })],
    ['with a signature that is no text', (body) => ({ ...body, __crypto__: [1] })],
    [
      'with a signature that is too long',
      (body) => ({ ...body, __crypto__: `${String(body['__crypto__'])}00` }),
    ],
    ['as a list', (body) => [body]],
    ['as a text', (body) => JSON.stringify(body)],
    ['as nothing', () => null],
  ])('is refused when it comes %s', async (_name, alter) => {
    const { port } = await start();
    const { client, privateKey } = await withKey(port);
    const body = signed({ name: 'ann', gold: 1 }, privateKey);
    client.send(request(1, 't.desk.echo', alter(body as Record<string, unknown>)));
    expect(readMessage(await client.packages.take()).json).toEqual(REFUSED);
    client.send(request(2, 't.desk.echo', body));
    expect(readMessage(await client.packages.take()).json).toEqual({ name: 'ann', gold: 1 });
  });

  it('of another client is refused', async () => {
    const { port } = await start();
    const [ann, bob] = [await withKey(port), await withKey(port)];
    bob.client.send(request(1, 't.desk.echo', signed({ a: 1 }, ann.privateKey)));
    expect(readMessage(await bob.client.packages.take()).json).toEqual(REFUSED);
  });

  it('that is a notify with a wrong signature reaches no handler and is counted', async () => {
    const { port, app } = await start();
    const { client, privateKey } = await withKey(port);
    const rejects = rejectsDuring();
    const notify = encodeMessage({ type: MessageType.Notify, route: 't.desk.echo' }, Buffer.from('{"a":1}'));
    client.send(
      encodePackage(PackageType.Data, notify),
      request(1, 't.desk.echo', signed({ b: 2 }, privateKey)),
    );
    await client.packages.take();
    expect(app.get(Desk).seen).toEqual([{ b: 2 }]);
    expect(rejects()).toEqual([{ layer: 'message', reason: 'bad_signature', transport: 'tcp' }]);
  });

  it('may lack the zeros in front of its signature', async () => {
    const { port } = await start();
    const { client, privateKey } = await withKey(port);
    let n = 0;
    let signature = signatureOf({ n }, privateKey);
    while (!signature.startsWith('0')) signature = signatureOf({ n: (n += 1) }, privateKey);
    client.send(request(1, 't.desk.echo', { n, __crypto__: signature.replace(/^0+/, '') }));
    expect(readMessage(await client.packages.take()).json).toEqual({ n });
  });

  it('may be read by a schema that has room for the signature, or by a decoder of the application', async () => {
    const schema = { 't.desk.echo': { 'required string text': 1, 'optional string __crypto__': 2 } };
    const withSchema = await start({ protobuf: { client: schema, server: {} } });
    const decoded = await start({
      decode: async (_client, message) => ({
        id: 1,
        route: 't.desk.echo',
        body: JSON.parse(message.toString()) as unknown,
      }),
      encode: (_client, _id, _route, body) => Buffer.from(JSON.stringify(body)),
    });
    const first = await withKey(withSchema.port);
    const signature = signatureOf({ text: 'x' }, first.privateKey);
    const body = Buffer.concat([Buffer.from('0a01781280', 'hex'), Buffer.of(0x02), Buffer.from(signature)]);
    first.client.send(request(1, 't.desk.echo', body));
    expect(readMessage(await first.client.packages.take()).json).toEqual({ text: 'x' });

    const second = await withKey(decoded.port);
    const text = JSON.stringify(signed({ text: 'x' }, second.privateKey));
    second.client.send(encodePackage(PackageType.Data, Buffer.from(text)));
    expect(Buffer.from((await second.client.packages.take())?.bytes ?? []).toString()).toBe('{"text":"x"}');
  });
});
