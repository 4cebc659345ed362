import { BrowserPage, LocalStorage } from './support/browser-page.js';
import { connectPage, type BrowserPomelo } from './support/browser-client.js';
import { describeClient, EVERY_TYPE } from './support/client-contract.js';
import { startServer } from './support/conformance-server.js';
import type { ForeignClient } from './support/foreign-client.js';
import type { PackageLog } from './support/package-log.js';

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

describe('pomelo-jsclient-websocket, on the second page of a site', () => {
  it('knows the schemas from the first page, and the server does not send them again', async () => {
    const { port } = await startServer({ protobuf: true, dictionary: true });
    const storage = new LocalStorage();
    const first = await openPage(port, undefined, storage);
    first.disconnect();
    const second = await openPage(port, undefined, storage);
    expect(await second.request('connector.echoHandler.proto', EVERY_TYPE)).toEqual(EVERY_TYPE);
    const sys = [first, second].map(({ log }) => handshakeSys(log));
    expect(sys).toMatchObject([{ useProto: true, protos: {} }, { useProto: true }]);
    expect(sys[1]).not.toHaveProperty('protos');
    second.disconnect();
  });
});

function handshakeSys({ packages }: PackageLog): object {
  return (JSON.parse(packages[0]?.body.toString() ?? '{}') as { sys: object }).sys;
}
