import { ConsoleLogger, Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { redis, type RedisDriverOptions } from 'nestjs-pomelo/redis';
import { closeAfterTest } from '../support/pomelo-app.js';
import { RecordingLogger } from '../support/recording-logger.js';
import type { RedisServer } from '../support/redis-server.js';
import type { ContractEngine } from './contract/contract-engine.js';

/** A Redis as the contract suites take it; the server is ended after the test. */
export function engineOn(server: RedisServer, options: Partial<RedisDriverOptions> = {}): ContractEngine {
  return { driver: () => redis({ url: server.url, ...options }), close: async () => {} };
}

/** Another client of Redis; it is closed after the test. */
export function rawClient(server: RedisServer): Redis {
  const client = new Redis(server.url);
  closeAfterTest({ close: async () => client.disconnect() });
  return client;
}

/** What is logged until the end of the test. */
export function recordLog(): RecordingLogger {
  const log = new RecordingLogger();
  Logger.overrideLogger(log);
  closeAfterTest({ close: async () => Logger.overrideLogger(new ConsoleLogger()) });
  return log;
}
