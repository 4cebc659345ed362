import 'reflect-metadata';
import { Body, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ConnectedSession,
  Handler,
  hybrid,
  PomeloAdapter,
  PomeloModule,
  type ClusterDriver,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import type { CutLedger, Stretch } from './cut-ledger.js';

interface CountedMessage extends Stretch {
  readonly number: number;
}

/** One frontend. Every message is counted, and pushes its number. */
export async function startCutApp(
  ledger: CutLedger,
  server: NonNullable<PomeloModuleOptions['server']>,
  cluster: ClusterDriver | undefined,
): Promise<INestApplicationContext & { readonly port: number }> {
  @Handler('count.player')
  class Counter {
    @Handler() async tell(
      @ConnectedSession() session: Session,
      @Body() message: CountedMessage,
    ): Promise<void> {
      await this.push(session, message);
    }
    @Handler() async ask(
      @ConnectedSession() session: Session,
      @Body() message: CountedMessage,
    ): Promise<number> {
      await this.push(session, message);
      return message.number;
    }

    private async push(session: Session, message: CountedMessage): Promise<void> {
      ledger.take(message, message.number);
      // Some are slower than the cut.
      if (message.number % 7 === 0) await new Promise(setImmediate);
      await session.send('onCount', { stretch: message.stretch, number: ledger.push(message) });
    }
  }

  @Module({
    imports: [
      PomeloModule.forRoot({
        connectors: [hybrid({ port: 0, host: '127.0.0.1', resume: true })],
        server,
        ...(cluster === undefined ? {} : { cluster }),
        limits: {
          connectsPerSecond: 1e6,
          connectBurst: 1e6,
          messagesPerSecond: 1e6,
          messageBurst: 1e6,
          clusterHeartbeatMs: 1_000,
        },
      }),
    ],
    providers: [Counter],
  })
  class CutModule {}

  const app = await NestFactory.createApplicationContext(CutModule, { logger: ['error', 'warn'] });
  const port = app.get(PomeloAdapter).addresses()[0]?.port ?? 0;
  return Object.assign(app, { port });
}
