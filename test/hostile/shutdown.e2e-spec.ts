import { PackageType } from 'nestjs-pomelo-protocol';
import { request } from '../conformance/support/wire-bytes.js';
import { certificate } from '../support/tls-files.js';
import { HostileClient } from './support/hostile-client.js';
import { HostileServer } from './support/hostile-server.js';
import { endsWith } from './support/refusals.js';
import { titleOf } from './support/row.js';
import { EVERY_TRANSPORT, labelOf } from './support/transport.js';

const STOPPING = { type: PackageType.Kick, json: { reason: 'stopping', code: 4503 } };

/** Answers after which the server is told to end. */
const ENOUGH = 200;

let server: HostileServer;
beforeEach(async () => {
  server = await HostileServer.start({ certificate: certificate('server') });
});
afterEach(() => server.kill());

/** Expects that a client is told that the server stops, and then closed, with nothing behind it. */
async function expectFarewell(client: HostileClient): Promise<void> {
  expect((await client.rest()).at(-1)).toEqual(STOPPING);
  expect(await client.ended).toEqual(endsWith(client, 4503));
}

/** Asks for something to be executed: true when it is answered, false when the server says goodbye instead. */
async function isMarked(client: HostileClient, id: number): Promise<boolean> {
  client.send(request(id, 'connector.echoHandler.mark'));
  const next = await client.packages.take();
  if (next?.id !== id) expect(next).toEqual(STOPPING);
  return next?.id === id;
}

// These two end the process: what holds after every other row cannot hold after them.
describe('a server that ends', () => {
  for (const transport of EVERY_TRANSPORT) {
    it(titleOf(126, transport), async () => {
      const route = 'connector.failingHandler.forget';
      const bystander = await (await HostileClient.open(server.port, 'tcp')).work();
      const client = await (await HostileClient.open(server.port, transport)).work();
      client.send(request(1, route));
      await expectFarewell(client);
      await expectFarewell(bystander);
      expect(await server.ended).toBe(1);
      expect(server.log).toContain(`in {${route}} (FailingHandler.forget, session `);
      expect((await server.obituary()).refusals).toEqual([`unhandled ${labelOf(transport)}`]);
    });

    it(titleOf(136, transport, 'nothing that was executed loses its answer'), async () => {
      let answers = 0;
      const farewells = Array.from({ length: 4 }, async () => {
        const client = await (await HostileClient.open(server.port, transport)).work();
        for (let id = 1; await isMarked(client, id); id += 1) {
          answers += 1;
          if (answers === ENOUGH) void server.kill('SIGTERM');
        }
        expect(await client.ended).toEqual(endsWith(client, 4503));
      });
      await Promise.all(farewells);
      expect(await server.ended).toBe(0);
      expect((await server.obituary()).marks).toBe(answers);
    });
  }
});
