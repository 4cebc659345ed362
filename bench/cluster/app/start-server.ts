import 'reflect-metadata';
import type { DynamicModule, INestApplicationContext, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PomeloModule, type PomeloModuleOptions } from 'nestjs-pomelo';

class BenchModule {}

/** Starts a server as an application would; only errors are logged. */
export function startServer(
  options: PomeloModuleOptions,
  providers: readonly Provider[] = [],
): Promise<INestApplicationContext> {
  const module: DynamicModule = {
    module: BenchModule,
    imports: [PomeloModule.forRoot(options)],
    providers: [...providers],
  };
  return NestFactory.createApplicationContext(module, { logger: ['error'], abortOnError: false });
}
