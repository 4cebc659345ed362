import { doesNotThrow, equal } from 'node:assert/strict';
import type { CaseDefinition } from '../contract-case.interface.js';

/** How connections end. */
export const ENDING_CASES: readonly CaseDefinition[] = [
  {
    name: 'tells once, with a reason, that a client has left',
    play: async (stage) => {
      const [leaver, bystander] = [await stage.arrive(), await stage.arrive()];
      leaver.peer.close();
      await leaver.isRemoved('left');
      await bystander.echo();
      equal(bystander.client.removals.length, 0, 'Another client was removed than the one that left.');
    },
  },
  {
    name: 'tells once, with a reason, that the connection of a client was cut',
    play: async (stage) => {
      const [leaver, bystander] = [await stage.arrive(), await stage.arrive()];
      leaver.peer.abort();
      await leaver.isRemoved('was cut off');
      await bystander.echo();
    },
  },
  {
    name: 'tells once, with a reason, that a client is gone which the server has closed',
    play: async (stage) => {
      const [kicked, bystander] = [await stage.arrive(), await stage.arrive()];
      await kicked.client.session.kick('out');
      await kicked.isCut('the server has closed');
      await kicked.isRemoved('the server has closed');
      await bystander.echo();
    },
  },
  {
    name: 'close(reason) tells the client why, before the end',
    needs: 'reasons',
    play: async (stage) => {
      const visitor = await stage.arrive();
      visitor.client.socket.close('out');
      await visitor.hears([{ kick: 'out' }], 'The reason of close() did not arrive at the client.');
      await visitor.isCut('the server has closed');
    },
  },
  {
    name: 'what was sent before close() arrives before the end',
    play: async (stage) => {
      const visitor = await stage.arrive();
      await visitor.echo();
      const pushes = Array.from({ length: 20 }, (_, index) => ({ route: 'onContract', body: { index } }));
      for (const { route, body } of pushes) stage.manager.send(visitor.client, undefined, route, body);
      visitor.client.socket.close();
      await visitor.hears(pushes, 'What was sent before close() did not arrive.');
      await visitor.isCut('the server has closed');
    },
  },
  {
    name: 'send() and close() after the end do nothing, and do not throw',
    play: async (stage) => {
      const visitor = await stage.arrive();
      const { socket } = visitor.client;
      const bytes = stage.manager.encodePush(visitor.client, 'onContract', {});
      const useAll = (): void => {
        socket.send(bytes, 'push');
        socket.sendBatch?.([bytes]);
        socket.pause?.();
        socket.resume?.();
        socket.close('again');
        socket.close();
      };
      const sentence = 'send(), sendBatch(), pause(), resume() or close() threw because the client is gone.';
      socket.close('out');
      doesNotThrow(useAll, sentence);
      await visitor.isRemoved('the server has closed');
      doesNotThrow(useAll, sentence);
      await stage.arrive().then((bystander) => bystander.echo());
    },
  },
  {
    name: 'hands over nothing of a client after its end',
    manager: { onMessage: ({ socket }) => socket.close('out') },
    play: async (stage) => {
      const visitor = await stage.arrive();
      for (let count = 0; count < 50; count += 1)
        visitor.peer.send(...Array(20).fill(visitor.notify({ count })));
      await visitor.isRemoved('the server has closed at its first message');
      await visitor.isCut('the server has closed at its first message');
    },
  },
];
