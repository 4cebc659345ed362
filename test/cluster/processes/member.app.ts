import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hybrid, PomeloModule } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { CountingCalls } from './counting-calls.js';
import { EntryHandler } from './entry.handler.js';
import { Ledger, SETTINGS } from './ledger.js';
import { ChatLine, ConnectorLine } from './line.handler.js';
import { LobbyHandler } from './lobby.handler.js';
import { MemberProbe } from './member-probe.js';
import type { MemberSettings } from './member-settings.js';
import { RoomHandler } from './room.handler.js';
import { WorkRemote } from './work.remote.js';

class MemberModule {}

const CONNECTOR = 'connector';

/** Makes one server of a cluster, which has not started. */
export function createMember(settings: MemberSettings): Promise<INestApplication> {
  const { id, types, servers, limits = {}, single = false, replicas = 1 } = settings;
  const isFrontend = types.includes(CONNECTOR);
  const module = {
    module: MemberModule,
    imports: [
      PomeloModule.forRoot({
        server: { id, types },
        cluster: nats({ servers, kv: { replicas } }),
        connectors: isFrontend ? [hybrid({ port: 0, host: '127.0.0.1', heartbeat: false })] : [],
        sessions: { single },
        limits,
      }),
    ],
    providers: [
      { provide: SETTINGS, useValue: settings },
      Ledger,
      MemberProbe,
      CountingCalls,
      WorkRemote,
      EntryHandler,
      RoomHandler,
      LobbyHandler,
      ChatLine,
      ConnectorLine,
    ],
  };
  const logger = new ConsoleLogger({ colors: false, logLevels: ['fatal', 'error', 'warn'] });
  return NestFactory.create(module, { logger, abortOnError: false });
}
