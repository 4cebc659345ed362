/** The same providers as handlers of a server that listens. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Handler, hybrid, PomeloModule } from 'nestjs-pomelo';
import { greetParent } from '../process/serve-parent.js';
import { manyProviders } from './providers.js';

class AppModule {}

const handlers = manyProviders((provider, index, methods) => {
  Handler(`connector.handler${index}`)(provider);
  for (const method of methods)
    Handler()(provider.prototype, method, Reflect.getOwnPropertyDescriptor(provider.prototype, method) ?? {});
});
const pomelo = PomeloModule.forRoot({ connectors: [hybrid({ port: 0, host: '127.0.0.1' })] });
Module({ imports: [pomelo], providers: handlers })(AppModule);
await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
greetParent();
