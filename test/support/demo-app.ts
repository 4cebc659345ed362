import { NestFactory } from '@nestjs/core';
import { PomeloAdapter } from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';
import { AppModule } from '../../src/app.module.js';
import { closeAfterTest } from './pomelo-app.js';
import { RecordingLogger } from './recording-logger.js';

/** The demo, in this process; it is closed after the test. */
export interface DemoApp {
  readonly port: number;
  readonly log: RecordingLogger;
  /** Connects a client, over TCP unless told otherwise; it is closed after the test. */
  connect(protocol?: 'tcp' | 'ws', port?: number): Promise<PomeloClient>;
}

/** Starts the demo on a free port, as its `main.ts` does. */
export async function startDemo(env: Readonly<Record<string, string>> = {}): Promise<DemoApp> {
  const log = new RecordingLogger();
  const app = await withEnv({ PORT: '0', ...env }, () =>
    NestFactory.create(AppModule, { abortOnError: false, logger: log }),
  );
  const adapter = app.get(PomeloAdapter);
  app.useWebSocketAdapter(adapter);
  closeAfterTest(await app.init());
  const port = adapter.addresses()[0]?.port ?? 0;
  return {
    port,
    log,
    connect: async (protocol = 'tcp', to = port) =>
      closeAfterTest(await PomeloClient.connect({ protocol, host: '127.0.0.1', port: to })),
  };
}

/** Runs something with other environment variables. */
async function withEnv<T>(env: Readonly<Record<string, string>>, run: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await run();
  } finally {
    process.env = before;
  }
}
