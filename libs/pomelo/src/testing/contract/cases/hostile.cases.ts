import { equal, ok } from 'node:assert/strict';
import type { CaseDefinition } from '../contract-case.interface.js';

const PACKAGE_BYTES = 4096;

/** Clients that want to hurt: each of them loses its connection, and nobody else notices. */
export const HOSTILE_CASES: readonly CaseDefinition[] = [
  {
    name: 'a message beyond limits.packageBytes costs its sender the connection, and is not handed over',
    manager: { limits: { packageBytes: PACKAGE_BYTES, handshakeBytes: PACKAGE_BYTES } },
    play: async (stage) => {
      const [sender, bystander] = [await stage.arrive(), await stage.arrive()];
      sender.peer.send(sender.notify({ text: 'x'.repeat(2 * PACKAGE_BYTES) }));
      await sender.isRemoved('sent more than limits.packageBytes');
      await sender.isCut('sent more than limits.packageBytes');
      equal(sender.client.messages.length, 0, 'A message beyond limits.packageBytes was handed over.');
      await bystander.echo();
    },
  },
  {
    name: 'takes in no more clients than limits.connections, and gives the place of one that left to the next',
    manager: { limits: { connections: 1 } },
    play: async (stage) => {
      const { clients, connections } = stage.manager;
      const first = await stage.arrive();
      const second = await stage.connect().catch(() => undefined);
      if (second !== undefined)
        await stage.patience.of(second.closed, 'A client beyond limits.connections was not sent away.');
      equal(clients.length, 1, 'A client beyond limits.connections was announced.');
      await first.echo();
      first.peer.close();
      await stage.patience.until(
        () => connections.open === 0,
        'A connection that had ended still counts: call leave() of the ticket that connections.enter() gave.',
      );
      await stage.arrive().then((next) => next.echo());
    },
  },
];

/** One case for each kind of garbage that the harness has. */
export function garbageCases(garbage: Readonly<Record<string, Buffer>>): CaseDefinition[] {
  return Object.entries(garbage).map(([what, bytes]) => ({
    name: `${what} costs its sender the connection, and nobody else anything`,
    play: async (stage) => {
      const [sender, bystander] = [await stage.arrive(), await stage.arrive()];
      const { peer } = sender;
      ok(peer.sendBytes !== undefined, 'The peer of the harness has no sendBytes(), which garbage needs.');
      peer.sendBytes(bytes);
      await sender.isCut(`sent ${what}`);
      await sender.isRemoved(`sent ${what}`);
      equal(sender.client.messages.length, 0, `A message was made of ${what}.`);
      await bystander.echo();
      await stage.arrive().then((next) => next.echo());
    },
  }));
}
