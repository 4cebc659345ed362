import {
  ChannelService,
  GlobalChannelService,
  ServerRegistry,
  SessionService,
  type ClusterDriver,
  type PomeloLimits,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { startApp, type RunningApp } from '../pomelo-app.js';
import { SessionProbe } from '../session-probe.js';
import { until } from '../until.js';

/** A user with a real connection. */
export interface Visitor {
  readonly client: PomeloClient;
  /** As the frontend sees it. */
  readonly session: Session;
  /** The bodies of the `onChat` pushes that came so far; a round trip to the frontend makes sure that all have. */
  readonly received: () => Promise<unknown[]>;
}

/** One server of a cluster under test. */
export interface ChannelServer extends RunningApp {
  readonly id: string;
  readonly channels: ChannelService;
  readonly globals: GlobalChannelService;
  readonly registry: ServerRegistry;
  readonly sessions: SessionService;
  readonly probe: SessionProbe;
  /** Connects a client and binds its user. */
  readonly visit: (uid?: string) => Promise<Visitor>;
}

/** What servers of a test differ in. */
export interface ServerPlan extends Pick<PomeloModuleOptions, 'connectors' | 'channels'> {
  readonly id: string;
  readonly cluster?: ClusterDriver;
  readonly types: readonly string[];
  readonly limits?: Partial<PomeloLimits>;
}

/** A server that clients connect to. */
export function frontend(cluster: ClusterDriver, id: string, types = ['connector']): Promise<ChannelServer> {
  return startServer({ cluster, id, types });
}

/** A server without clients, which handles the messages of all. */
export function backend(cluster: ClusterDriver, id: string, types = ['t']): Promise<ChannelServer> {
  return startServer({ cluster, id, types, connectors: [] });
}

/** Starts a server. Some calls of these tests never end: nobody waits for them. */
export async function startServer({ id, types, limits, ...options }: ServerPlan): Promise<ChannelServer> {
  const running = await startApp({
    providers: [SessionProbe],
    options: { ...options, limits: { drainMs: 200, ...limits }, server: { id, types } },
  });
  const { app } = running;
  const sessions = app.get(SessionService);
  return {
    ...running,
    id,
    sessions,
    channels: app.get(ChannelService),
    globals: app.get(GlobalChannelService),
    registry: app.get(ServerRegistry),
    probe: app.get(SessionProbe),
    visit: (uid) => visit(running, sessions, uid),
  };
}

/** Fulfils when every server knows all others. */
export async function acquainted(...servers: readonly ChannelServer[]): Promise<void> {
  for (const { registry } of servers)
    await until(() => servers.every(({ id }) => registry.get(id) !== undefined));
}

/** Fulfils when every multicast that a server has sent so far has arrived. */
export async function arrived({ globals }: ChannelServer): Promise<void> {
  await globals.count('nobody');
}

/** What came, where the order means nothing. */
export async function inAnyOrder({ received }: Visitor): Promise<string[]> {
  return (await received()).map(String).toSorted();
}

async function visit(running: RunningApp, sessions: SessionService, uid?: string): Promise<Visitor> {
  const before = new Set(sessionsOf(sessions).map(({ id }) => id));
  const client = await running.connect();
  const bodies: unknown[] = [];
  client.on('onChat', (body) => bodies.push(body));
  const session = sessionsOf(sessions).find(({ id }) => !before.has(id));
  if (session === undefined) throw new Error('the client is not there');
  if (uid !== undefined) await session.bind(uid);
  const received = async (): Promise<unknown[]> => {
    await expect(client.request('none.none.none')).rejects.toMatchObject({ code: 404 });
    return bodies;
  };
  return { client, session, received };
}

function sessionsOf(sessions: SessionService): Session[] {
  const all: Session[] = [];
  sessions.forEachSession((session) => all.push(session));
  return all;
}
