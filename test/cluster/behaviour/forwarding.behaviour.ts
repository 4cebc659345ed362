import { callContext, runWithContext } from 'nestjs-pomelo';
import { ask } from '../../support/ask.js';
import { until } from '../../support/until.js';
import { engineOf, type MakeEngine } from '../contract/contract-engine.js';
import { Caller } from '../../support/remote-app.js';
import { acquainted, startServer } from './cluster-apps.js';

const ODD = { text: 'Grüße, 世界 🎲', n: 0.1, list: [null, false, ''], nested: { a: [{}] } };

/** A client's message for a type that another server hosts is as if it were hosted here. */
export function forwardingBehaviour(makeEngine: MakeEngine): void {
  describe('a message for another server', () => {
    it('gets its answer, whatever it is', async () => {
      const engine = await engineOf(makeEngine);
      const servers = [
        await startServer(engine, 'connector-1'),
        await startServer(engine, 'chat-1'),
      ] as const;
      await acquainted(...servers);
      const client = await servers[0].connect();
      expect(await ask(client, 'chat.room.echo', ODD)).toEqual({ body: ODD });
      expect(await ask(client, 'chat.room.nothing')).toEqual({});
      expect(await ask(client, 'chat.room.refuse')).toEqual({ code: 4001, msg: 'The room is full', size: 9 });
      expect(await ask(client, 'chat.room.reply')).toEqual({ code: 4002 });
      expect(await ask(client, 'chat.room.fail')).toEqual({ code: 500 });
      expect(await ask(client, 'chat.room.none')).toMatchObject({ code: 404 });
      expect(await ask(client, 'none.room.echo')).toMatchObject({ code: 404 });
    });

    it('arrives in the order in which its client sent it, among hundreds', async () => {
      const engine = await engineOf(makeEngine);
      const connector = await startServer(engine, 'connector-1', undefined, {
        limits: { messageBurst: 10_000 },
      });
      const chat = await startServer(engine, 'chat-1');
      await acquainted(connector, chat);
      const client = await connector.connect();
      const sent = Array.from({ length: 500 }, (_none, index) => index);
      for (const index of sent) client.notify('chat.room.tell', index);
      await until(() => chat.room.told.length === sent.length);
      expect(chat.room.told).toEqual(sent);
    });

    it('is answered with 503 while no server of its type runs, and goes on when one comes', async () => {
      const engine = await engineOf(makeEngine);
      const connector = await startServer(engine, 'connector-1');
      const client = await connector.connect();
      expect(await ask(client, 'chat.room.echo', 1)).toMatchObject({ code: 503 });
      const chat = await startServer(engine, 'chat-1');
      await acquainted(connector, chat);
      expect(await ask(client, 'chat.room.echo', 1)).toEqual({ body: 1 });
      await chat.close();
      await until(() => connector.registry.get('chat-1') === undefined);
      expect(await ask(client, 'chat.room.echo', 1)).toMatchObject({ code: 503 });
    });

    it('goes to the server that the routing function picks', async () => {
      const engine = await engineOf(makeEngine);
      const connector = await startServer(engine, 'connector-1', undefined, {
        routes: { chat: ({ session }) => (session?.uid === 'bob' ? 'chat-2' : 'chat-1') },
      });
      const [one, two] = [await startServer(engine, 'chat-1'), await startServer(engine, 'chat-2')];
      await acquainted(connector, one, two);
      const client = await connector.connect();
      await client.request('chat.room.tell', 'as nobody');
      await client.request('connector.entry.enter', 'bob');
      await client.request('chat.room.tell', 'as bob');
      expect([one.room.told, two.room.told]).toEqual([['as nobody'], ['as bob']]);
    });

    it('may leave a server that hosts its type, when the routing function says so', async () => {
      const engine = await engineOf(makeEngine);
      const both = ['connector', 'chat'];
      const routes = { chat: () => 'both-2' };
      const one = await startServer(engine, 'both-1', both, { routes });
      const two = await startServer(engine, 'both-2', both, { routes });
      await acquainted(one, two);
      const client = await one.connect();
      await client.request('chat.room.tell', 'far');
      expect([one.room.told, two.room.told]).toEqual([[], ['far']]);
    });

    it('takes its context along, and so does every call', async () => {
      const engine = await engineOf(makeEngine);
      const [asker, answerer] = [await startServer(engine, 'chat-1'), await startServer(engine, 'chat-2')];
      await acquainted(asker, answerer);
      const { chat } = asker.app.get(Caller);
      const trace = { traceId: 't1', spanId: 's1' };
      expect(await runWithContext(trace, () => chat.to('chat-2').context())).toEqual(trace);
      expect(await chat.to('chat-2').context()).toEqual({});
      expect(callContext()).toEqual({});
    });
  });
}
