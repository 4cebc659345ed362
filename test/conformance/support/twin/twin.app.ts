import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import {
  hybrid,
  PomeloAdapter,
  PomeloModule,
  type HybridOptions,
  type PomeloModuleOptions,
} from 'nestjs-pomelo';
import { SCHEMAS } from '../conformance-server.js';
import { AreaRemote } from './area.remote.js';
import { TwinDictionaryHandler, TwinEntryHandler } from './twin-dictionary.handler.js';
import { TwinEchoHandler } from './twin-echo.handler.js';

/** A running twin of one of the recorded servers. */
export interface Twin {
  readonly port: number;
  close(): Promise<void>;
}

const dictionary = ['onPush', 'onBroadcast', 'onChat'];

/** The recorded servers, named by the ports that the recordings give them. */
export const TWINS = {
  23021: { dictionary },
  23022: { protobuf: SCHEMAS },
  23023: { heartbeat: 3, dictionary, protobuf: SCHEMAS, checkClient: (type) => type !== 'old' },
  23026: {},
} satisfies Record<number, Partial<HybridOptions>>;

/** What the recorded data was exchanged with. */
export const DATA_TWIN: Partial<HybridOptions> = { dictionary, protobuf: SCHEMAS };

class TwinModule {}

/** Starts an application with the routes and answers of the recorded server. */
export async function startTwin(
  wire: Partial<HybridOptions>,
  options: PomeloModuleOptions = {},
): Promise<Twin> {
  const connectors = [hybrid({ port: 0, heartbeat: false, ...wire })];
  const module = {
    module: TwinModule,
    imports: [PomeloModule.forRoot({ server: { id: 'connector-1' }, connectors, ...options })],
    providers: [TwinEchoHandler, TwinDictionaryHandler, TwinEntryHandler, AreaRemote],
  };
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  return { port: app.get(PomeloAdapter).addresses()[0]?.port ?? 0, close: () => app.close() };
}
