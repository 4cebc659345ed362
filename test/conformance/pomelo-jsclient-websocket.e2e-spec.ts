import { BrowserPage, LocalStorage } from './support/browser-page.js';
import { connectPage, type BrowserPomelo } from './support/browser-client.js';
import { describeClient, EVERY_TYPE } from './support/client-contract.js';
import type { ForeignClient } from './support/foreign-client.js';

/** A page with the client and the codecs for browsers, as its files are published. */
async function openPage(port: number, user: unknown, storage = new LocalStorage()): Promise<ForeignClient> {
  const page = new BrowserPage(storage);
  page.set('Protocol', page.load('pomelo-protocol/lib/protocol.js'));
  const protobuf = page.load('pomelo-protobuf/lib/client/protobuf.js') as { decode: unknown };
  // This version of the client calls decode by the name that it has in the codec for Node.
  page.set('protobuf', { ...protobuf, decodeStr: protobuf.decode });
  const pomelo = page.load('pomelo-jsclient-websocket/lib/pomelo-client.js') as BrowserPomelo;
  return connectPage(page, pomelo, port, user);
}

describeClient('pomelo-jsclient-websocket', openPage, { schemaBody: EVERY_TYPE });
