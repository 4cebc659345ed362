import { encodePackage, PackageType } from 'nestjs-pomelo-protocol';
import { nextEvent } from './next-event.js';
import { OpenThings } from './open-things.js';

const open = new OpenThings();
afterEach(() => open.close());

const SECONDS = 0.05;
const beating = { handshake: () => ({ code: 200, sys: { heartbeat: SECONDS } }) };

describe.each(['tcp', 'ws'] as const)('heartbeats over %s', (kind) => {
  it('are sent at the interval that the handshake names, for as long as they are answered', async () => {
    const { client, peer } = await open.connected(await open.server(kind, beating));
    peer.send(encodePackage(PackageType.Heartbeat));
    const start = performance.now();
    for (let beat = 0; beat < 5; beat++) await peer.heartbeats.take();
    expect(performance.now() - start).toBeGreaterThan(4 * SECONDS * 1_000 - 10);
    expect(client.state).toBe('open');
  });

  it('are not needed from a server that sends something else', async () => {
    const server = await open.server(kind, { ...beating, answersHeartbeats: false });
    const { client, peer } = await open.connected(server);
    for (let beat = 0; beat < 5; beat++) {
      await peer.heartbeats.take();
      peer.push('onTick', { beat });
    }
    expect(client.state).toBe('open');
  });

  it('end the connection when the server falls silent for two intervals', async () => {
    const server = await open.server(kind, { ...beating, answersHeartbeats: false });
    const start = performance.now();
    const { client, peer } = await open.connected(server);
    const silent = nextEvent(client, 'heartbeatTimeout');
    const closed = nextEvent(client, 'close');
    const pending = client.request('a.b.c');
    await expect(pending).rejects.toMatchObject({ code: 'CLOSED', cause: { code: 'HEARTBEAT_TIMEOUT' } });
    expect(performance.now() - start).toBeGreaterThan(2 * SECONDS * 1_000 - 10);
    expect(await silent).toMatchObject({ code: 'HEARTBEAT_TIMEOUT' });
    expect(await closed).toMatchObject({ reason: 'HEARTBEAT_TIMEOUT', kicked: false });
    await peer.closed;
  });

  it.each([undefined, 0, -1, '1', null])('are not sent when the handshake names %p', async (heartbeat) => {
    const handshake = (): unknown => ({ code: 200, sys: { heartbeat } });
    const { client, peer } = await open.connected(await open.server(kind, { handshake }));
    peer.send(encodePackage(PackageType.Heartbeat));
    const answer = client.request('a.b.c');
    peer.respond(await peer.messages.take(), 1);
    expect(await answer).toBe(1);
    const beat = await Promise.race([peer.heartbeats.take(), Promise.resolve('none')]);
    expect(beat).toBe('none');
  });
});
