import { readFileSync } from 'node:fs';
import { MydogPeer } from './mydog-peer.js';
import { RECORDED_ROUTES, startMydog } from './mydog.app.js';

interface Vector {
  readonly group: string;
  readonly name: string;
  readonly dir: 'c>s' | 's>c';
  readonly hex: string;
}

const { vectors } = JSON.parse(readFileSync(new URL('../vectors/mydog.json', import.meta.url), 'utf8')) as {
  vectors: Vector[];
};

/** What a client sent to the recorded server, and what it got for it. */
function recorded(group: string, name: string): { readonly sent: Buffer; readonly received: string[] } {
  const own = vectors.filter((vector) => vector.group === group && vector.name === name);
  const sent = own.filter(({ dir }) => dir === 'c>s').map(({ hex }) => Buffer.from(hex, 'hex'));
  return {
    sent: Buffer.concat(sent),
    received: own.filter(({ dir }) => dir === 's>c').map(({ hex }) => hex),
  };
}

describe.each(['tcp', 'ws'] as const)('the bytes of a mydog server over %s', (transport) => {
  const group = `mydog-${transport}`;
  const names = [...new Set(vectors.filter((vector) => vector.group === group).map(({ name }) => name))];
  const server = { id: transport === 'tcp' ? 'con-tcp' : 'con-ws' };

  it('are recorded for everything that a client of it sees', () => {
    expect(names.toSorted()).toEqual([
      'batch-interval',
      'bind',
      'handshake-full',
      'handshake-known-md5',
      'heartbeat',
      'kick',
      'notify',
      'null-body',
      'push',
      'request-response',
    ]);
  });

  it.each(names.filter((name) => name !== 'batch-interval'))('are the same as ours: %s', async (name) => {
    const { port } = await startMydog({ transport, routes: RECORDED_ROUTES, heartbeat: 30 }, { server });
    const isHandshake = name.startsWith('handshake');
    const peer = isHandshake ? await MydogPeer.open(transport, port) : await MydogPeer.ready(transport, port);
    const { sent, received } = recorded(group, name);
    peer.send(sent);
    for (const hex of received) expect((await peer.frames.take())?.hex).toBe(hex);
    if (name === 'kick') expect(await peer.closed).toBe(transport === 'ws' ? 1005 : undefined);
  });

  it('leave together in one piece with an interval', async () => {
    const { port } = await startMydog({ transport, routes: RECORDED_ROUTES, heartbeat: 30, interval: 50 });
    const peer = await MydogPeer.ready(transport, port);
    peer.send(...[0, 1, 2].map((value) => peer.message('connector.main.echo', value)));
    await peer.frames.take();
    expect(peer.pieces.at(-1)).toBe(recorded(group, 'batch-interval').received[0]);
  });
});
