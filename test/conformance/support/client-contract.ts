import { startCluster, startServer } from './conformance-server.js';
import type { Connect, ForeignClient } from './foreign-client.js';

/** What a server may offer, in every combination. */
const VARIANTS = [
  { name: 'plain', dictionary: false, protobuf: false },
  { name: 'with a dictionary', dictionary: true, protobuf: false },
  { name: 'with protobuf', dictionary: false, protobuf: true },
  { name: 'with a dictionary and protobuf', dictionary: true, protobuf: true },
] as const;

/** The same, and a server for clients which hands their messages on to another one. */
const STAGES = [
  ...VARIANTS.map((variant) => ({ ...variant, handler: 'connector.echoHandler', startOn: startServer })),
  {
    name: 'in a cluster',
    dictionary: true,
    protobuf: true,
    handler: 'chat.echoHandler',
    startOn: startCluster,
  },
];

/** Heartbeats of a second each that an idle connection must survive, the first one at once. */
const HEARTBEATS = 4;
const USER = { token: 't-1', name: '你好', list: [1, { a: null }] };
const ECHO = 'connector.echoHandler';

/** What differs between foreign clients. */
export interface ContractOptions {
  /** A body for the recorded schema that the client's own encoder can write. */
  readonly schemaBody: Readonly<Record<string, unknown>>;
}

/** What every unmodified client must be able to do with this server. */
export function describeClient(name: string, connect: Connect, { schemaBody }: ContractOptions): void {
  const open: ForeignClient[] = [];
  const connectTo = async (port: number, user: unknown = USER): Promise<ForeignClient> => {
    const client = await connect(port, user);
    open.push(client);
    return client;
  };
  afterEach(() => {
    for (const client of open.splice(0)) client.disconnect();
  });

  describe.each(STAGES)(`${name}, server $name`, ({ dictionary, protobuf, handler, startOn }) => {
    const start = () => startOn({ dictionary, protobuf });

    it('shakes hands and carries user data both ways', async () => {
      const { port } = await start();
      expect((await connectTo(port)).user).toEqual({ echo: USER });
    });

    it('gets the answer of each request, also when many are on the way', async () => {
      const client = await connectTo((await start()).port);
      const bodies = Array.from({ length: 100 }, (_, index) => ({ index, text: '全体 é' }));
      // Twice, because some clients begin again with id 1 after 127.
      for (let round = 0; round < 2; round += 1) {
        const answers = await Promise.all(bodies.map((body) => client.request(`${handler}.echo`, body)));
        expect(answers).toEqual(bodies);
      }
      expect(await client.request(`${handler}.ping`, {})).toEqual({ code: 200 });
    });

    it('gets an answer for whatever goes wrong, and goes on', async () => {
      const client = await connectTo((await start()).port);
      for (const route of ['error', 'throwSync', 'throwAsync', 'bigint', 'cycle']) {
        expect(await client.request(`${handler}.${route}`, {})).toMatchObject({ code: 500 });
      }
      expect(await client.request(`${handler}.nobody`, {})).toMatchObject({ code: 404 });
      expect(await client.request(`${handler}.ping`, {})).toEqual({ code: 200 });
    });

    it('carries emoji both ways, whatever way it spells them', async () => {
      const client = await connectTo((await start()).port, '🎮');
      expect(client.user).toEqual({ echo: '🎮' });
      const body = { '🔑': '大😀', last: '😀' };
      expect(await client.request(`${handler}.echo`, body)).toEqual(body);
    });

    it('sends notifies: everybody in the channel hears them, the sender too', async () => {
      const { port } = await start();
      const [sender, other] = [await connectTo(port), await connectTo(port)];
      const route = protobuf ? 'onChat' : 'onBroadcast';
      const heard = [sender.listen(route), other.listen(route)];
      for (const client of [sender, other]) await client.request('connector.entryHandler.join', {});
      sender.notify(`${handler}.note`, {});
      sender.notify('connector.entryHandler.bcast', { from: 'x', msg: '大家好' });
      for (const next of heard) expect(await next()).toEqual({ from: 'x', msg: '大家好' });
    });

    it('gets pushes in order, those with a schema and those without', async () => {
      const client = await connectTo((await start()).port);
      for (const route of ['onPush', 'onChat', 'onSomethingElse']) {
        const next = client.listen(route);
        expect(await client.request(`${handler}.pushMe`, { n: 3, route })).toEqual({ code: 200, n: 3 });
        for (const seq of [0, 1, 2]) expect(await next()).toEqual({ seq, data: 'xxxxxxxx' });
      }
      const coded = dictionary ? 7 : 6;
      expect(client.log.pushFlags()).toEqual([coded, coded, coded, coded, coded, coded, 6, 6, 6]);
    });

    it('sends and reads bodies of the schemas', async () => {
      const client = await connectTo((await start()).port);
      expect(await client.request(`${handler}.proto`, schemaBody)).toEqual(schemaBody);
      expect(await client.request(`${handler}.protoIn`, schemaBody)).toEqual(schemaBody);
    });

    it('hears why it is kicked, then the connection ends', async () => {
      const server = await start();
      const client = await connectTo(server.port);
      const ended = server.nextEnd();
      void client.request(`${handler}.kickMe`, { reason: '再见' });
      expect(await client.kicked).toEqual({ reason: '再见' });
      await client.closed;
      expect(await ended).toBe('再见');
    });

    it('disconnects, and the server forgets it', async () => {
      const server = await start();
      const client = await connectTo(server.port);
      await client.request(`${handler}.enter`, { uid: 'u1' });
      expect(server.sessions.getByUid('u1')).toHaveLength(1);
      const ended = server.nextEnd();
      client.disconnect();
      expect(await ended).toBe('peer_closed');
      expect([server.sessions.getByUid('u1'), server.sessions.getSessionsCount()]).toEqual([[], 0]);
    });
  });

  it(`${name} reads what a server sends that collects its messages`, async () => {
    const client = await connectTo((await startServer({ buffer: 20, protobuf: true })).port);
    const next = client.listen('onPush');
    expect(await client.request(`${ECHO}.pushMe`, { n: 3 })).toEqual({ code: 200, n: 3 });
    for (const seq of [0, 1, 2]) expect(await next()).toEqual({ seq, data: 'xxxxxxxx' });
  });

  it(`${name} stays connected while it is idle`, async () => {
    const idle = VARIANTS.map(async ({ dictionary, protobuf }) => {
      const { port } = await startServer({ heartbeat: 1, dictionary, protobuf });
      const client = await connectTo(port);
      await client.log.heartbeats(HEARTBEATS);
      return client.request(`${ECHO}.ping`, {});
    });
    expect(await Promise.all(idle)).toEqual(VARIANTS.map(() => ({ code: 200 })));
  });
}

/** A body that uses every type of the recorded schema; for encoders without gaps. */
export const EVERY_TYPE = {
  u: 300,
  s: -5,
  i: 7,
  f: 1.5,
  d: 2.25,
  str: '你好',
  item: { id: 1, name: 'n' },
  us: [1, 2, 300],
  items: [{ id: 9 }, { id: 10, name: 'x' }],
  strs: ['a', 'bc'],
};
