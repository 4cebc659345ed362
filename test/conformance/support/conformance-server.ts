import { fileURLToPath } from 'node:url';
import { memory, PomeloAdapter, SessionEvents, SessionService, type CloseReason } from 'nestjs-pomelo';
import { closeAfterTest } from '../../support/pomelo-app.js';
import { startConformanceApp } from '../server/conformance.app.js';
import type { ConformanceSettings } from '../server/settings.js';

/** The recorded protobuf schemas. */
export const SCHEMAS = {
  client: testFile('vectors/conformance/clientProtos.json'),
  server: testFile('vectors/conformance/serverProtos.json'),
};

const FILES = {
  schemas: SCHEMAS,
  certificate: { cert: testFile('fixtures/tls/server.crt'), key: testFile('fixtures/tls/server.key') },
};

/** A conformance server inside the test; it is closed after the test. */
export interface RunningServer {
  readonly port: number;
  readonly sessions: SessionService;
  /** Why the next session ends. */
  nextEnd(): Promise<CloseReason>;
}

/** Starts the application of the conformance server on a free port. */
export async function startServer(settings: Partial<ConformanceSettings> = {}): Promise<RunningServer> {
  const app = closeAfterTest(await startConformanceApp({ port: 0, ...settings }, FILES, false));
  return {
    port: app.get(PomeloAdapter).addresses()[0]?.port ?? 0,
    sessions: app.get(SessionService),
    nextEnd: () =>
      new Promise((resolve) => {
        const forget = app.get(SessionEvents).on('closed', (_session, reason) => {
          forget();
          resolve(reason);
        });
      }),
  };
}

/** Starts a server for the clients and, beside it, one that handles `chat.echoHandler.*`. */
export async function startCluster(settings: Partial<ConformanceSettings>): Promise<RunningServer> {
  const cluster = memory();
  const chat = { ...settings, cluster, types: ['chat'], port: 0 };
  closeAfterTest(await startConformanceApp(chat, FILES, false));
  return startServer({ ...settings, cluster, types: ['connector'] });
}

function testFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
