import { PomeloException, SessionService, type Session } from 'nestjs-pomelo';
import type { GateHooks } from 'nestjs-pomelo/gate';
import { rejectsDuring } from '../support/rejects.js';
import { until } from '../support/until.js';
import { startGate } from './gate.app.js';
import { pack } from './gate-peer.js';

/** Settles when the test says so. */
class Decision {
  allow!: () => void;
  refuse!: (error: Error) => void;
  readonly made = new Promise<void>((resolve, reject) => {
    this.allow = resolve;
    this.refuse = reject;
  });
}

/** Hooks that write down what they hear of the first client, in order, and decide about it alone. */
function diary(decision: Decision): { readonly lines: string[]; readonly hooks: GateHooks } {
  const lines: string[] = [];
  let first: string | undefined;
  const hooks: GateHooks = {
    onConnect: async ({ id }) => {
      if (first !== undefined) return;
      first = id;
      lines.push('comes');
      await decision.made;
      lines.push('is here');
    },
    routeHandler: ({ id }, { topic }) => {
      if (id === first) lines.push(topic);
      return false;
    },
    onDisconnect: ({ id }, reason) => {
      if (id === first) lines.push(`gone: ${reason}`);
    },
  };
  return { lines, hooks };
}

describe.each(['tcp', 'ws'] as const)('onConnect and onDisconnect of a gate, over %s', (transport) => {
  it('are told of a client before its first message, and after its last', async () => {
    const decision = new Decision();
    const { lines, hooks } = diary(decision);
    const { hall, open } = await startGate(hooks);
    const peer = await open(transport);
    for (const word of ['a', 'b']) peer.send(pack('hall/note', word));
    // Whoever comes later is not held up.
    const bystander = await open(transport);
    for (let round = 0; round < 20; round += 1) await bystander.ask('hall/echo', round);
    expect([lines, hall.notes]).toEqual([['comes'], []]);
    decision.allow();
    await peer.ask('hall/enter', 'ann');
    peer.link.end();
    await until(() => lines.length === 6);
    expect(lines).toEqual(['comes', 'is here', 'hall/note', 'hall/note', 'hall/enter', 'gone: peer_closed']);
  });

  it('are told that it is gone after they were told that it comes, however soon it leaves', async () => {
    const decision = new Decision();
    const { lines, hooks } = diary(decision);
    const { app, hall, open } = await startGate({
      ...hooks,
      onConnect: (session) => {
        hall.sessions.push(session);
        return hooks.onConnect?.(session);
      },
    });
    await open(transport);
    await until(() => lines.length === 1);
    await hall.session.kick('out');
    await until(() => app.get(SessionService).getSessionsCount() === 0);
    expect(lines).toEqual(['comes']);
    decision.allow();
    await until(() => lines.length === 3);
    expect(lines).toEqual(['comes', 'is here', 'gone: out']);
  });

  it.each([
    ['a decision', new PomeloException(403, 'Not you.'), 0],
    ['a failure, which is logged', new Error('the database is away'), 1],
  ])('close a client that they do not want, and forget it: %s', async (_name, error, logged) => {
    const decision = new Decision();
    const { lines, hooks } = diary(decision);
    const { log, hall, open } = await startGate(hooks);
    const rejects = rejectsDuring();
    const peer = await open(transport);
    peer.send(pack('hall/note', 'let me in'));
    await until(() => lines.length === 1);
    decision.refuse(error);
    await peer.closed;
    expect(rejects()).toEqual([{ layer: 'handshake', reason: 'handshake_refused', transport }]);
    expect([lines, hall.notes]).toEqual([['comes'], []]);
    expect(log.matching('error', 'gate.onConnect failed: Error: the database is away')).toHaveLength(logged);
  });

  it('have no more time than a handshake, and hear that it is gone only if they find that it has come', async () => {
    const decision = new Decision();
    const { lines, hooks } = diary(decision);
    const { open } = await startGate(hooks, { options: { limits: { handshakeHookMs: 50 } } });
    await (
      await open(transport)
    ).closed;
    expect(lines).toEqual(['comes']);
    decision.allow();
    await until(() => lines.length === 3);
    expect(lines[2]).toBe('gone: handshake_refused');
  });
});

describe('onDisconnect of a gate', () => {
  it('has ended for everybody when the application has stopped, and knows what the session held', async () => {
    const left: unknown[] = [];
    const { close, hall, open } = await startGate({
      onDisconnect: async (session: Session, reason) => {
        await new Promise(setImmediate);
        left.push([session.uid, session.get('room'), session.isConnected, reason]);
      },
    });
    await (await open()).ask('hall/enter', 'ann');
    await hall.session.set('room', 'lobby').push('room');
    await close();
    expect(left).toEqual([['ann', 'lobby', false, 'stopping']]);
  });

  it('may fail, which is logged and hurts nobody', async () => {
    const { log, open } = await startGate({
      onDisconnect: () => {
        throw new Error('mine');
      },
    });
    (await open()).link.destroy();
    await until(() => log.matching('error', 'gate.onDisconnect failed: Error: mine').length === 1);
    expect((await (await open()).ask('hall/echo', 1))?.json).toBe(1);
  });
});
