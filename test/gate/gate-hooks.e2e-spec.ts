import { PomeloException } from 'nestjs-pomelo';
import type { GateHooks, PackCodec } from 'nestjs-pomelo/gate';
import { rejectsDuring } from '../support/rejects.js';
import { agentOf, startGate } from './gate.app.js';
import { GatePeer, pack } from './gate-peer.js';

describe('routeHandler and recvPackHandler of a gate', () => {
  it('consume a pack, replace it, or drop it', async () => {
    const consumed: unknown[] = [];
    const { hall, open } = await startGate({
      routeHandler: (session, { topic, body }) => {
        if (!topic.startsWith('$')) return false;
        consumed.push([topic, body.toString(), session.uid]);
        return true;
      },
      recvPackHandler: (_session, { topic, body }) =>
        topic === 'hall/note' ? false : { topic: topic.replace('room', 'hall'), body },
    });
    const peer = await open();
    await peer.ask('hall/enter', 'ann');
    peer.send(pack('$private', Buffer.from('raw')));
    peer.send(pack('hall/note', 'dropped'));
    expect(await peer.ask('room/echo', 'renamed')).toMatchObject({ topic: 'hall/echo', json: 'renamed' });
    expect(consumed).toEqual([['$private', 'raw', 'ann']]);
    expect(hall.notes).toEqual([]);
    expect(agentOf(hall.session).recvNum).toBe(4);
  });

  it.each(['routeHandler', 'recvPackHandler', 'routeOf'] as const)(
    'close the client with what they throw, and nobody else: %s',
    async (name) => {
      const fails = (_first: unknown, given: unknown): never => {
        throw new Error(`mine: ${typeof given}`);
      };
      const { log, open } = await startGate({
        [name]: (first: unknown, second: { readonly topic?: string }) => {
          const topic = typeof first === 'string' ? first : second.topic;
          if (topic === 'hall/bad') return fails(first, second);
          return name === 'routeOf' ? 'hall.handler.echo' : name === 'recvPackHandler' ? second : false;
        },
      });
      const [peer, bystander] = [await open(), await open()];
      peer.send(pack('hall/bad'));
      await peer.closed;
      expect(log.matching('warn', 'mine')).toHaveLength(1);
      expect((await bystander.ask('hall/echo', 1))?.json).toBe(1);
    },
  );

  it('must be synchronous: a promise closes the client', async () => {
    const { log, open } = await startGate({
      routeHandler: (async () => false) as unknown as NonNullable<GateHooks['routeHandler']>,
    });
    const peer = await open();
    peer.send(pack('hall/echo', 1));
    await peer.closed;
    expect(log.matching('warn', 'gate.routeHandler must be synchronous')).toHaveLength(1);
  });
});

describe('sendMessageHook of a gate', () => {
  it('rewrites answers and pushes, for each client as it knows it', async () => {
    const { open } = await startGate({
      sendMessageHook: (session, topic, body) => Buffer.from(`${session.uid} ${topic} ${body.toString()}`),
    });
    const [ann, bob] = [await open('tcp'), await open('ws')];
    await ann.ask('hall/enter', 'ann');
    await bob.ask('hall/enter', 'bob');
    expect((await ann.ask('hall/echo', 1))?.body.toString()).toBe('ann hall/echo 1');
    ann.send(pack('hall/say', 'hi'));
    expect((await ann.packs.take())?.body.toString()).toBe('ann hall/onSay "hi"');
    expect((await bob.packs.take())?.body.toString()).toBe('bob hall/onSay "hi"');
  });

  it('refuses a push, which its sender is told, and the client keeps its connection', async () => {
    const { hall, open } = await startGate({
      sendMessageHook: (_session, topic, body) => {
        if (topic === 'hall/secret') throw new PomeloException(403, 'Not for this client.');
        return body;
      },
    });
    const peer = await open();
    await peer.ask('hall/enter', 'ann');
    await expect(hall.session.send('hall/secret', 1)).rejects.toThrow('Not for this client.');
    expect(agentOf(hall.session).lastError).toContain('Not for this client.');
    expect((await peer.ask('hall/echo', 2))?.json).toBe(2);
  });

  it('refuses an answer, which becomes an error, and an error, of which nothing is sent', async () => {
    const { open } = await startGate({
      sendMessageHook: (_session, topic, body) => {
        if (topic === 'hall/kind') throw new PomeloException(403, 'Not you.');
        if (body.toString() === '"secret"') throw new PomeloException(451, 'Not this.');
        return body;
      },
    });
    const peer = await open();
    expect((await peer.ask('hall/echo', 'secret'))?.json).toEqual({ code: 451, msg: 'Not this.' });
    peer.send(pack('hall/kind'));
    expect((await peer.ask('hall/echo', 'open'))?.json).toBe('open');
  });
});

describe('shakeHandler of a gate', () => {
  it('refuses a WebSocket with 400 before it is one, now or later, and lets the others in', async () => {
    const { hall, ports } = await startGate({
      shakeHandler: async ({ url, headers }) => {
        if (url === '/now') throw new Error('HandShake error');
        await new Promise(setImmediate);
        if (headers['x-token'] !== 'good') throw new Error('HandShake error');
      },
    });
    const rejects = rejectsDuring();
    const refused = 'Unexpected server response: 400';
    await expect(GatePeer.overWebSocket(ports.ws)).rejects.toThrow(refused);
    await expect(GatePeer.overWebSocket(ports.ws, { url: `ws://127.0.0.1:${ports.ws}/now` })).rejects.toThrow(
      refused,
    );
    const one = { layer: 'transport', reason: 'handshake_refused', transport: 'http' };
    expect(rejects()).toEqual([one, one]);
    const peer = await GatePeer.overWebSocket(ports.ws, { headers: { 'x-token': 'good' } });
    expect((await peer.ask('hall/echo', 1))?.json).toBe(1);
    expect(hall.sessions).toEqual([]);
  });

  it('has no more time than overTime, and no client of TCP to look at', async () => {
    const { open } = await startGate({ shakeHandler: () => new Promise(() => {}), overTime: 1000 });
    const peer = await open('tcp');
    expect((await peer.ask('hall/echo', 1))?.json).toBe(1);
    await expect(open('ws')).rejects.toThrow('socket hang up');
  });
});

describe('agent of a gate', () => {
  it('makes the codec of each client, for everything that it reads and is sent', async () => {
    const made: string[] = [];
    const { hall, open } = await startGate({
      agent: (network) => {
        made.push(network);
        return new CountingCodec();
      },
    });
    const [ann, bob] = [await open('tcp'), await open('ws')];
    for (const [uid, peer] of Object.entries({ ann, bob })) {
      peer.send(raw(`hall/enter "${uid}"`));
      expect(textOf(await peer.packs.take())).toMatch(/^0 hall\/enter "/);
    }
    ann.send(raw('hall/say "hi"'));
    expect(textOf(await ann.packs.take())).toBe('1 hall/onSay "hi"');
    expect(textOf(await bob.packs.take())).toBe('1 hall/onSay "hi"');
    expect(made).toEqual(['tcp', 'websocket']);
    expect(hall.sessions).toHaveLength(2);
  });

  it.each([
    ['gives nothing', () => undefined],
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
  ])('closes a client whose bytes it cannot read: %s', async (_name, decodePack) => {
    const { open } = await startGate({ agent: () => ({ decodePack, encodePack: () => Buffer.alloc(0) }) });
    const peer = await open();
    peer.send(pack('hall/echo'));
    await peer.closed;
  });

  it('may fail, which costs its client the connection and nobody else anything', async () => {
    let isBroken = true;
    const { log, open } = await startGate({
      agent: () => {
        if (isBroken) throw new Error('mine');
        return new CountingCodec();
      },
    });
    await (
      await open('tcp')
    ).closed;
    await (
      await open('ws')
    ).closed;
    expect(log.matching('error', 'gate.agent failed: Error: mine')).toHaveLength(2);
    isBroken = false;
    const peer = await open('tcp');
    peer.send(raw('hall/echo 1'));
    expect(textOf(await peer.packs.take())).toBe('0 hall/echo 1');
  });
});

/** Text with a number in front of each pack that is sent: every client has numbers of its own. */
class CountingCodec implements PackCodec {
  private sent = 0;
  decodePack(payload: Buffer) {
    const [topic = '', body = ''] = payload.toString().split(' ');
    return { topic, body: Buffer.from(body) };
  }
  encodePack(topic: string, body: Buffer): Buffer {
    const text = `${this.sent} ${topic} ${body.toString()}`;
    this.sent += 1;
    return Buffer.from(text);
  }
}

function raw(text: string): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16LE(2 + Buffer.byteLength(text));
  return Buffer.concat([head, Buffer.from(text)]);
}

function textOf(received: { readonly hex: string } | undefined): string {
  return Buffer.from(received?.hex ?? '', 'hex')
    .subarray(2)
    .toString();
}
