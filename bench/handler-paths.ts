/** What a message costs between its connector and its handler: directly, and through Nest's enhancers. */
import 'reflect-metadata';
import {
  Body,
  Module,
  UseGuards,
  UseInterceptors,
  type CanActivate,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Handler, PomeloModule } from 'nestjs-pomelo';
import { LoopConnector } from './loop.connector.js';

const ROUNDS = 7;
const REQUESTS = 100_000;

class Allow implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

class Pass implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle();
  }
}

@Handler('bench.handler')
class BenchHandler {
  @Handler()
  direct(@Body() body: unknown): unknown {
    return body;
  }

  @Handler()
  async asynchronous(@Body() body: unknown): Promise<unknown> {
    return body;
  }

  @UseGuards(Allow)
  @Handler()
  guarded(@Body() body: unknown): unknown {
    return body;
  }

  @UseGuards(Allow)
  @UseInterceptors(Pass)
  @Handler()
  intercepted(@Body() body: unknown): unknown {
    return body;
  }
}

const connector = new LoopConnector();

@Module({
  imports: [PomeloModule.forRoot({ connectors: [connector], limits: false })],
  providers: [BenchHandler],
})
class BenchModule {}

const app = await NestFactory.createApplicationContext(BenchModule, { logger: ['error'] });
const paths = ['direct', 'asynchronous', 'guarded', 'intercepted'];
const times = new Map<string, number[]>(paths.map((path) => [path, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const path of paths) times.get(path)?.push(await connector.measure(`bench.handler.${path}`, REQUESTS));
}
const median = (path: string): number =>
  times.get(path)?.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
for (const path of paths) {
  console.log(
    `${path.padEnd(14)} ${median(path).toFixed(0).padStart(6)} ns   ${(median(path) / median('direct')).toFixed(1)} × direct`,
  );
}
await app.close();
