import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { exitOnFatal, exitOnSignal, PomeloAdapter, ServerRegistry } from 'nestjs-pomelo';
import { AppModule } from './app.module.js';
import { portOf } from './demo-options.js';

try {
  // A failed start is told below in one sentence, so the log waits until the start has succeeded.
  const app = await NestFactory.create(AppModule, {
    abortOnError: false,
    bufferLogs: true,
    autoFlushLogs: false,
  });
  exitOnFatal(app);
  exitOnSignal(app);
  const adapter = app.get(PomeloAdapter);
  app.useWebSocketAdapter(adapter);
  await app.init();
  const [frontend] = adapter.addresses();
  // Who has clients answers for its health on their port.
  if (frontend === undefined) await app.listen(portOf(process.env));
  app.flushLogs();
  const port = frontend?.port ?? new URL(await app.getUrl()).port;
  const { id, types } = app.get(ServerRegistry).self;
  const who = types.includes('gate') ? 'Chat' : `${id} (${types.join(', ')}) listens`;
  console.log(`${who}: http://127.0.0.1:${port}`);
} catch (error) {
  console.error(`The chat did not start. ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
