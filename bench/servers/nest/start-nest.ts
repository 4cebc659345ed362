import { Module, type INestApplication, type Type, type WebSocketAdapter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { greetWithPort } from '../greet-with-port.js';

class NestModule {}

/** Starts an application with one gateway, and tells the parent where. */
export async function startNest(
  gateway: Type,
  adapterOf: (app: INestApplication) => WebSocketAdapter,
): Promise<void> {
  Module({ providers: [gateway] })(NestModule);
  const app = await NestFactory.create(NestModule, { logger: ['error'] });
  app.useWebSocketAdapter(adapterOf(app));
  await app.listen(0, '127.0.0.1');
  await greetWithPort(app.getHttpServer());
}
