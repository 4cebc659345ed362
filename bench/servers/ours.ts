/** The whole framework, as an application would start it; only the rate limits are out of the way. */
import 'reflect-metadata';
import { Body, Module, UseGuards, type CanActivate } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type Channel,
  ChannelService,
  ConnectedSession,
  Handler,
  hybrid,
  PomeloAdapter,
  PomeloModule,
  type Session,
} from 'nestjs-pomelo';
import { z } from 'zod';
import { greetParent } from '../process/serve-parent.js';

/** Nobody sends as much. */
const UNLIMITED = 1_000_000_000;

const entity = z.object({
  seq: z.number(),
  uid: z.string(),
  x: z.number(),
  y: z.number(),
  msg: z.string(),
});

class Allow implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Handler('connector.entryHandler')
class EntryHandler {
  private readonly channel: Channel;

  constructor(channels: ChannelService) {
    this.channel = channels.createChannel('room');
  }

  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }

  @UseGuards(Allow)
  @Handler()
  checked(@Body({ schema: entity }) body: z.infer<typeof entity>): unknown {
    return body;
  }

  @Handler() async join(@ConnectedSession() session: Session): Promise<{ code: number }> {
    await session.bind(`guest-${session.id}`);
    this.channel.add(session);
    return { code: 200 };
  }

  @Handler() async bcast(@Body() body: unknown): Promise<void> {
    await this.channel.pushMessage('onBroadcast', body);
  }
}

const limits = { messagesPerSecond: UNLIMITED, messageBurst: UNLIMITED };

@Module({
  imports: [PomeloModule.forRoot({ connectors: [hybrid({ port: 0, host: '127.0.0.1' })], limits })],
  providers: [EntryHandler],
})
class OursModule {}

const app = await NestFactory.createApplicationContext(OursModule, { logger: ['error'] });
greetParent({ port: app.get(PomeloAdapter).addresses()[0]?.port });
