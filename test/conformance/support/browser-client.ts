import type { BrowserPage } from './browser-page.js';
import { AsyncQueue, type ForeignClient } from './foreign-client.js';

/** What `window.pomelo` of the JavaScript clients offers. */
export interface BrowserPomelo {
  init(params: InitParams, ready: () => void): void;
  request(route: string, body: unknown, answered: (body: unknown) => void): void;
  notify(route: string, body: unknown): void;
  on(event: string, listener: (value: unknown) => void): void;
  disconnect(): void;
}

interface InitParams {
  readonly host: string;
  readonly port: number;
  readonly user: unknown;
  readonly handshakeCallback: (user: unknown) => void;
}

/** Connects the client that a page has loaded. Rejects when the client reports an error of the handshake. */
export async function connectPage(
  page: BrowserPage,
  pomelo: BrowserPomelo,
  port: number,
  user: unknown,
): Promise<ForeignClient> {
  const kicked = new Promise((resolve) => pomelo.on('onKick', resolve));
  const closed = new Promise((resolve) => pomelo.on('close', resolve));
  let answer: unknown;
  await new Promise<void>((resolve, reject) => {
    pomelo.on('error', (why) => reject(new Error(String(why))));
    const handshakeCallback = (given: unknown): void => {
      answer = given;
    };
    pomelo.init({ host: '127.0.0.1', port, user, handshakeCallback }, resolve);
  });
  return {
    // Objects of the page have prototypes of their own.
    user: here(answer),
    log: page.log,
    kicked: kicked.then(here),
    closed,
    request: (route, body) =>
      new Promise((resolve) => pomelo.request(route, body, (value) => resolve(here(value)))),
    notify: (route, body) => pomelo.notify(route, body),
    listen(route) {
      const pushes = new AsyncQueue<unknown>();
      pomelo.on(route, (body) => pushes.put(here(body)));
      return () => pushes.take();
    },
    disconnect: () => pomelo.disconnect(),
  };
}

function here(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
