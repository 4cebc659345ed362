import 'reflect-metadata';
import type { DynamicModule, INestApplicationContext, LoggerService, LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hybrid, PomeloModule, type CertificateOptions, type ProtobufOptions } from 'nestjs-pomelo';
import { PomeloPrometheusModule } from 'nestjs-pomelo/prometheus';
import { ChatEchoHandler, ChatFailingHandler } from './chat-echo.handler.js';
import { EchoHandler } from './echo.handler.js';
import { BROADCAST_ROUTE, EntryHandler } from './entry.handler.js';
import { FailingHandler } from './failing.handler.js';
import { MainHandler } from './main.handler.js';
import { otherConnectors } from './other-connectors.js';
import { Room } from './room.js';
import type { ConformanceSettings } from './settings.js';

/** Push routes of Pomelo's own test server: its `config/dictionary.json`. */
const PUSH_ROUTES = ['onPush', 'onBroadcast', 'onChat'];

class ConformanceModule {}

/** Files that the server reads when its settings say so. */
export interface ConformanceFiles {
  /** The recorded protobuf schemas. */
  readonly schemas: ProtobufOptions;
  readonly certificate: CertificateOptions;
}

/** Starts the conformance server. */
export function startConformanceApp(
  settings: ConformanceSettings,
  { schemas, certificate }: ConformanceFiles,
  logger: LoggerService | LogLevel[] | false,
): Promise<INestApplicationContext> {
  const { port, heartbeat = false, dictionary, protobuf, buffer, limits, tls, metrics } = settings;
  const { cluster, types } = settings;
  const connector = hybrid({
    port,
    heartbeat,
    ...(dictionary === true ? { dictionary: PUSH_ROUTES } : {}),
    ...(protobuf === true ? { protobuf: schemas } : {}),
    ...(tls === true ? { tls: certificate } : {}),
  });
  const others = otherConnectors(settings, tls === true ? certificate : undefined);
  const pomelo = PomeloModule.forRoot({
    connectors: types?.includes('connector') === false ? [] : [connector, ...others.values()],
    ...(cluster === undefined || types === undefined
      ? {}
      : { cluster, server: { id: `${types.join('-')}-${process.pid}`, types } }),
    ...(buffer === undefined ? {} : { push: { scheduler: 'buffered', flushIntervalMs: buffer } }),
    ...(limits === undefined ? {} : { limits }),
  });
  // With the recorded schemas onBroadcast has required fields, so that a body of any shape needs another route.
  const broadcast = { provide: BROADCAST_ROUTE, useValue: protobuf === true ? 'onChat' : 'onBroadcast' };
  const module = {
    module: ConformanceModule,
    imports: [pomelo, ...(metrics === undefined ? [] : [metricsOn(metrics)])],
    providers: [
      Room,
      EchoHandler,
      FailingHandler,
      EntryHandler,
      broadcast,
      // The route dictionary of the recorded server has none of it.
      ...(others.size === 0 ? [] : [MainHandler]),
      ...(cluster === undefined ? [] : [ChatEchoHandler, ChatFailingHandler]),
    ],
  };
  return NestFactory.createApplicationContext(module, { logger, abortOnError: false });
}

/** What the soak and the benchmarks read: the numbers of the server and of its process. */
function metricsOn(port: number): DynamicModule {
  return PomeloPrometheusModule.forRoot({ port, defaultMetrics: true });
}
