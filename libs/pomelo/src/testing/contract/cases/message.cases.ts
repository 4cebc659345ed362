import { ok } from 'node:assert/strict';
import { ErrorReply } from '../../../errors/error-reply.js';
import type { CaseDefinition } from '../contract-case.interface.js';

const PUSH = 'onContract';
const BODIES: readonly unknown[] = [
  {},
  { text: 'Grüße, 世界 🎲', list: [1, 2.5, -3, null, true], nested: { deep: { er: '' } } },
  { long: 'x'.repeat(40_000) },
];

/** What goes from clients to handlers and back. */
export const MESSAGE_CASES: readonly CaseDefinition[] = [
  {
    name: 'hands over every request and notify once, whole and in order',
    play: async (stage) => {
      const visitor = await stage.arrive();
      const sent = BODIES.flatMap((body) => [visitor.request(body), visitor.notify(body)]);
      for (const message of sent) visitor.peer.send(message);
      await visitor.delivers(sent, 'The messages of a client were not handed over as they were sent.');
    },
  },
  {
    name: 'hands over one message at a time when several come in one write',
    needs: 'pieces',
    play: async (stage) => {
      const visitor = await stage.arrive();
      const sent = Array.from({ length: 20 }, (_, index) => visitor.notify({ index }));
      visitor.peer.send(...sent);
      await visitor.delivers(sent, 'Messages that came in one write were not handed over one by one.');
      await visitor.echo();
    },
  },
  {
    name: 'hands over a message once, when its last byte has come',
    needs: 'pieces',
    play: async (stage) => {
      const visitor = await stage.arrive();
      const { peer } = visitor;
      ok(
        peer.sendInPieces !== undefined,
        'The peer of the harness has no sendInPieces(): write it, or say without: ["pieces"].',
      );
      const sent = [visitor.notify({ text: 'in pieces' }), visitor.notify({ text: 'ä' })];
      for (const message of sent)
        await stage.patience.of(peer.sendInPieces(message), 'sendInPieces() did not end.');
      await visitor.delivers(sent, 'A message that came in pieces was not handed over once and whole.');
      await visitor.echo();
    },
  },
  {
    name: 'takes answers, errors and pushes to their client, in order',
    play: async (stage) => {
      const visitor = await stage.arrive();
      const { client, peer } = visitor;
      const request = visitor.request({});
      peer.send(request);
      const [answer] = await Promise.all([
        peer.receive(),
        visitor.delivers([request], 'A request got lost.'),
      ]);
      ok(answer?.id === request.id, 'An answer came under another id than that of its request.');
      for (const body of BODIES) stage.manager.send(client, undefined, PUSH, body);
      await visitor.hears(
        BODIES.map((body) => ({ route: PUSH, body })),
        'Pushes did not arrive as they were sent.',
      );
    },
  },
  {
    name: 'takes an error to its client, under the id of the request',
    manager: { onMessage: () => {} },
    play: async (stage) => {
      const visitor = await stage.arrive();
      const request = visitor.request({});
      visitor.peer.send(request);
      await visitor.delivers([request], 'A request was not handed over.');
      stage.manager.send(visitor.client, request.id, request.route, new ErrorReply(403, 'Not you'));
      const sentence = 'The error that a handler threw did not arrive at its client.';
      const heard = await stage.patience.of(visitor.peer.receive(), sentence);
      ok(heard?.id === request.id && JSON.stringify(heard?.body).includes('403'), sentence);
    },
  },
  {
    name: 'sends batches in order',
    play: async (stage) => {
      const visitor = await stage.arrive();
      const { client } = visitor;
      const { socket } = client;
      const batch = [1, 2, 3].map((index) => stage.manager.encodePush(client, PUSH, { index }));
      if (socket.sendBatch === undefined) for (const bytes of batch) socket.send(bytes, 'push');
      else socket.sendBatch(batch);
      await visitor.hears(
        [1, 2, 3].map((index) => ({ route: PUSH, body: { index } })),
        'Messages that were sent together did not arrive one after the other.',
      );
    },
  },
  {
    name: 'keeps clients apart',
    play: async (stage) => {
      const [ann, bob] = [await stage.arrive(), await stage.arrive()];
      const sent = { ann: [ann.notify('ann'), ann.notify('ann')], bob: [bob.notify('bob')] };
      ann.peer.send(...sent.ann);
      bob.peer.send(...sent.bob);
      await ann.delivers(sent.ann, 'The messages of one client were handed over as those of another.');
      await bob.delivers(sent.bob, 'The messages of one client were handed over as those of another.');
      stage.manager.send(bob.client, undefined, PUSH, { to: 'bob' });
      stage.manager.send(ann.client, undefined, PUSH, { to: 'ann' });
      await ann.hears([{ route: PUSH, body: { to: 'ann' } }], 'A push went to the wrong client.');
      await bob.hears([{ route: PUSH, body: { to: 'bob' } }], 'A push went to the wrong client.');
    },
  },
  {
    name: 'clients with the same encodingKey get the same bytes',
    play: async (stage) => {
      const { connector, manager } = stage;
      const [ann, bob] = [(await stage.arrive()).client, (await stage.arrive()).client];
      if (connector.encodingKey === undefined) return;
      if (connector.encodingKey(ann.socket) !== connector.encodingKey(bob.socket)) return;
      ok(
        manager.encodePush(ann, PUSH, BODIES[1]).equals(manager.encodePush(bob, PUSH, BODIES[1])),
        'encodingKey() is the same for two clients whose bytes differ.',
      );
    },
  },
];
