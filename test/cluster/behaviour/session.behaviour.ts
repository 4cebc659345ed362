import { BackendSessionService, SessionService } from 'nestjs-pomelo';
import { closeReason } from './client-ends.js';
import { until } from '../../support/until.js';
import { engineOf, type MakeEngine } from '../contract/contract-engine.js';
import { acquainted, startServer, type ClusterApp } from './cluster-apps.js';

async function startPair(makeEngine: MakeEngine): Promise<readonly [ClusterApp, ClusterApp]> {
  const engine = await engineOf(makeEngine);
  const pair = [await startServer(engine, 'connector-1'), await startServer(engine, 'chat-1')] as const;
  await acquainted(...pair);
  return pair;
}

/** The session that a handler on another server gets is the one that a handler on the frontend would get. */
export function sessionBehaviour(makeEngine: MakeEngine): void {
  describe('a session on another server', () => {
    it('knows what the frontend knows', async () => {
      const [connector, chat] = await startPair(makeEngine);
      const client = await connector.connect();
      await client.request('connector.entry.enter', 'ann');
      const there = await client.request('connector.entry.me');
      expect(await chat.room.as(client, (session) => session.toJSON())).toEqual(there);
      const [address, isGuest] = await chat.room.as(client, (session) => [
        session.remoteAddress,
        session.isGuest,
      ]);
      expect([address, isGuest]).toEqual(['127.0.0.1', false]);
    });

    it('binds and unbinds, with the errors of the frontend', async () => {
      const [connector, chat] = await startPair(makeEngine);
      const client = await connector.connect();
      await chat.room.as(client, (session) => session.bind('bob'));
      expect(connector.app.get(SessionService).getByUid('bob')).toHaveLength(1);
      await expect(chat.room.as(client, (session) => session.bind('eve'))).rejects.toMatchObject({
        reason: 'ALREADY_BOUND',
      });
      await expect(chat.room.as(client, (session) => session.bind(''))).rejects.toMatchObject({
        reason: 'BAD_UID',
      });
      await chat.room.as(client, (session) => session.unbind());
      expect(connector.app.get(SessionService).getByUid('bob')).toEqual([]);
      await expect(chat.room.as(client, (session) => session.unbind())).rejects.toMatchObject({
        reason: 'NOT_BOUND',
      });
    });

    it('writes what is pushed, and nothing else', async () => {
      const [connector, chat] = await startPair(makeEngine);
      const client = await connector.connect();
      await chat.room.as(client, async (session) => {
        session.set({ room: 7, note: 'mine' }).delete('absent');
        await session.push('room');
      });
      expect(await client.request('connector.entry.me')).toMatchObject({ settings: { room: 7 } });
      const next = await chat.room.as(client, (session) => [session.get('room'), session.get('note')]);
      expect(next).toEqual([7, undefined]);
      await chat.room.as(client, async (session) => {
        await session.set('level', 2).delete('room').pushAll();
      });
      expect(await chat.room.as(client, (session) => session.entries())).toEqual([['level', 2]]);
    });

    it('is read anew by refresh, which says whether it is still there', async () => {
      const [connector, chat] = await startPair(makeEngine);
      const client = await connector.connect();
      const kept = await chat.room.as(client, (session) => session);
      await client.request('connector.entry.enter', 'ann');
      expect(kept.uid).toBeUndefined();
      expect(await kept.refresh()).toBe(true);
      expect([kept.uid, kept.isConnected]).toEqual(['ann', true]);
      await client.close();
      await until(() => connector.app.get(SessionService).getSessionsCount() === 0);
      expect(await kept.refresh()).toBe(false);
      expect(kept.isConnected).toBe(false);
      expect(await kept.send('onGone', {})).toBe(false);
      await expect(kept.bind('bob')).rejects.toMatchObject({ reason: 'SESSION_CLOSED' });
      await expect(kept.pushAll()).resolves.toBeUndefined();
      await expect(kept.set('a', 1).pushAll()).rejects.toMatchObject({ reason: 'SESSION_CLOSED' });
    });

    it('pushes to its client, and kicks it', async () => {
      const [connector, chat] = await startPair(makeEngine);
      const client = await connector.connect();
      const push = client.once('onGreeting');
      expect(await chat.room.as(client, (session) => session.send('onGreeting', { from: 'chat-1' }))).toBe(
        true,
      );
      expect(await push).toEqual({ from: 'chat-1' });
      const closed = closeReason(client);
      const kept = await chat.room.as(client, (session) => session);
      await kept.kick('cheater');
      expect(await closed).toBe('cheater');
    });

    it('is found by its server and id, or by its user, from anywhere', async () => {
      const [connector, chat] = await startPair(makeEngine);
      const client = await connector.connect();
      await client.request('connector.entry.enter', 'ann');
      const sessions = chat.app.get(BackendSessionService);
      const [session] = await sessions.getByUid('connector-1', 'ann');
      expect(session?.uid).toBe('ann');
      expect((await sessions.get('connector-1', session?.id ?? ''))?.uid).toBe('ann');
      expect(await sessions.get('connector-1', 'connector-1.none.1')).toBeUndefined();
      expect(await sessions.getByUid('connector-1', 'nobody')).toEqual([]);
      await expect(sessions.get('connector-9', 'x')).rejects.toMatchObject({
        reason: 'REMOTE_NOT_DELIVERED',
      });
      const closed = closeReason(client);
      expect(await sessions.kickByUid('connector-1', 'ann', 'enough')).toBe(1);
      expect(await closed).toBe('enough');
      await until(() => connector.app.get(SessionService).getSessionsCount() === 0);
      expect(await sessions.kickBySessionId('connector-1', session?.id ?? '')).toBe(false);
    });
  });
}
