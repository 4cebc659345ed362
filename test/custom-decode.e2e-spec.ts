import type { ClientMessage, HybridOptions } from 'nestjs-pomelo';
import { encodePackage, HANDSHAKE_ACK_PACKAGE, PackageType } from 'nestjs-pomelo-protocol';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { bodyOf, Gates, read, say, startCoded } from './support/coded-app.js';
import { closeAfterTest } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

describe('encode and decode of the application', () => {
  it('replace the message layer', async () => {
    const { client } = await startCoded({});
    client.send(say(1, { a: 1 }));
    expect((await client.packages.take())?.bytes).toEqual(
      new Uint8Array(Buffer.from('{"id":1,"route":"t.desk.echo","body":{"a":1}}')),
    );
  });

  it('decode may drop a message', async () => {
    const { client, desk } = await startCoded({
      decode: (_client, message) => (message.length < 40 ? undefined : read(message)),
    });
    client.send(encodePackage(PackageType.Data, Buffer.from('?')), say(1, 'kept and answered'));
    expect(bodyOf(await client.packages.take())).toBe('kept and answered');
    expect(desk.seen).toEqual(['kept and answered']);
  });
});

describe('an asynchronous decode', () => {
  it('keeps the messages of a session in order: the next one waits for the one before', async () => {
    const gates = new Gates();
    const { client, desk } = await startCoded({
      decode: async (_client, message) => {
        const decoded = read(message);
        await gates.pass(decoded.body);
        return decoded;
      },
    });
    client.send(say(1, 'first'), say(2, 'second'), say(3, 'third'));
    for (const [index, body] of ['first', 'second', 'third'].entries()) {
      await gates.count(index + 1);
      expect([gates.waiting.length, gates.waiting[index]?.what]).toEqual([index + 1, body]);
      expect(desk.seen).toHaveLength(index);
      gates.waiting[index]?.open();
      expect(bodyOf(await client.packages.take())).toBe(body);
    }
  });

  it('keeps them in order over WebSocket, too', async () => {
    const { port, desk } = await startCoded({
      decode: async (_client, message) => {
        const decoded = read(message);
        for (let turns = Number(decoded.body); turns > 0; turns -= 1) await new Promise(setImmediate);
        return decoded;
      },
    });
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    closeAfterTest({ close: async () => socket.terminate() });
    await once(socket, 'open');
    const messages = [
      handshake({ sys: POMELO_SYS }),
      HANDSHAKE_ACK_PACKAGE,
      ...[3, 2, 1, 0].map((n) => say(n + 1, n)),
    ];
    for (const message of messages) socket.send(message);
    await until(() => desk.seen.length === 4);
    expect(desk.seen).toEqual([3, 2, 1, 0]);
  });

  it('may answer some messages at once, in the same order', async () => {
    const { client, desk } = await startCoded({
      decode: (_client, message) => {
        const decoded = read(message);
        return decoded.id === 1 ? new Promise((resolve) => setImmediate(resolve, decoded)) : decoded;
      },
    });
    client.send(say(1, 'slow'), say(2, 'fast'));
    expect(bodyOf(await client.packages.take())).toBe('slow');
    expect(bodyOf(await client.packages.take())).toBe('fast');
    expect(desk.seen).toEqual(['slow', 'fast']);
  });

  it('may drop a message', async () => {
    const { client } = await startCoded({
      decode: async (_client, message) => (read(message).id === 1 ? undefined : read(message)),
    });
    client.send(say(1, 'dropped'), say(2, 'kept'));
    expect(bodyOf(await client.packages.take())).toBe('kept');
  });

  it('does not hold up other clients', async () => {
    const gates = new Gates();
    const { client, port } = await startCoded({
      decode: (_client, message) => {
        const decoded = read(message);
        return decoded.body === 'wait' ? gates.pass('wait').then(() => decoded) : decoded;
      },
    });
    client.send(say(1, 'wait'));
    await gates.count(1);
    const other = await RawClient.ready(port);
    other.send(say(1, 'here'));
    expect(bodyOf(await other.packages.take())).toBe('here');
  });

  it.each<[string, NonNullable<HybridOptions['decode']>]>([
    ['that rejects', () => Promise.reject(new Error('no message'))],
    ['that never settles', () => new Promise(() => {})],
    ['that gives no message', async () => ({ route: 7 }) as unknown as ClientMessage],
  ])('%s costs that client its connection, and no other', async (_name, refuse) => {
    const decode: HybridOptions['decode'] = (socket, message) =>
      read(message).body === 'bad' ? refuse(socket, message) : read(message);
    const { client, port } = await startCoded({ decode }, { limits: { requestMs: 50 } });
    const other = await RawClient.ready(port);
    const rejects = rejectsDuring();
    client.send(say(1, 'bad'), say(2, 'behind it'));
    expect((await client.rest()).map(({ json }) => json)).toEqual([{ reason: 'malformed', code: 4400 }]);
    expect(rejects()).toMatchObject([{ layer: 'message', reason: 'malformed' }]);
    other.send(say(1, 'here'));
    expect(bodyOf(await other.packages.take())).toBe('here');
  });

  it('that settles after its client was kicked reaches no handler', async () => {
    const gates = new Gates();
    const { client, desk, port, log } = await startCoded({
      decode: async (socket, message) => {
        const decoded = read(message);
        if (decoded.body !== 'late') return decoded;
        void socket.session.kick('enough');
        await gates.pass('late');
        return decoded;
      },
    });
    client.send(say(1, 'late'));
    expect((await client.rest()).map(({ json }) => json)).toEqual([{ reason: 'enough' }]);
    gates.waiting[0]?.open();
    const other = await RawClient.ready(port);
    other.send(say(1, 'here'));
    expect(bodyOf(await other.packages.take())).toBe('here');
    expect([desk.seen, log.matching('error')]).toEqual([['here'], []]);
  });
});
