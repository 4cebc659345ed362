import { jest } from '@jest/globals';
import { createRequire } from 'node:module';
import type { WebSocket } from 'ws';
import { AsyncQueue, type ForeignClient } from './foreign-client.js';
import { PackageLog } from './package-log.js';

/** What `PinusWSClient` offers, and the two methods that it calls and leaves empty. */
interface PinusClient {
  init(params: object, ready: () => void): void;
  request(route: string, body: unknown, answered: (body: unknown) => void): void;
  notify(route: string, body: unknown): void;
  on(route: string, listener: (body: unknown) => void): void;
  disconnect(): void;
  socket: WebSocket | null;
  onKick(body: { readUTFBytes(length: number): string; readonly bytesAvailable: number }): void;
  onClose(event: unknown): void;
}

const require = createRequire(import.meta.url);

/**
 * The class, loaded anew: it keeps dictionary and schemas in static fields, so that one process could talk to one kind
 * of server only. The types of the package are its sources, which do not compile under strict rules.
 */
function loadClient(): new () => PinusClient {
  let loaded: { readonly PinusWSClient: new () => PinusClient } | undefined;
  jest.isolateModules(() => {
    loaded = require('pinus-robot-plugin/dist/PinusWSClient.js') as typeof loaded;
  });
  if (loaded === undefined) throw new Error('pinus-robot-plugin was not loaded');
  return loaded.PinusWSClient;
}

/** Connects the client of pinus' robots. It tells its application neither of a kick nor of the end: a subclass listens. */
export async function connectPinus(port: number, user: unknown): Promise<ForeignClient> {
  const log = new PackageLog();
  const kicks = new AsyncQueue<unknown>();
  const ends = new AsyncQueue<unknown>();
  class ListeningClient extends loadClient() {
    override onKick(body: Parameters<PinusClient['onKick']>[0]): void {
      kicks.put(JSON.parse(body.readUTFBytes(body.bytesAvailable)));
    }
    override onClose(event: unknown): void {
      ends.put(event);
    }
  }
  const client = new ListeningClient();
  let answer: unknown;
  await new Promise<void>((resolve) => {
    const handshakeCallback = (given: unknown): void => {
      answer = given;
    };
    client.init({ host: '127.0.0.1', port, user, handshakeCallback }, resolve);
    client.socket?.on('message', (data) => log.add(Buffer.from(data as ArrayBuffer)));
  });
  return {
    user: answer,
    log,
    kicked: kicks.take(),
    closed: ends.take(),
    request: (route, body) => new Promise((resolve) => client.request(route, body, resolve)),
    notify: (route, body) => client.notify(route, body),
    listen(route) {
      const pushes = new AsyncQueue<unknown>();
      client.on(route, (body) => pushes.put(body));
      return () => pushes.take();
    },
    disconnect: () => client.disconnect(),
  };
}
