import { Module, type INestApplicationContext, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BackendSessionService } from '../backend/backend-session.service.js';
import { SessionDirectory } from '../backend/session-directory.js';
import { ChannelService } from '../channels/channel.service.js';
import { GlobalChannelService } from '../channels/global-channel.service.js';
import type { ClusterDriver } from '../cluster/cluster-driver.interface.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import type { PomeloModuleOptions } from '../options/pomelo-options.interface.js';
import { PomeloModule } from '../pomelo.module.js';
import { RemoteClients } from '../remotes/remote-clients.js';
import type { RemoteClient } from '../remotes/remote-client.js';

/** Options of {@link ClusterClient.connect}. */
export interface ClusterClientOptions extends Pick<
  PomeloModuleOptions,
  'routes' | 'rpcInterceptors' | 'limits'
> {
  /** The engine of the cluster. */
  readonly cluster: ClusterDriver;
  /** Unique in the cluster, as `server.id`. */
  readonly id: string;
  /** As `server.namespace`. Default `pomelo`. */
  readonly namespace?: string;
  /** Gets the log; false for none. Default Nest's. */
  readonly logger?: LoggerService | false;
}

@Module({})
class ClusterClientModule {}

/**
 * A member of the cluster that hosts nothing and has no clients: a web service, a script or a cron job calls remotes and
 * reaches users through it. A Nest application can import `PomeloModule` with `server: { id, types: [] }` instead.
 *
 * @example
 * const client = await ClusterClient.connect({ cluster: nats({ servers }), id: 'web-1' });
 * for (const session of await client.directory.sessionsOf('ann')) await session.send('onMail', mail);
 */
export class ClusterClient {
  /** Where users are, and their sessions. */
  readonly directory: SessionDirectory;
  /** Sessions by the server that holds them. */
  readonly sessions: BackendSessionService;
  /** Cluster-wide channels. */
  readonly globalChannels: GlobalChannelService;
  /** Pushes to users and to all clients of a server type; channels that it makes live in this program. */
  readonly channels: ChannelService;
  /** The servers of the cluster. */
  readonly servers: ServerRegistry;

  private constructor(private readonly app: INestApplicationContext) {
    this.directory = app.get(SessionDirectory);
    this.sessions = app.get(BackendSessionService);
    this.globalChannels = app.get(GlobalChannelService);
    this.channels = app.get(ChannelService);
    this.servers = app.get(ServerRegistry);
  }

  /** Joins the cluster. Rejects with `SERVER_DUPLICATE`, `CLUSTER_REFUSED` or `OPTION_INVALID`. */
  static async connect({ id, namespace, logger, ...options }: ClusterClientOptions): Promise<ClusterClient> {
    const server = { id, types: [], ...(namespace === undefined ? {} : { namespace }) };
    const module = { module: ClusterClientModule, imports: [PomeloModule.forRoot({ ...options, server })] };
    const app = await NestFactory.createApplicationContext(module, {
      abortOnError: false,
      ...(logger === undefined ? {} : { logger }),
    });
    return new ClusterClient(app);
  }

  /** The typed client of a remote. */
  remote<T extends object>(remote: Type<T>): RemoteClient<T> {
    return this.app.get(RemoteClients, { strict: false }).clientOf(remote);
  }

  /** Leaves the cluster, when the calls in flight have ended. */
  async close(): Promise<void> {
    await this.app.close();
  }
}
