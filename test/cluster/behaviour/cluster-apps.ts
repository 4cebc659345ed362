import { MessageBody } from '@nestjs/websockets';
import {
  ConnectedSession,
  ErrorReply,
  Handler,
  PomeloException,
  ServerRegistry,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { startApp, type RunningApp } from '../../support/pomelo-app.js';
import { Caller, ChatRemote } from '../../support/remote-app.js';
import { until } from '../../support/until.js';
import type { ContractEngine } from '../contract/contract-engine.js';

type Step = (session: Session) => unknown;

/** What the frontends of the suite handle. */
@Handler('connector.entry')
export class Entry {
  @Handler() async enter(@ConnectedSession() session: Session, @MessageBody() uid: string): Promise<void> {
    await session.bind(uid);
  }
  @Handler() me(@ConnectedSession() session: Session): unknown {
    return session.toJSON();
  }
}

/** What their back ends handle. */
@Handler('chat.room')
export class Room {
  readonly told: unknown[] = [];
  private step: Step = () => undefined;

  @Handler() echo(@MessageBody() body: unknown): unknown {
    return { body };
  }
  @Handler() nothing(): void {}
  @Handler() tell(@MessageBody() body: unknown): void {
    this.told.push(body);
  }
  @Handler() refuse(): void {
    throw new PomeloException(4001, 'The room is full', { data: { size: 9 } });
  }
  @Handler() reply(): ErrorReply {
    return new ErrorReply(4002);
  }
  @Handler() fail(): void {
    throw new TypeError('password=hunter2');
  }
  @Handler() async run(@ConnectedSession() session: Session): Promise<unknown> {
    return (await this.step(session)) ?? 'done';
  }

  /** Runs `step` as the handler of one message of this client, on this server; what it throws is thrown here. */
  async as<T>(client: PomeloClient, step: (session: Session) => T): Promise<Awaited<T>> {
    let outcome: PromiseSettledResult<Awaited<T>> | undefined;
    this.step = async (session) => {
      [outcome] = await Promise.allSettled([(async () => step(session))()]);
    };
    await client.request('chat.room.run');
    if (outcome?.status === 'fulfilled') return outcome.value;
    throw outcome?.reason ?? new Error('the step did not run on this server');
  }
}

/** A server of the suite. */
export interface ClusterApp extends RunningApp {
  readonly room: Room;
  readonly registry: ServerRegistry;
}

/** Starts one server of the suite; types with `connector` have clients. */
export async function startServer(
  engine: ContractEngine,
  id: string,
  types: readonly string[] = [id.slice(0, id.indexOf('-'))],
  options: PomeloModuleOptions = {},
): Promise<ClusterApp> {
  const connectors = types.includes('connector') ? {} : { connectors: [] };
  const limits = { clusterHeartbeatMs: 300, drainMs: 2_000, ...options.limits };
  const running = await startApp({
    providers: [Entry, Room, ChatRemote, Caller],
    options: { ...connectors, ...options, limits, cluster: engine.driver(), server: { id, types } },
  });
  return { ...running, room: running.app.get(Room), registry: running.app.get(ServerRegistry) };
}

/** Resolves when every server knows all the others. */
export async function acquainted(...servers: readonly ClusterApp[]): Promise<void> {
  await until(() =>
    servers.every(({ registry }) =>
      servers.every(({ registry: other }) => registry.get(other.self.id)?.inc === other.self.inc),
    ),
  );
}
