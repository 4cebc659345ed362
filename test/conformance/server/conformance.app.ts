import 'reflect-metadata';
import type { INestApplicationContext, LoggerService, LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hybrid, PomeloModule, type ProtobufOptions } from 'nestjs-pomelo';
import { EchoHandler } from './echo.handler.js';
import { BROADCAST_ROUTE, EntryHandler } from './entry.handler.js';
import { FailingHandler } from './failing.handler.js';
import { Room } from './room.js';
import type { ConformanceSettings } from './settings.js';

/** Push routes of Pomelo's own test server: its `config/dictionary.json`. */
const PUSH_ROUTES = ['onPush', 'onBroadcast', 'onChat'];

class ConformanceModule {}

/** Starts the conformance server; `schemas` are the files of the recorded protobuf schemas. */
export function startConformanceApp(
  settings: ConformanceSettings,
  schemas: ProtobufOptions,
  logger: LoggerService | LogLevel[] | false,
): Promise<INestApplicationContext> {
  const { port, heartbeat = false, dictionary, protobuf, buffer, limits } = settings;
  const connector = hybrid({
    port,
    heartbeat,
    ...(dictionary === true ? { dictionary: PUSH_ROUTES } : {}),
    ...(protobuf === true ? { protobuf: schemas } : {}),
  });
  const pomelo = PomeloModule.forRoot({
    connectors: [connector],
    ...(buffer === undefined ? {} : { push: { scheduler: 'buffered', flushIntervalMs: buffer } }),
    ...(limits === undefined ? {} : { limits }),
  });
  // With the recorded schemas onBroadcast has required fields, so that a body of any shape needs another route.
  const broadcast = { provide: BROADCAST_ROUTE, useValue: protobuf === true ? 'onChat' : 'onBroadcast' };
  const module = {
    module: ConformanceModule,
    imports: [pomelo],
    providers: [Room, EchoHandler, FailingHandler, EntryHandler, broadcast],
  };
  return NestFactory.createApplicationContext(module, { logger, abortOnError: false });
}
