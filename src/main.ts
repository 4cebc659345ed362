import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { exitOnFatal, PomeloAdapter } from 'nestjs-pomelo';
import { AppModule } from './app.module.js';

try {
  // A failed start is told below in one sentence, so the log waits until the start has succeeded.
  const app = await NestFactory.create(AppModule, {
    abortOnError: false,
    bufferLogs: true,
    autoFlushLogs: false,
  });
  exitOnFatal(app);
  const adapter = app.get(PomeloAdapter);
  app.useWebSocketAdapter(adapter);
  app.enableShutdownHooks();
  await app.init();
  app.flushLogs();
  for (const { port } of adapter.addresses()) console.log(`Chat: http://127.0.0.1:${port}`);
} catch (error) {
  console.error(`The chat did not start. ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
