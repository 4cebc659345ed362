/** A server whose handler takes a fixed amount of work, as games have it: what is measured is what happens when there is too much of it. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Handler, hybrid, PomeloAdapter, PomeloModule } from 'nestjs-pomelo';

/** Turns of the loop below: about a quarter of a millisecond on a machine of 2024. */
const TURNS = 250_000;
const isShedding = process.argv[2] !== 'off';

@Handler('connector.echoHandler')
class WorkHandler {
  @Handler() ping(): { code: number } {
    return { code: 200 };
  }

  @Handler() work(): { code: number; sum: number } {
    let sum = 1;
    for (let turn = 0; turn < TURNS; turn += 1) sum = (Math.imul(sum, 31) + turn) | 0;
    return { code: 200, sum };
  }
}

class ServerModule {}

const app = await NestFactory.createApplicationContext(
  {
    module: ServerModule,
    imports: [
      PomeloModule.forRoot({
        connectors: [hybrid({ port: 0, host: '127.0.0.1', heartbeat: false })],
        overload: isShedding,
        limits: { messagesPerSecond: 100_000, messageBurst: 100_000 },
      }),
    ],
    providers: [WorkHandler],
  },
  { logger: false },
);
process.once('disconnect', () => process.exit());
process.send?.({ port: app.get(PomeloAdapter).addresses()[0]?.port });
