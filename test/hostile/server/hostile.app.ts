import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hybrid, type HybridConnector, PomeloModule } from 'nestjs-pomelo';
import { PomeloPrometheusModule } from 'nestjs-pomelo/prometheus';
import { EchoHandler } from './echo.handler.js';
import { FailingHandler } from './failing.handler.js';
import { HandshakeHook } from './handshake.hook.js';
import { InheritingHandler } from './inheriting.handler.js';
import { RoomHandler } from './room.handler.js';
import { SessionHandler } from './session.handler.js';
import type { HostileSettings } from './settings.js';
import { StderrLogger } from './stderr.logger.js';

class HostileModule {}

const HANDLERS = [EchoHandler, FailingHandler, InheritingHandler, RoomHandler, SessionHandler];

/** Starts the server that the hostile clients attack. Everything that its settings do not say stays at its default. */
export function startHostileApp(settings: HostileSettings): Promise<INestApplicationContext> {
  const { limits, looksAtHandshakes } = settings;
  const pomelo = PomeloModule.forRoot({
    connectors: [connectorOf(settings)],
    trackRequests: true,
    ...(limits === undefined ? {} : { limits }),
  });
  const module = {
    module: HostileModule,
    imports: [pomelo, PomeloPrometheusModule.forRoot({ port: 0 })],
    providers: [...HANDLERS, ...(looksAtHandshakes === true ? [HandshakeHook] : [])],
  };
  const logger = new StderrLogger({ logLevels: ['error', 'warn', 'debug'] });
  return NestFactory.createApplicationContext(module, { logger, abortOnError: false });
}

function connectorOf({ certificate, looksAtHandshakes, hybrid: options }: HostileSettings): HybridConnector {
  const checkClient = (type: string | undefined): boolean => type !== 'old';
  return hybrid({
    port: 0,
    host: '127.0.0.1',
    heartbeat: false,
    ...(certificate === undefined ? {} : { tls: { ...certificate, allowPlain: true } }),
    ...(looksAtHandshakes === true ? { checkClient } : {}),
    ...options,
  });
}
