import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { once } from 'node:events';
import type { GateEncryption } from 'nestjs-pomelo/gate';
import { startGate, type GateApp } from './gate.app.js';

interface Vector {
  readonly group: string;
  readonly name: string;
  readonly hex: string;
  readonly fields: { readonly key?: string };
}

const { vectors } = JSON.parse(readFileSync(new URL('../vectors/gate.json', import.meta.url), 'utf8')) as {
  vectors: Vector[];
};

function group(name: string): [string, Vector][] {
  return vectors.flatMap((vector) => (vector.group === name ? [[vector.name, vector]] : []));
}

/** An application that sends back every pack as it came. */
function startEcho(key?: string, encryption?: GateEncryption): Promise<GateApp> {
  return startGate({
    body: 'bytes',
    routeOf: () => 'hall.handler.echo',
    ...(key === undefined ? {} : { encryptKey: key }),
    ...(encryption === undefined ? {} : { encryption }),
  });
}

describe.each(['tcp', 'ws'] as const)('the bytes of a gate over %s', (transport) => {
  it.each(group('mqant-pack'))('are read and written as recorded: %s', async (_name, { hex, fields }) => {
    const peer = await (await startEcho(fields.key)).open(transport);
    peer.send(Buffer.from(hex, 'hex'));
    expect((await peer.packs.take())?.hex).toBe(hex);
  });

  it.each(group('mqant-pack-v1.2'))(
    'are those of v1.2 when it is told: %s',
    async (_name, { hex, fields }) => {
      const peer = await (await startEcho(fields.key, 'v1.2')).open(transport);
      peer.send(Buffer.from(hex, 'hex'));
      expect((await peer.packs.take())?.hex).toBe(hex);
    },
  );

  // Over TCP a length that is too large is a pack that has not come yet.
  const invalid = group('mqant-pack-invalid').filter(
    ([name]) => transport === 'ws' || !name.startsWith('bad-ws'),
  );
  it.each(invalid)('close their client, and nobody else, when they are none: %s', async (_name, { hex }) => {
    const { open } = await startGate();
    const [peer, bystander] = [await open(transport), await open(transport)];
    peer.send(Buffer.from(hex, 'hex'));
    await peer.closed;
    expect((await bystander.ask('hall/echo', 'here'))?.json).toBe('here');
  });
});

it('a text message of WebSocket is read as its bytes, and answered in binary', async () => {
  const { ports } = await startEcho();
  const socket = new WebSocket(`ws://127.0.0.1:${ports.ws}`);
  await once(socket, 'open');
  const [, plain] = group('mqant-pack').find(([name]) => name === 'plain') ?? [];
  socket.send(Buffer.from(plain?.hex ?? '', 'hex').toString(), { binary: false });
  const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  expect([data.toString('hex'), isBinary]).toEqual([plain?.hex, true]);
  socket.terminate();
});
