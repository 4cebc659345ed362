import 'reflect-metadata';
import type { DynamicModule, INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  hybrid,
  PomeloAdapter,
  PomeloModule,
  type HybridOptions,
  type PomeloModuleOptions,
} from 'nestjs-pomelo';
import { PomeloClient, type ClientOptions } from 'nestjs-pomelo-client';
import { RecordingLogger } from './recording-logger.js';

/** What an application under test is made of. */
export interface AppSetup extends ModuleMetadata {
  readonly options?: PomeloModuleOptions;
  /** Options of the hybrid connector that is used unless `options` names connectors. */
  readonly hybrid?: Partial<HybridOptions>;
  /** Starts Nest's HTTP application too, on the connector's port, with `@WebSocketGateway` classes. Default false. */
  readonly http?: boolean;
}

/** A started application; it is closed after the test. */
export interface RunningApp {
  readonly app: INestApplicationContext;
  readonly log: RecordingLogger;
  /** Port of the first connector. */
  readonly port: number;
  /** Connects a client; it is closed after the test. */
  readonly connect: (options?: ClientOptions & { readonly protocol?: 'tcp' | 'ws' }) => Promise<PomeloClient>;
  readonly close: () => Promise<void>;
}

const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const thing of opened.splice(0).toReversed()) await thing.close();
});

/** Closes something after the test, newest first. */
export function closeAfterTest<T extends { close(): Promise<unknown> }>(thing: T): T {
  opened.push(thing);
  return thing;
}

/** Starts an application on free ports. */
export async function startApp(setup: AppSetup = {}): Promise<RunningApp> {
  const log = new RecordingLogger();
  const app = await (setup.http === true ? startHttp(setup, log) : startContext(setup, log));
  const port = app.get(PomeloAdapter).addresses()[0]?.port ?? 0;
  return closeAfterTest({
    app,
    log,
    port,
    connect: async ({ protocol = 'tcp', ...options } = {}) =>
      closeAfterTest(await PomeloClient.connect(`${protocol}://127.0.0.1:${port}`, options)),
    close: () => app.close(),
  });
}

/** The sentence with which an application refuses to start. */
export async function refusalOf(start: () => unknown): Promise<string> {
  try {
    await start();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('the application started');
}

function startContext(setup: AppSetup, logger: RecordingLogger): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(rootModule(setup), { logger, abortOnError: false });
}

async function startHttp(setup: AppSetup, logger: RecordingLogger): Promise<INestApplicationContext> {
  const app = await NestFactory.create(rootModule(setup), { logger, abortOnError: false });
  app.useWebSocketAdapter(app.get(PomeloAdapter));
  return app.init();
}

function rootModule({
  options,
  hybrid: wire,
  http: _http,
  imports = [],
  ...metadata
}: AppSetup): DynamicModule {
  const connectors = options?.connectors ?? [
    hybrid({ port: 0, host: '127.0.0.1', heartbeat: false, ...wire }),
  ];
  return {
    module: RootModule,
    imports: [PomeloModule.forRoot({ ...options, connectors }), ...imports],
    ...metadata,
  };
}

class RootModule {}
