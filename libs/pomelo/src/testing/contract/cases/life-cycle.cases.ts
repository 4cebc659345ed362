import { equal, ok, rejects } from 'node:assert/strict';
import type { CaseDefinition } from '../contract-case.interface.js';

/** How a connector starts, and how clients come in. */
export const LIFE_CYCLE_CASES: readonly CaseDefinition[] = [
  {
    name: 'start() resolves when clients can connect, and says where',
    play: async (stage) => {
      ok(stage.addresses.length > 0, 'start() gave no address.');
      for (const { protocol, host, port } of stage.addresses) {
        ok(protocol !== '' && host !== '', 'An address of start() has no protocol or no host.');
        ok(port >= 0 && port < 65_536, `An address of start() has the port ${port}.`);
      }
      const visitor = await stage.arrive();
      await visitor.echo();
    },
  },
  {
    name: 'start() rejects when its port is taken, and stop() clears up after it',
    needs: 'port',
    play: async (stage) => {
      const [first] = stage.addresses;
      const late = stage.harness.create(first?.port ?? 0);
      await rejects(
        () => stage.start(late),
        (error: Error) => !error.message.startsWith('start() did not settle'),
        'start() of a second connector on the same port did not reject.',
      );
      await stage.stop(late);
      const visitor = await stage.arrive();
      await visitor.echo();
    },
  },
  {
    name: 'stop() resolves for a connector that was never started',
    play: async (stage) => {
      await stage.stop(stage.harness.create(0));
    },
  },
  {
    name: 'announces a client once, with its address, before its first message',
    play: async (stage) => {
      const visitor = await stage.arrive();
      const { remoteAddress } = visitor.client.socket;
      ok(typeof remoteAddress === 'string' && remoteAddress !== '', 'A client has no remoteAddress.');
      await visitor.echo('one');
      await visitor.echo('two');
      equal(stage.manager.clients.length, 1, 'One connection was announced as more than one client.');
    },
  },
  {
    name: 'a client that is refused never gets a message through, and is removed',
    manager: { refuses: true },
    play: async (stage) => {
      const { clients } = stage.manager;
      // Whether the peer hears of it while it connects or afterwards depends on the protocol.
      const peer = await stage.connect().catch(() => undefined);
      await stage.patience.until(() => clients.length > 0, 'addClient() was not called.');
      peer?.send({ route: 'contract.room.say', body: {} });
      await stage.patience.until(
        () => clients[0]?.removals.length === 1,
        'removeClient() was not called for a client that was refused.',
      );
      if (peer !== undefined)
        await stage.patience.of(peer.closed, 'The connection of a client that was refused was not ended.');
    },
  },
];
