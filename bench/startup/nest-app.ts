/** Nest, and providers that are nothing but providers. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { greetParent } from '../process/serve-parent.js';
import { manyProviders } from './providers.js';

class AppModule {}

Module({ providers: manyProviders(() => {}) })(AppModule);
await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
greetParent();
