import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { serveParent } from '../../../process/serve-parent.js';
import type { EchoServerApi } from '../echo-engine.js';
import { echoSettings } from '../echo-settings.js';

@Controller()
class EchoController {
  @MessagePattern('bench.nest') echo(@Payload() body: string): string {
    return body;
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const { address } = echoSettings();
const app = await NestFactory.createMicroservice<MicroserviceOptions>(EchoModule, {
  transport: Transport.NATS,
  options: { servers: [address] },
  logger: ['error'],
});
await app.listen();
serveParent<EchoServerApi>({ address: () => address });
