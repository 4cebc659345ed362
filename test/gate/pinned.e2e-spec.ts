import { Body } from '@nestjs/common';
import {
  ConnectedSession,
  Handler,
  InjectRemote,
  memory,
  Remote,
  ServerRegistry,
  type RemoteClient,
  type Session,
} from 'nestjs-pomelo';
import { gate, pinned } from 'nestjs-pomelo/gate';
import { startApp, type RunningApp } from '../support/pomelo-app.js';
import { until } from '../support/until.js';
import { GatePeer } from './gate-peer.js';

const cluster = memory();

/** Says on which server it runs. */
@Remote('hall.rooms')
class Rooms {
  constructor(private readonly registry: ServerRegistry) {}
  @Remote() where(uid: string): string {
    return `${uid} on ${this.registry.self.id}`;
  }
}

/** Pins its session, and asks where it gets. */
@Handler('entry.handler')
class Entry {
  constructor(@InjectRemote(Rooms) private readonly rooms: RemoteClient<Rooms>) {}
  @Handler() async pin(@ConnectedSession() session: Session, @Body() pin: string): Promise<string> {
    await session.set('hall', pin).push('hall');
    return pin;
  }
  @Handler() async where(@ConnectedSession() session: Session): Promise<string> {
    return this.rooms.for(session).where('ann');
  }
}

function startHall(id: string): Promise<RunningApp> {
  const options = { connectors: [], cluster, server: { id, types: ['hall'] } };
  return startApp({ providers: [Rooms], options });
}

describe('a session that is pinned', () => {
  it('is served by the server of its pin while that runs, and by another one when it does not', async () => {
    const connectors = [gate({ tcp: { port: 0, host: '127.0.0.1' } })];
    const first = await startHall('hall-1');
    await startHall('hall-2');
    await startHall('hall-3');
    const { app, port } = await startApp({
      providers: [Entry],
      options: {
        connectors,
        cluster,
        server: { id: 'gate-1', types: ['entry'] },
        routes: { hall: pinned(() => 'hall-2') },
      },
    });
    const peer = await GatePeer.open('tcp', port);
    const where = async (): Promise<unknown> => (await peer.ask('entry/where'))?.json;
    expect(await where()).toBe('ann on hall-2');
    await peer.ask('entry/pin', 'hall@hall-3');
    expect(await where()).toBe('ann on hall-3');
    await peer.ask('entry/pin', 'chat@hall-3');
    expect(await where()).toBe('ann on hall-2');
    await peer.ask('entry/pin', 'hall@hall-1');
    expect(await where()).toBe('ann on hall-1');
    await first.close();
    await until(() => app.get(ServerRegistry).get('hall-1') === undefined);
    expect(await where()).toBe('ann on hall-2');
  });

  it('goes where its key says when nothing else is told', () => {
    const servers = ['hall-1', 'hall-2'].map((id) => ({
      id,
      inc: '1',
      types: ['hall'],
      frontend: false,
      addresses: [],
      load: { calls: 0, sessions: 0 },
      state: 'up' as const,
      metadata: {},
    }));
    const chosen = pinned()({ session: undefined, key: 'ann', servers, type: 'hall' });
    expect(servers).toContain(chosen);
    expect(pinned()({ session: undefined, key: 'ann', servers, type: 'hall' })).toBe(chosen);
  });
});
