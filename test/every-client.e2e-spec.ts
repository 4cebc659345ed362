import { NestFactory } from '@nestjs/core';
import { PomeloAdapter } from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';
import { GatePeer } from './gate/gate-peer.js';
import { MydogPeer } from './mydog/mydog-peer.js';
import { SioPeer } from './socketio/sio-peer.js';
import { closeAfterTest } from './support/pomelo-app.js';

/** Somebody in the room, whatever their client speaks. */
interface Guest {
  enter(name: string): Promise<unknown>;
  /** Resolves when it is sent; to the answer, where the client tells answers from pushes. */
  say(text: string): Promise<unknown>;
  /** What comes next from the room. */
  hear(): Promise<unknown>;
}

async function startRoom(): Promise<number[]> {
  for (const name of ['HYBRID_PORT', 'MYDOG_PORT', 'GATE_PORT', 'SIO_PORT']) process.env[name] = '0';
  const { EveryClientModule } = await import('./fixtures/guide/every-client.module.js');
  const app = await NestFactory.createApplicationContext(EveryClientModule, {
    logger: ['error'],
    abortOnError: false,
  });
  closeAfterTest(app);
  return app
    .get(PomeloAdapter)
    .addresses()
    .map(({ port }) => port);
}

async function pomeloGuest(port: number, protocol: 'tcp' | 'ws'): Promise<Guest> {
  const client = closeAfterTest(await PomeloClient.connect(`${protocol}://127.0.0.1:${port}`));
  const heard: unknown[] = [];
  const waiting: ((body: unknown) => void)[] = [];
  client.on('onSay', (body) => {
    const next = waiting.shift();
    if (next === undefined) heard.push(body);
    else next(body);
  });
  return {
    enter: (name) => client.request('chat.room.enter', { name }),
    say: (text) => client.request('chat.room.say', { text }),
    hear: () => new Promise((resolve) => (heard.length > 0 ? resolve(heard.shift()) : waiting.push(resolve))),
  };
}

async function mydogGuest(port: number, transport: 'tcp' | 'ws'): Promise<Guest> {
  const peer = await MydogPeer.ready(transport, port);
  const next = async (): Promise<unknown> => (await peer.frames.take())?.json;
  return {
    enter: async (name) => (await peer.ask('chat.room.enter', { name }))?.json,
    say: async (text) => peer.send(peer.message('chat.room.say', { text })),
    hear: next,
  };
}

async function gateGuest(port: number): Promise<Guest> {
  const peer = await GatePeer.overTcp(port);
  const { pack } = await import('./gate/gate-peer.js');
  return {
    enter: async (name) => (await peer.ask('chat/enter', { name }))?.json,
    say: async (text) => peer.send(pack('chat/say', { text })),
    hear: async () => (await peer.packs.take())?.json,
  };
}

async function sioGuest(port: number, kind: 'old' | 'today'): Promise<Guest> {
  const peer = await SioPeer.open([kind, 'websocket'], port);
  let id = 0;
  return {
    enter: async (name) => {
      peer.send({ id: (id += 1), route: 'chat.room.enter', body: { name } });
      return (await peer.receive())?.body;
    },
    say: async (text) => peer.send({ id: (id += 1), route: 'chat.room.say', body: { text } }),
    hear: async () => (await peer.receive())?.body,
  };
}

describe('one room for every kind of client', () => {
  it('lets each of them be heard by all the others', async () => {
    const [hybridPort = 0, mydogPort = 0, gatePort = 0, sioPort = 0] = await startRoom();
    const guests = new Map<string, Guest>([
      ['pomelo-tcp', await pomeloGuest(hybridPort, 'tcp')],
      ['pomelo-ws', await pomeloGuest(hybridPort, 'ws')],
      ['mydog-tcp', await mydogGuest(mydogPort, 'tcp')],
      ['mydog-ws', await mydogGuest(mydogPort, 'ws')],
      ['gate', await gateGuest(gatePort)],
      ['sio-old', await sioGuest(sioPort, 'old')],
      ['sio-today', await sioGuest(sioPort, 'today')],
    ]);
    for (const [name, guest] of guests) expect(await guest.enter(name)).toEqual({ welcome: name });
    for (const [speaker, guest] of guests) {
      await guest.say(`hello of ${speaker}`);
      const heard = { from: speaker, text: `hello of ${speaker}` };
      for (const [listener, other] of guests)
        expect({ listener, ...((await other.hear()) as object) }).toEqual({ listener, ...heard });
      // The answer to the speaker, who is not told it by all kinds of clients on a channel of its own.
      if (!speaker.startsWith('pomelo')) expect(await guest.hear()).toEqual({ missed: [] });
    }
  });
});
